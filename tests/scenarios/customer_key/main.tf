# One account in one block, everything of it encrypted with the account's own key. The key's policy is the one that
# the README of modules/central shows.
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

resource "aws_kms_key" "this" {
  description = "Queues, state table, log groups and environments of ecs-spot-failover"
  policy      = data.aws_iam_policy_document.key.json
}

module "spot_failover" {
  source = "../.."

  kms_key_arn      = aws_kms_key.this.arn
  failover_service = { enabled = true }
}
