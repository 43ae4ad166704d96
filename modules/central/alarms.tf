# Alarms on what the other files have none for: those on dead-letter queues are in modules/handler, on scheduled runs in
# failed_runs.tf, on stuck_records and silent paths in the files of that name. All name their part of docs/operations.md.
locals {
  # What all functions of this installation count together has it in the dimension `service`.
  installation = local.names.event_bus

  queue_functions = { for key, name in {
    placement_failure = local.names.placement_failure_function
    spot_interruption = local.names.spot_interruption_function
    task_state        = local.names.task_state_function
  } : key => name if key != "task_state" || var.failover_service.enabled }

  # Rules on the event bus have it as a dimension, those on the default bus do not.
  watched_rules = { for key, name in {
    placement_failure = local.names.placement_failure_rule
    spot_interruption = local.names.spot_interruption_rule
    heartbeat         = local.names.heartbeat_rule
    task_state        = local.names.task_state_rule
    restore           = local.names.restore_rule
    sweep             = local.names.sweep_rule
  } : key => name if key != "task_state" || var.failover_service.enabled }

  restore_rule_state = coalesce(var.eventbridge_rule_state_overrides.restore, var.eventbridge_rule_state)

  own_metrics = {
    restores_failing = {
      name      = "restores-failing", metric = "RestoresFailed", statistic = "Sum", period = 3600
      threshold = var.alarms.failed_restores_per_hour - 1, missing = "notBreaching"
      says      = "${var.alarms.failed_restores_per_hour} or more restores have failed within an hour: Spot does not carry the services, or their deployments fail for reasons of their own. They are back on on-demand capacity, and every next try waits longer."
    }
    pool_open = {
      name      = "pool-open", metric = "PoolOpenMinutes", statistic = "Maximum", period = 1800
      threshold = 60 * var.alarms.pool_open_hours, missing = "notBreaching"
      says      = "Spot has not carried any service of a pool for ${var.alarms.pool_open_hours} hours: its services stay on on-demand capacity and cost more. Nothing is broken; think of other task sizes, Availability Zones or Regions."
    }
    restore_late = {
      name      = "restores-late", metric = "OldestDueRestoreAge", statistic = "Maximum", period = local.watch_seconds.restore
      threshold = 60 * var.alarms.restore_late_minutes, missing = local.restore_rule_state == "ENABLED" ? "breaching" : "notBreaching"
      says      = "A record has been due for more than ${var.alarms.restore_late_minutes} minutes, or the restore function (${var.restore.schedule}) does not run: services stay on on-demand capacity, and nobody is told of incidents."
    }
    fallback_short = {
      name = "fallback-short", metric = "Alerts", reason = "FALLBACK_SHORT", statistic = "Sum", period = 300, threshold = 0, missing = "notBreaching"
      says = "FALLBACK_SHORT: a service is short although it was moved to on-demand capacity: that lacks too, a quota is used up, or its tasks do not start."
    }
    failover_limit = {
      name = "failover-limit", metric = "Alerts", reason = "FAILOVER_LIMIT", statistic = "Sum", period = 300, threshold = 0, missing = "notBreaching"
      says = "FAILOVER_LIMIT: an account has had max_failovers_per_hour (${var.max_failovers_per_hour}) failovers in this hour; further services of it stay short of Spot until the next."
    }
    audit_lost = {
      name = "audit-lost", metric = "AuditEventsLost", statistic = "Sum", period = 300, threshold = 0, missing = "notBreaching"
      says = "Audit events could not be put on the event bus ${local.installation}. What they tell of was done; each stands whole in a log line \"audit event lost\" of the function."
    }
    people_not_told = {
      name = "people-not-told", metric = "NotificationsFailed", statistic = "Sum", period = 900, threshold = 0, missing = "notBreaching"
      says = "Incidents or alerts could not be looked at or told: see the lines \"people not told\" (the next tick tries again) and \"alert not noted\" (nobody else hears of it) in the functions' logs."
    }
  }

  alarms = merge(
    { for key, alarm in local.own_metrics : key => merge({ reason = null }, alarm, {
      name                                                        = "${local.installation}-${alarm.name}"
      namespace                                                   = "EcsSpotFailover"
      dimensions                                                  = { for name, value in { service = local.installation, reason = try(alarm.reason, null) } : name => value if value != null }
      periods                                                     = 1
      datapoints                                                  = 1
      runbook                                                     = alarm.name
    }) },
    { for key, name in local.queue_functions : "${key}_errors" => {
      name      = "${name}-errors", namespace = "AWS/Lambda", metric = "Errors", dimensions = { FunctionName = name }
      statistic = "Sum", period = 300, periods = 3, datapoints = 2, threshold = 0, missing = "notBreaching", runbook = "function-errors"
      says      = "Whole batches of ${name} fail: a time-out, a wrong environment, or an error that its log group names. The messages come again and end as dead letters."
    } },
    { for key, name in local.queue_functions : "${key}_throttles" => {
      name      = "${name}-throttles", namespace = "AWS/Lambda", metric = "Throttles", dimensions = { FunctionName = name }
      statistic = "Sum", period = 300, periods = 3, datapoints = 2, threshold = 0, missing = "notBreaching", runbook = "function-throttles"
      says      = "${name} does not get the concurrency that it asks for: events wait, and messages may end as dead letters unhandled."
    } },
    { for key, queue in local.queues : "${key}_queue_age" => {
      name      = "${queue.name}-age", namespace = "AWS/SQS", metric = "ApproximateAgeOfOldestMessage", dimensions = { QueueName = queue.name }
      statistic = "Maximum", period = 300, periods = 1, datapoints = 1, threshold = 60 * var.alarms.queue_age_minutes, missing = "notBreaching", runbook = "queue-age"
      says      = "A message of ${queue.name} has waited for more than ${var.alarms.queue_age_minutes} minutes: its function fails, is throttled, or can't keep up. Services may be short of Spot meanwhile."
    } },
    { for key, name in local.watched_rules : "${key}_failed_invocations" => {
      name       = "${name}-failed-invocations", namespace = "AWS/Events", metric = "FailedInvocations"
      dimensions = contains(["restore", "sweep"], key) ? { RuleName = name } : { RuleName = name, EventBusName = local.names.event_bus }
      statistic  = "Sum", period = 300, periods = 1, datapoints = 1, threshold = 0, missing = "notBreaching", runbook = "failed-invocations"
      says       = "EventBridge could not deliver what the rule ${name} matched, and has given up: a permission, a key or the target is missing. The events are in the target's dead-letter queue, unless that can't be reached either."
    } },
  )
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = each.value.name
  alarm_description   = "${each.value.says} What to do: docs/operations.md#${each.value.runbook}"
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  period              = each.value.period
  evaluation_periods  = each.value.periods
  datapoints_to_alarm = each.value.datapoints
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = each.value.missing
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
  tags                = var.tags

  lifecycle {
    precondition {
      condition     = alltrue([for arn in var.alarm_actions : !contains(["lambda", "sns"], split(":", arn)[2]) || split(":", arn)[3] == data.aws_region.current.id])
      error_message = "alarm_actions is ${jsonencode(var.alarm_actions)}. An alarm notifies topics and functions of its own Region alone, which is ${data.aws_region.current.id}."
    }
  }
}
