# A topic of one's own in the same configuration: its ARN is unknown at plan.
terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.77"
    }
  }
}

resource "aws_sns_topic" "on_call" {
  name = "on-call"
}

module "central" {
  source = "../../../modules/central"

  notifications = {
    topic_arn    = aws_sns_topic.on_call.arn
    create_topic = false
  }
}

output "notification_topic_arn" {
  description = "The topic that people are told by."
  value       = module.central.notification_topic_arn
}
