# Not where nothing invokes the function asynchronously: its caller is told of a failure and tries again.
resource "aws_sqs_queue" "dead_letters" {
  count = local.has_dead_letters ? 1 : 0

  name                      = var.dead_letter_queue_name
  message_retention_seconds = 1209600 # 14 days, the most that SQS keeps
  sqs_managed_sse_enabled   = var.kms_key_arn == null ? true : null
  kms_master_key_id         = var.kms_key_arn
  policy                    = data.aws_iam_policy_document.dead_letters.json
  tags                      = var.tags

  lifecycle {
    precondition {
      condition     = var.kms_key_arn == null || try(split(":", var.kms_key_arn)[3], "") == local.region
      error_message = "kms_key_arn is \"${coalesce(var.kms_key_arn, "null")}\", but this is Region ${local.region}. Give a key of this Region: no service uses one of another."
    }
  }
}

data "aws_iam_policy_document" "dead_letters" {
  statement {
    sid       = "EventBridgeSendsWhatItCannotDeliver"
    actions   = ["sqs:SendMessage"]
    resources = [local.dead_letter_queue_arn]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = var.rule_arns
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "dead_letters" {
  count = local.has_dead_letters ? 1 : 0

  alarm_name          = "${var.dead_letter_queue_name}-not-empty"
  alarm_description   = var.alarm_description
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.dead_letters[0].name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  ok_actions          = var.alarm_actions
  tags                = var.tags
}
