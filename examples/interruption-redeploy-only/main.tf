provider "aws" {
  region = var.region

  default_tags {
    tags = { application = "ecs-spot-failover" }
  }
}

# Interruptions lead to one forced deployment on the same strategy, at most every 10 minutes for a service. Placement
# failures are not listened to and shortages not looked for, so neither moves a service to on-demand capacity; only the
# loss of all its tasks, 1000 or more, within a minute would.
module "spot_failover" {
  source = "../.."

  spot_interruption = {
    response             = "redeploy"
    min_interval_minutes = 10
    failover_after       = 1000
    failover_percent     = 100
    window_minutes       = 1
  }

  eventbridge_rule_state_overrides = {
    placement_failure = "DISABLED"
    sweep             = "DISABLED"
  }
}
