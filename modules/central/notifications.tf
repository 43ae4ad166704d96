# Where people are told: a topic that is given, or one that is made here.
locals {
  make_topic = var.notifications.enabled && (var.notifications.create_topic != null ? var.notifications.create_topic : var.notifications.topic_arn == null)

  # Put together from names: known at plan.
  own_topic_arn = "arn:${local.partition}:sns:${data.aws_region.current.id}:${local.account_id}:${local.names.notification_topic}"

  # null: nobody is told.
  topic_arn = var.notifications.enabled ? (local.make_topic ? local.own_topic_arn : var.notifications.topic_arn) : null
  topic_key = local.make_topic ? var.kms_key_arn : var.notifications.topic_kms_key_arn

  # An alarm can't notify a topic in another Region (PutMetricAlarm refuses it).
  alarm_topics  = !var.notifications.enabled ? [] : [for arn in [local.topic_arn] : arn if split(":", arn)[3] == data.aws_region.current.id]
  alarm_actions = length(var.alarm_actions) > 0 ? var.alarm_actions : local.alarm_topics

  notification_environment = !var.notifications.enabled ? {} : {
    NOTIFICATION_FORMAT    = var.notification_format
    NOTIFICATION_TOPIC_ARN = local.topic_arn
  }
}

resource "aws_sns_topic" "notifications" {
  count = local.make_topic ? 1 : 0

  name         = local.names.notification_topic
  display_name = "ECS Spot failover"
  # Never alias/aws/sns: alarms can't publish with it.
  kms_master_key_id = var.kms_key_arn
  tags              = var.tags
}

data "aws_iam_policy_document" "topic" {
  statement {
    sid       = "AlarmsOfThisAccountPublish"
    actions   = ["sns:Publish"]
    resources = [local.own_topic_arn]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account_id]
    }
  }
}

resource "aws_sns_topic_policy" "notifications" {
  count = local.make_topic ? 1 : 0

  arn    = aws_sns_topic.notifications[0].arn
  policy = data.aws_iam_policy_document.topic.json
}

# The restore function alone tells people: two functions would tell the same twice.
data "aws_iam_policy_document" "tells_people" {
  dynamic "statement" {
    for_each = var.notifications.enabled ? [local.topic_arn] : []
    content {
      sid       = "TellPeople"
      actions   = ["sns:Publish"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = !var.notifications.enabled || local.topic_key == null ? [] : [local.topic_key]
    content {
      sid       = "UseKeyOfTopic"
      actions   = local.topic_key == var.kms_key_arn ? ["kms:GenerateDataKey"] : ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [statement.value]
    }
  }
}
