# An execution that does not end as done. Refused ones count too: somebody wanted a replacement and did not get it.
locals {
  bad_ends = {
    failed    = { metric = "ExecutionsFailed", means = "was refused, or could not replace the task set. Its error and cause say why, and whether all is as it was before (InputError, NotReplaceableError, TakenError, PutBack) or what is left (PutBackIncomplete, PutBackFailed)" }
    timed_out = { metric = "ExecutionsTimedOut", means = "took longer than it takes even to put all back: service, listeners and tags may stand in between" }
    aborted   = { metric = "ExecutionsAborted", means = "was stopped by somebody: service, listeners and tags may stand in between" }
  }
}

resource "aws_cloudwatch_metric_alarm" "bad_ends" {
  for_each = local.bad_ends

  alarm_name          = "${local.names.state_machine}-${replace(each.key, "_", "-")}"
  alarm_description   = "An execution of ${local.names.state_machine} in account ${local.account_id}, Region ${local.region} ${each.value.means}. Where something is left in between, start a new execution for the same service: it puts that in order first. What each end means: modules/controlled-scaledown/README.md#how-it-ends"
  namespace           = "AWS/States"
  metric_name         = each.value.metric
  dimensions          = { StateMachineArn = local.state_machine_arn }
  statistic           = "Sum"
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
      condition     = alltrue([for arn in var.alarm_actions : !contains(["lambda", "sns"], split(":", arn)[2]) || split(":", arn)[3] == local.region])
      error_message = "alarm_actions is ${jsonencode(var.alarm_actions)}. An alarm notifies topics and functions of its own Region alone, which is ${local.region}."
    }
  }
}
