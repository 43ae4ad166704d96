# What an upgrade is tried on: all that keeps something, in one account, with defaults.
terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.77"
    }
  }
}

provider "aws" {
  region = "us-east-1"
}

module "spot_failover" {
  source = "../.."
}

module "controlled_scaledown" {
  source = "../../modules/controlled-scaledown"

  clusters       = ["shop"]
  load_balancers = ["stream"]
  target_groups  = ["stream-blue", "stream-green"]
}
