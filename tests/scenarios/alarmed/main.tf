# Central account and one workload account, with everything that alarms watch, on-demand twins too. What takes hours
# by default takes one here.
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

provider "aws" {
  alias  = "orders"
  region = "us-east-1"

  assume_role {
    role_arn = "arn:aws:iam::111111111111:role/OrganizationAccountAccessRole"
  }
}

module "central" {
  source = "../../modules/central"

  organization_id        = "o-exampleorg1"
  failover_service       = { enabled = true }
  synthetic_events       = { enabled = true }
  max_failovers_per_hour = 2
  restore                = { patience_minutes = 10 }
  alarms                 = { failed_restores_per_hour = 2, pool_open_hours = 1 }
  operator_principals    = ["arn:aws:iam::123456789012:role/platform-engineer"]
}

module "orders" {
  source    = "../../modules/workload-onboarding"
  providers = { aws = aws.orders }

  central          = module.central.onboarding
  failover_service = true
  alarm_actions    = [aws_sns_topic.orders.arn]
}

resource "aws_sns_topic" "orders" {
  provider = aws.orders
  name     = "on-call"
}
