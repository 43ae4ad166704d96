output "functions" {
  description = "The functions `placement_failure`, `spot_interruption`, `restore`, `sweep` and, with `failover_service`, `task_state`; of each `name`, `arn`, `invoke_arn`, `qualified_arn`, `version`, `role_name`, `role_arn`, `role_unique_id`, `log_group_name` and `log_group_arn`."
  value       = module.central.functions
}

output "rules" {
  description = "The EventBridge rules `placement_failure`, `spot_interruption`, `heartbeat` and, with `failover_service`, `task_state` (on the central event bus), `restore` and `sweep` (the schedules, on the default bus); of each `name`, `id`, `arn` and `target_id`."
  value       = module.central.rules
}

output "forward_rules" {
  description = "The rules `placement_failure`, `spot_interruption`, `heartbeat` and, with `failover_service`, `task_state` of the default bus that forward this account's events; of each `name`, `id`, `arn` and `target_id`."
  value       = module.workload_onboarding.rules
}

output "queues" {
  description = "The queues `placement_failure`, `spot_interruption`, `sweep` and, with `failover_service`, `task_state`; of each `name`, `url` and `arn`."
  value       = module.central.queues
}

output "dead_letter_queues" {
  description = "The dead-letter queues of `placement_failure`, `spot_interruption`, `restore`, `sweep`, `forward` and, with `failover_service`, `task_state`; of each `name`, `url` and `arn`."
  value       = merge(module.central.dead_letter_queues, { forward = module.workload_onboarding.dead_letter_queue })
}

output "alarm_arns" {
  description = "ARNs of the alarms on the dead-letter queues of `placement_failure`, `spot_interruption`, `restore`, `sweep`, `forward` and, with `failover_service`, `task_state`, on `stuck_records` and `silent_paths`, and on runs that fail or do not start: `restore_errors`, `restore_throttles`, `sweep_errors`, `sweep_throttles`; of each queue's function `_errors`, `_throttles` and `_queue_age`, of each rule `_failed_invocations`, and `restores_failing`, `pool_open`, `restore_late`, `fallback_short`, `failover_limit`, `audit_lost`, `people_not_told`."
  value       = merge(module.central.alarm_arns, { forward = module.workload_onboarding.alarm_arn })
}

output "notification_topic_arn" {
  description = "ARN of the SNS topic by which people are told, to subscribe to; null where nobody is."
  value       = module.central.notification_topic_arn
}

output "dashboard_name" {
  description = "Name of the CloudWatch dashboard; null where there is none."
  value       = module.central.dashboard_name
}

output "audit_events" {
  description = "Audit events, for rules of yours on the event bus: `event_bus_name`, `event_bus_arn`, `source` and `detail_type`."
  value       = module.central.audit_events
}

output "operator_role_arn" {
  description = "ARN of the role of the command line, to enter by a profile of the AWS CLI; null without `operator_principals`."
  value       = module.central.operator_role_arn
}

output "state_table" {
  description = "Name and ARN of the state table."
  value       = module.central.state_table
}

output "event_bus_name" {
  description = "Name of the central event bus."
  value       = module.central.event_bus_name
}

output "event_bus_arn" {
  description = "ARN of the central event bus."
  value       = module.central.event_bus_arn
}

output "onboarding" {
  description = "All that the module `workload-onboarding` must know of this installation: give it as its input `central`, in each further account and Region."
  value       = module.central.onboarding
}

output "automation_role_name" {
  description = "Name of the role in which the functions work on this account's services."
  value       = module.workload_onboarding.automation_role_name
}

output "automation_role_arn" {
  description = "ARN of the role in which the functions work on this account's services."
  value       = module.workload_onboarding.automation_role_arn
}

output "automation_role_unique_id" {
  description = "Unique id of the role in which the functions work on this account's services."
  value       = module.workload_onboarding.automation_role_unique_id
}

output "forward_role_name" {
  description = "Name of the role in which EventBridge forwards: the input `forward_role_name` of onboarding in this account's further Regions."
  value       = module.workload_onboarding.forward_role_name
}

output "forward_role_arn" {
  description = "ARN of the role in which EventBridge forwards."
  value       = module.workload_onboarding.forward_role_arn
}

output "heartbeat_role_name" {
  description = "Name of the role in which the heartbeat is sent: the input `heartbeat_role_name` of onboarding in this account's further Regions."
  value       = module.workload_onboarding.heartbeat_role_name
}

output "heartbeat_role_arn" {
  description = "ARN of the role in which the heartbeat is sent."
  value       = module.workload_onboarding.heartbeat_role_arn
}

output "heartbeat_schedule" {
  description = "Name and ARN of the schedule that sends the heartbeat."
  value       = module.workload_onboarding.heartbeat_schedule
}

output "module_name" {
  description = "Name of this module."
  value       = "ecs-spot-failover"
}

output "module_version" {
  description = "Version of this module."
  value       = module.central.module_version
}
