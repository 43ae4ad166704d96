provider "aws" {
  region = var.region

  default_tags {
    tags = { application = "ecs-spot-failover" }
  }
}

# The installation, and the onboarding of the account that holds it.
module "spot_failover" {
  source = "../.."

  # Where a pool has a probe, no restore begins before the probe's task has run on Spot for so long.
  restore = { probe_minutes = var.probe_minutes }

  alarm_actions = var.alarm_actions
}

# One probe per account and Region: for others the same block with `providers = { aws = aws.orders }`, beside their
# onboarding. The installation needs no word of it: its sweep finds the service by its tag.
module "probe" {
  source = "./probe"

  subnet_ids         = var.subnet_ids
  security_group_ids = var.security_group_ids
  assign_public_ip   = var.assign_public_ip
}
