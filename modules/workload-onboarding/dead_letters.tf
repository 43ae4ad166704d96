# Events that could not be forwarded.
resource "aws_sqs_queue" "dead_letters" {
  name                      = local.names.dead_letter_queue
  message_retention_seconds = 1209600 # 14 days, the most that SQS keeps
  sqs_managed_sse_enabled   = var.kms_key_arn == null ? true : null
  kms_master_key_id         = var.kms_key_arn
  policy                    = data.aws_iam_policy_document.dead_letters.json
  tags                      = var.tags

  lifecycle {
    precondition {
      condition     = var.kms_key_arn == null || try(split(":", var.kms_key_arn)[3], "") == data.aws_region.current.id
      error_message = "kms_key_arn is \"${coalesce(var.kms_key_arn, "null")}\", but this is Region ${data.aws_region.current.id}. Give a key of this Region: no service uses one of another."
    }
  }
}

data "aws_iam_policy_document" "dead_letters" {
  statement {
    sid       = "EventBridgeSendsWhatItCannotForward"
    actions   = ["sqs:SendMessage"]
    resources = ["arn:${local.partition}:sqs:${data.aws_region.current.id}:${local.account_id}:${local.names.dead_letter_queue}"]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [for rule in local.forward_rules : "arn:${local.partition}:events:${data.aws_region.current.id}:${local.account_id}:rule/${rule.name}"]
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "dead_letters" {
  alarm_name = "${local.names.dead_letter_queue}-not-empty"
  alarm_description = join(" ", [
    "EventBridge could not forward ECS events of account ${local.account_id}, Region ${data.aws_region.current.id} to the central bus of ECS Spot failover: services here may stay short of Spot.",
    "The messages' attribute ERROR_CODE tells why; look at the role ${local.forward_role_name} and the central bus's policy.",
    "When it is mended purge the queue: events of more than a few minutes ago are no longer acted on. What to do: docs/operations.md#dead-letters",
  ])
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.dead_letters.name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  ok_actions          = var.alarm_actions
  tags                = var.tags

  lifecycle {
    precondition {
      condition     = alltrue([for arn in var.alarm_actions : !contains(["lambda", "sns"], split(":", arn)[2]) || split(":", arn)[3] == data.aws_region.current.id])
      error_message = "alarm_actions is ${jsonencode(var.alarm_actions)}. An alarm notifies topics and functions of its own Region alone, which is ${data.aws_region.current.id}."
    }
  }
}

# What EventBridge could not forward for good; it tells of what not even the dead-letter queue got.
resource "aws_cloudwatch_metric_alarm" "failed_invocations" {
  for_each = aws_cloudwatch_event_rule.forward

  alarm_name          = "${each.value.name}-failed-invocations"
  alarm_description   = "EventBridge could not forward events of account ${local.account_id}, Region ${data.aws_region.current.id} by the rule ${each.value.name}, and has given up: the role ${local.forward_role_name} or the central bus's policy does not let it. What to do: docs/operations.md#failed-invocations"
  namespace           = "AWS/Events"
  metric_name         = "FailedInvocations"
  dimensions          = { RuleName = each.value.name }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  ok_actions          = var.alarm_actions
  tags                = var.tags
}
