provider "aws" {
  region = var.region

  default_tags {
    tags = { application = "ecs-spot-failover" }
  }
}

# The installation, and the onboarding of the account that holds it, with the twin method switched on.
module "spot_failover" {
  source = "../.."

  failover_service = {
    enabled           = true
    max_tasks         = 20
    whole_for_minutes = 10
    step_percent      = 25
    step_wait_minutes = 2
  }

  alarm_actions = var.alarm_actions
}
