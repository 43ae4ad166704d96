# A schedule in every onboarded account and Region sends a heartbeat: it proves the path, and registers both for the sweep.
resource "aws_cloudwatch_event_rule" "heartbeat" {
  name           = local.names.heartbeat_rule
  description    = "Heartbeats of the onboarded accounts and Regions, to the queue of the function that sweeps them"
  event_bus_name = aws_cloudwatch_event_bus.this.name
  state          = coalesce(var.eventbridge_rule_state_overrides.heartbeat, var.eventbridge_rule_state)
  tags           = var.tags

  event_pattern = jsonencode({
    source        = [local.heartbeat_source]
    "detail-type" = [local.heartbeat_detail_type]
  })
}

resource "aws_cloudwatch_event_target" "heartbeat" {
  rule           = aws_cloudwatch_event_rule.heartbeat.name
  event_bus_name = aws_cloudwatch_event_bus.this.name
  target_id      = "queue"
  arn            = aws_sqs_queue.this["sweep"].arn

  dead_letter_config {
    arn = module.sweep.dead_letter_queue.arn
  }
}

# The sweep counts at every tick the accounts and Regions that it has not heard of for too long.
resource "aws_cloudwatch_metric_alarm" "silent_paths" {
  alarm_name = "${local.names.sweep_function}-silent-paths"
  alarm_description = join(" ", [
    "PATH_SILENT: an onboarded account and Region has sent no heartbeat for ${var.sweep.silent_after_minutes} minutes, so its events do not arrive either; or the sweep itself does not run.",
    "The lines with \"PATH_SILENT\" in /aws/lambda/${local.names.sweep_function} name account and Region. Look there at the schedule and the forward rules of the module workload-onboarding, their roles and their dead-letter queue, and here at the event bus's policy and the rule ${local.names.heartbeat_rule}. One that is offboarded leaves by itself a day after its role is gone.",
    "Without such lines look at the alarms of ${local.names.sweep_function} and the rule ${local.names.sweep_rule}. What to do: docs/operations.md#silent-paths",
  ])
  namespace           = "EcsSpotFailover"
  metric_name         = "SilentPaths"
  dimensions          = { service = local.names.sweep_function }
  statistic           = "Maximum"
  period              = local.watch_seconds.sweep
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
  tags                = var.tags

  # A sweep that does not run is a failure, unless somebody has switched it off.
  treat_missing_data = local.sweep_rule_state == "ENABLED" ? "breaching" : "notBreaching"
}
