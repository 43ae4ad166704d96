locals {
  queue_arn_prefix = "arn:${local.partition}:sqs:${data.aws_region.current.id}:${local.account_id}"

  # Put together from names, without what else belongs to a queue: the functions' permissions must not wait for that.
  queue_arns = { for key, name in {
    placement_failure = local.names.placement_failure_queue
    spot_interruption = local.names.spot_interruption_queue
    sweep             = local.names.sweep_queue
    task_state        = local.names.task_state_queue
  } : key => "${local.queue_arn_prefix}:${name}" if key != "task_state" || var.failover_service.enabled }

  queues = { for key, queue in {
    placement_failure = {
      name            = local.names.placement_failure_queue
      settings        = var.placement_failure_queue
      delay_seconds   = 0
      dead_letter_arn = module.placement_failure.dead_letter_queue.arn
      rule_arn        = aws_cloudwatch_event_rule.placement_failure.arn
    }
    spot_interruption = {
      name = local.names.spot_interruption_queue
      # ECS replaces an interrupted task by itself: the function looks when it has had the time to.
      delay_seconds   = var.spot_interruption.look_after_seconds
      settings        = var.spot_interruption_queue
      dead_letter_arn = module.spot_interruption.dead_letter_queue.arn
      rule_arn        = aws_cloudwatch_event_rule.spot_interruption.arn
    }
    sweep = {
      name            = local.names.sweep_queue
      delay_seconds   = 0
      settings        = var.sweep_queue
      dead_letter_arn = module.sweep.dead_letter_queue.arn
      rule_arn        = aws_cloudwatch_event_rule.heartbeat.arn
    }
    task_state = {
      name            = local.names.task_state_queue
      delay_seconds   = 0
      settings        = var.task_state_queue
      dead_letter_arn = var.failover_service.enabled ? module.task_state[0].dead_letter_queue.arn : null
      rule_arn        = var.failover_service.enabled ? aws_cloudwatch_event_rule.task_state[0].arn : null
    }
  } : key => queue if key != "task_state" || var.failover_service.enabled }
}

resource "aws_sqs_queue" "this" {
  for_each = local.queues

  name                       = each.value.name
  delay_seconds              = each.value.delay_seconds
  visibility_timeout_seconds = each.value.settings.visibility_timeout_seconds
  message_retention_seconds  = 345600 # 4 days; the dead-letter queue's 14 count from the same moment
  sqs_managed_sse_enabled    = var.kms_key_arn == null ? true : null
  kms_master_key_id          = var.kms_key_arn
  policy                     = data.aws_iam_policy_document.queue[each.key].json
  tags                       = var.tags

  redrive_policy = jsonencode({
    deadLetterTargetArn = each.value.dead_letter_arn
    maxReceiveCount     = each.value.settings.max_receive_count
  })
}

data "aws_iam_policy_document" "queue" {
  for_each = local.queues

  statement {
    sid       = "RuleSendsEvents"
    actions   = ["sqs:SendMessage"]
    resources = [local.queue_arns[each.key]]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [each.value.rule_arn]
    }
  }
}
