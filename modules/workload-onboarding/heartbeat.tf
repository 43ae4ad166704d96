# Puts an event on the default bus every few minutes. On its way to the central account it proves the whole path, and
# tells the sweep there of this account and Region; where it stays away, an alarm goes off there.
locals {
  heartbeat_source      = "ecs.spot-failover"
  heartbeat_detail_type = "Spot Failover Heartbeat"
}

resource "aws_scheduler_schedule" "heartbeat" {
  # checkov:skip=CKV_AWS_297:its payload is a constant without secrets
  name                = local.names.heartbeat_schedule
  description         = "Heartbeat of account ${local.account_id}, Region ${data.aws_region.current.id} for ECS Spot failover in account ${var.central.account_id}"
  schedule_expression = var.heartbeat_interval_minutes == 1 ? "rate(1 minute)" : "rate(${var.heartbeat_interval_minutes} minutes)"
  state               = var.eventbridge_rule_state

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = "arn:${local.partition}:events:${data.aws_region.current.id}:${local.account_id}:event-bus/default"
    role_arn = local.heartbeat_role_arn
    input    = jsonencode({ version = 1 })

    eventbridge_parameters {
      source      = local.heartbeat_source
      detail_type = local.heartbeat_detail_type
    }

    # A late heartbeat is worth nothing. One that is lost needs no dead-letter queue: that it is missing is what tells.
    retry_policy {
      maximum_event_age_in_seconds = 60
      maximum_retry_attempts       = 0
    }
  }

  # Scheduler refuses a role that it may not assume, and sends the first heartbeat at once: the rule must be there.
  depends_on = [aws_iam_role_policy.heartbeat, aws_cloudwatch_event_target.forward]
}

# The role in which EventBridge Scheduler sends the heartbeats of all Regions. Once per account.
data "aws_iam_policy_document" "heartbeat_trust" {
  statement {
    sid     = "SchedulerSendsHeartbeats"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["scheduler.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account_id]
    }

    # Scheduler gives the ARN of the schedule's group, not of the schedule.
    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${local.partition}:scheduler:*:${local.account_id}:schedule-group/default"]
    }
  }
}

data "aws_iam_policy_document" "heartbeat" {
  statement {
    sid       = "PutHeartbeatsOnDefaultBus"
    actions   = ["events:PutEvents"]
    resources = ["arn:${local.partition}:events:*:${local.account_id}:event-bus/default"]
  }
}

resource "aws_iam_role" "heartbeat" {
  count = var.create_roles ? 1 : 0

  name                 = local.heartbeat_role_name
  path                 = var.role_path
  description          = "Lets EventBridge Scheduler put heartbeats of ECS Spot failover on the default bus"
  assume_role_policy   = data.aws_iam_policy_document.heartbeat_trust.json
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

resource "aws_iam_role_policy" "heartbeat" {
  count = var.create_roles ? 1 : 0

  name   = "heartbeat"
  role   = aws_iam_role.heartbeat[0].id
  policy = data.aws_iam_policy_document.heartbeat.json
}
