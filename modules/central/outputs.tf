locals {
  function_outputs = ["name", "arn", "invoke_arn", "qualified_arn", "version", "role_name", "role_arn", "role_unique_id", "log_group_name", "log_group_arn"]
}

output "functions" {
  description = "The functions `placement_failure`, `spot_interruption`, `restore`, `sweep` and, with `failover_service`, `task_state`; of each `name`, `arn`, `invoke_arn`, `qualified_arn`, `version`, `role_name`, `role_arn`, `role_unique_id`, `log_group_name` and `log_group_arn`."
  value = merge({
    placement_failure = { for name in local.function_outputs : name => module.placement_failure[name] }
    spot_interruption = { for name in local.function_outputs : name => module.spot_interruption[name] }
    restore           = { for name in local.function_outputs : name => module.restore[name] }
    sweep             = { for name in local.function_outputs : name => module.sweep[name] }
    }, {
    for function in module.task_state : "task_state" => { for name in local.function_outputs : name => function[name] }
  })
}

output "rules" {
  description = "The EventBridge rules `placement_failure`, `spot_interruption`, `heartbeat` and, with `failover_service`, `task_state` (on the event bus), `restore` and `sweep` (the schedules, on the default bus); of each `name`, `id`, `arn` and `target_id`."
  value = merge({
    placement_failure = {
      name      = aws_cloudwatch_event_rule.placement_failure.name
      id        = aws_cloudwatch_event_rule.placement_failure.id
      arn       = aws_cloudwatch_event_rule.placement_failure.arn
      target_id = aws_cloudwatch_event_target.placement_failure.target_id
    }
    spot_interruption = {
      name      = aws_cloudwatch_event_rule.spot_interruption.name
      id        = aws_cloudwatch_event_rule.spot_interruption.id
      arn       = aws_cloudwatch_event_rule.spot_interruption.arn
      target_id = aws_cloudwatch_event_target.spot_interruption.target_id
    }
    restore = {
      name      = aws_cloudwatch_event_rule.restore.name
      id        = aws_cloudwatch_event_rule.restore.id
      arn       = aws_cloudwatch_event_rule.restore.arn
      target_id = aws_cloudwatch_event_target.restore.target_id
    }
    sweep = {
      name      = aws_cloudwatch_event_rule.sweep.name
      id        = aws_cloudwatch_event_rule.sweep.id
      arn       = aws_cloudwatch_event_rule.sweep.arn
      target_id = aws_cloudwatch_event_target.sweep.target_id
    }
    heartbeat = {
      name      = aws_cloudwatch_event_rule.heartbeat.name
      id        = aws_cloudwatch_event_rule.heartbeat.id
      arn       = aws_cloudwatch_event_rule.heartbeat.arn
      target_id = aws_cloudwatch_event_target.heartbeat.target_id
    }
    }, {
    for index, rule in aws_cloudwatch_event_rule.task_state : "task_state" => {
      name      = rule.name
      id        = rule.id
      arn       = rule.arn
      target_id = aws_cloudwatch_event_target.task_state[index].target_id
    }
  })
}

output "queues" {
  description = "The queues `placement_failure`, `spot_interruption`, `sweep` and, with `failover_service`, `task_state`; of each `name`, `url` and `arn`."
  value       = { for key, queue in aws_sqs_queue.this : key => { name = queue.name, url = queue.url, arn = queue.arn } }
}

output "dead_letter_queues" {
  description = "The dead-letter queues of `placement_failure`, `spot_interruption`, `restore`, `sweep` and, with `failover_service`, `task_state`; of each `name`, `url` and `arn`."
  value = merge({
    placement_failure = module.placement_failure.dead_letter_queue
    spot_interruption = module.spot_interruption.dead_letter_queue
    restore           = module.restore.dead_letter_queue
    sweep             = module.sweep.dead_letter_queue
  }, { for function in module.task_state : "task_state" => function.dead_letter_queue })
}

