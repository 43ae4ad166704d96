output "automation_role_name" {
  description = "Name of the role that the central functions enter."
  value       = var.central.automation_role_name

  depends_on = [aws_iam_role_policy.automation]
}

output "automation_role_arn" {
  description = "ARN of the role that the central functions enter."
  value       = "arn:${local.partition}:iam::${local.account_id}:role${var.central.automation_role_path}${var.central.automation_role_name}"

  depends_on = [aws_iam_role_policy.automation]
}

output "automation_role_unique_id" {
  description = "Unique id of the role that the central functions enter; null with `create_roles = false`."
  value       = one(aws_iam_role.automation[*].unique_id)
}

output "forward_role_name" {
  description = "Name of the role in which EventBridge forwards: the input `forward_role_name` of the account's further Regions."
  value       = local.forward_role_name

  # The rules of a further Region need the role to be there.
  depends_on = [aws_iam_role_policy.forward]
}

output "forward_role_arn" {
  description = "ARN of the role in which EventBridge forwards."
  value       = local.forward_role_arn

  depends_on = [aws_iam_role_policy.forward]
}

output "heartbeat_role_name" {
  description = "Name of the role in which the heartbeat is sent: the input `heartbeat_role_name` of the account's further Regions."
  value       = local.heartbeat_role_name

  # The schedule of a further Region needs the role to be there.
  depends_on = [aws_iam_role_policy.heartbeat]
}

output "heartbeat_role_arn" {
  description = "ARN of the role in which the heartbeat is sent."
  value       = local.heartbeat_role_arn

  depends_on = [aws_iam_role_policy.heartbeat]
}

output "heartbeat_schedule" {
  description = "Name and ARN of the schedule that sends the heartbeat."
  value       = { name = aws_scheduler_schedule.heartbeat.name, arn = aws_scheduler_schedule.heartbeat.arn }
}

output "rules" {
  description = "The forward rules `placement_failure`, `spot_interruption`, `heartbeat` and, with `failover_service`, `task_state` on the default bus; of each `name`, `id`, `arn` and `target_id`."
  value = {
    for key, rule in aws_cloudwatch_event_rule.forward : key => {
      name      = rule.name
      id        = rule.id
      arn       = rule.arn
      target_id = aws_cloudwatch_event_target.forward[key].target_id
    }
  }
}

output "dead_letter_queue" {
  description = "Name, URL and ARN of the queue for events that could not be forwarded."
  value = {
    name = aws_sqs_queue.dead_letters.name
    url  = aws_sqs_queue.dead_letters.url
    arn  = aws_sqs_queue.dead_letters.arn
  }
}

output "alarm_arn" {
  description = "ARN of the alarm on the dead-letter queue."
  value       = aws_cloudwatch_metric_alarm.dead_letters.arn
}

output "module_name" {
  description = "Name of this module."
  value       = local.module_name
}

output "module_version" {
  description = "Version of this module."
  value       = local.module_version
}
