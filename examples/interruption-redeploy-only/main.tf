provider "aws" {
  region = var.region

  default_tags {
    tags = { application = "ecs-spot-failover" }
  }
}

# Interruptions lead to one forced deployment on the same strategy, at most every 10 minutes for a service. Placement
# failures are not listened to, so they move no service to on-demand capacity.
module "spot_failover" {
  source = "../.."

  spot_interruption = {
    response             = "redeploy"
    min_interval_minutes = 10
  }

  eventbridge_rule_state_overrides = { placement_failure = "DISABLED" }
}
