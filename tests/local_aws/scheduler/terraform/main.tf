terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

provider "aws" {}

variable "minutes" {
  type    = number
  default = 5
}

data "aws_caller_identity" "current" {}

data "aws_cloudwatch_event_bus" "default" {
  name = "default"
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["scheduler.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

data "aws_iam_policy_document" "put" {
  statement {
    actions   = ["events:PutEvents"]
    resources = [data.aws_cloudwatch_event_bus.default.arn]
  }
}

resource "aws_iam_role" "heart" {
  name               = "heart"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "put" {
  name   = "put"
  role   = aws_iam_role.heart.id
  policy = data.aws_iam_policy_document.put.json
}

resource "aws_scheduler_schedule" "beat" {
  name                = "beat"
  description         = "A beat of the heart"
  schedule_expression = "rate(${var.minutes} minutes)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = data.aws_cloudwatch_event_bus.default.arn
    role_arn = aws_iam_role.heart.arn
    input    = jsonencode({ version = 1 })

    eventbridge_parameters {
      source      = "acme.heart"
      detail_type = "Beat"
    }

    retry_policy {
      maximum_event_age_in_seconds = 60
      maximum_retry_attempts       = 0
    }
  }

  depends_on = [aws_iam_role_policy.put]
}

resource "aws_scheduler_schedule_group" "nightly" {
  name = "nightly"
}

resource "aws_scheduler_schedule" "nightly" {
  name                         = "nightly"
  group_name                   = aws_scheduler_schedule_group.nightly.name
  schedule_expression          = "cron(0 3 * * ? *)"
  schedule_expression_timezone = "Europe/Berlin"
  start_date                   = "2040-01-01T00:00:00Z"
  state                        = "DISABLED"

  flexible_time_window {
    mode                      = "FLEXIBLE"
    maximum_window_in_minutes = 15
  }

  target {
    arn      = data.aws_cloudwatch_event_bus.default.arn
    role_arn = aws_iam_role.heart.arn

    eventbridge_parameters {
      source      = "acme.heart"
      detail_type = "Nightly"
    }
  }
}
