provider "aws" {
  region = var.region

  default_tags {
    tags = { application = var.name }
  }
}

# The installation, and the onboarding of the account that holds it. Where a platform team has it already, leave this
# block out: the rest is what an application team writes.
module "spot_failover" {
  source = "../.."

  alarm_actions = var.alarm_actions
}

module "network" {
  count  = var.network == null ? 1 : 0
  source = "./network"

  name     = var.name
  vpc_cidr = var.vpc_cidr
}

locals {
  network = coalesce(var.network, one(module.network[*].network))
}
