# One account in one block, whose automation may switch services of team orders in the clusters prod-* alone.
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

  automation_scope = { clusters = ["prod-*"], service_tags = { team = "orders" } }
}
