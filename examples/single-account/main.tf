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
}
