output "state_machine_arn" {
  description = "ARN of the state machine, for `aws stepfunctions start-execution`."
  value       = aws_sfn_state_machine.this.arn
}

output "state_machine_name" {
  description = "Name of the state machine."
  value       = aws_sfn_state_machine.this.name
}

output "state_machine_role_arn" {
  description = "ARN of the role that the state machine runs as."
  value       = aws_iam_role.state_machine.arn
}

output "functions" {
  description = "Name, ARN, role and log group of each function: `create`, `traffic`, `tasks`."
  value = {
    for key, function in { create = module.create, traffic = module.traffic, tasks = module.tasks } :
    key => { name = function.name, arn = function.arn, role_arn = function.role_arn, log_group_name = function.log_group_name }
  }
}

output "log_group_name" {
  description = "Name of the state machine's log group."
  value       = aws_cloudwatch_log_group.state_machine.name
}

output "ledger_table_name" {
  description = "Name of the table that holds who works on which service."
  value       = aws_dynamodb_table.ledger.name
}

output "alarm_arns" {
  description = "ARNs of the alarms on executions that failed, timed out or were stopped."
  value       = { for key, alarm in aws_cloudwatch_metric_alarm.bad_ends : key => alarm.arn }
}
