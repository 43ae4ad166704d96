provider "aws" {
  region = var.region

  default_tags {
    tags = {
      application = "ecs-spot-failover"
      environment = var.environment
    }
  }
}

module "spot_failover" {
  source = "../.."

  name_prefix                     = "${var.environment}-"
  scope                           = { clusters = ["${var.environment}-*"] }
  restore                         = { schedule = var.restore_schedule }
  log_level                       = var.log_level
  log_retention_days              = var.log_retention_days
  state_table_deletion_protection = var.state_table_deletion_protection
}
