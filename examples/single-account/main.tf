provider "aws" {
  region = var.region

  default_tags {
    tags = { application = "ecs-spot-failover" }
  }
}

module "spot_failover" {
  source = "../.."

  alarm_actions       = var.alarm_actions
  operator_principals = var.operator_principals
  synthetic_events    = { enabled = var.accept_synthetic_events }

  # For services with the EXTERNAL deployment controller, where the module controlled-scaledown is deployed.
  task_set = {
    enabled            = var.controlled_scaledown_state_machine_arn != null
    state_machine_name = try(split(":", var.controlled_scaledown_state_machine_arn)[6], null)
  }
  controlled_scaledown_state_machine_arns = compact([var.controlled_scaledown_state_machine_arn])
}