output "alarm_arns" {
  description = "ARNs of the alarms on the dead-letter queues of `placement_failure`, `spot_interruption`, `restore`, `sweep` and, with `failover_service`, `task_state`, on `stuck_records` and `silent_paths`, and on runs that fail or do not start: `restore_errors`, `restore_throttles`, `sweep_errors`, `sweep_throttles`; of each queue's function `_errors`, `_throttles` and `_queue_age`, of each rule `_failed_invocations`, and `restores_failing`, `pool_open`, `restore_late`, `fallback_short`, `failover_limit`, `audit_lost`, `people_not_told`."
  value = merge({
    placement_failure = module.placement_failure.alarm_arn
    spot_interruption = module.spot_interruption.alarm_arn
    restore           = module.restore.alarm_arn
    sweep             = module.sweep.alarm_arn
    stuck_records     = aws_cloudwatch_metric_alarm.stuck_records.arn
    silent_paths      = aws_cloudwatch_metric_alarm.silent_paths.arn
    },
    { for key, alarm in aws_cloudwatch_metric_alarm.failed_runs : key => alarm.arn },
    { for key, alarm in aws_cloudwatch_metric_alarm.this : key => alarm.arn },
    { for function in module.task_state : "task_state" => function.alarm_arn },
  )
}

output "notification_topic_arn" {
  description = "ARN of the SNS topic by which people are told, to subscribe to; null where nobody is."
  value       = local.make_topic ? aws_sns_topic.notifications[0].arn : local.topic_arn
}

output "dashboard_name" {
  description = "Name of the CloudWatch dashboard; null where there is none."
  value       = one(aws_cloudwatch_dashboard.this[*].dashboard_name)
}

output "audit_events" {
  description = "Audit events, for rules of yours on the event bus: `event_bus_name`, `event_bus_arn`, `source` and `detail_type`."
  value = {
    event_bus_name = aws_cloudwatch_event_bus.this.name
    event_bus_arn  = aws_cloudwatch_event_bus.this.arn
    source         = local.heartbeat_source
    detail_type    = local.audit_detail_type
  }
}

output "operator_role_arn" {
  description = "ARN of the role of the command line, to enter by a profile of the AWS CLI; null without `operator_principals`."
  value       = local.has_operators ? local.operator_role_arn : null

  depends_on = [aws_iam_role_policy.operator]
}

output "alarm_actions" {
  description = "ARNs that the alarms notify: the input `alarm_actions`, or where that is empty the topic of the notifications, if it is in this Region."
  value       = local.alarm_actions
}

output "state_table" {
  description = "Name and ARN of the state table."
  value       = { name = aws_dynamodb_table.state.name, arn = aws_dynamodb_table.state.arn }
}

output "event_bus_name" {
  description = "Name of the central event bus."
  value       = aws_cloudwatch_event_bus.this.name
}

output "event_bus_arn" {
  description = "ARN of the central event bus."
  value       = aws_cloudwatch_event_bus.this.arn

  # Who knows the ARN may send: a target in another account can be made only once the bus lets that account in, and what
  # reaches the bus goes on to a queue from the first event on.
  depends_on = [
    aws_cloudwatch_event_bus_policy.this,
    aws_cloudwatch_event_target.heartbeat,
    aws_cloudwatch_event_target.placement_failure,
    aws_cloudwatch_event_target.spot_interruption,
    aws_cloudwatch_event_target.task_state,
  ]
}

output "onboarding" {
  description = "All that the module `workload-onboarding` must know of this installation: give it as its input `central`."
  value = {
    account_id              = local.account_id
    automation_role_name    = local.names.automation_role
    automation_role_path    = var.role_path
    event_bus_arn           = aws_cloudwatch_event_bus.this.arn
    external_id             = local.external_id
    failover_service        = var.failover_service.enabled
    handler_role_arns       = concat([module.placement_failure.role_arn, module.spot_interruption.role_arn, module.restore.role_arn, module.sweep.role_arn], module.task_state[*].role_arn, local.has_operators ? [local.operator_role_arn] : [])
    silent_after_minutes    = var.sweep.silent_after_minutes
    state_machine_name      = var.task_set.enabled || anytrue([for override in values(var.account_overrides) : coalesce(override.task_set, false)]) ? var.task_set.state_machine_name : null
    synthetic_event_sources = var.synthetic_events.enabled ? var.synthetic_events.sources : []
  }

  # What reaches the bus goes on to a queue from the first event on, the first heartbeat among them.
  depends_on = [
    aws_cloudwatch_event_bus_policy.this,
    aws_cloudwatch_event_target.heartbeat,
    aws_cloudwatch_event_target.placement_failure,
    aws_cloudwatch_event_target.spot_interruption,
    aws_cloudwatch_event_target.task_state,
  ]
}

output "module_name" {
  description = "Name of this module."
  value       = local.module_name
}

output "module_version" {
  description = "Version of this module."
  value       = local.module_version
}
