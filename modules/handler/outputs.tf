output "name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
}

output "arn" {
  description = "ARN of the function."
  value       = aws_lambda_function.this.arn
}

output "invoke_arn" {
  description = "ARN by which API Gateway would invoke the function."
  value       = aws_lambda_function.this.invoke_arn
}

output "qualified_arn" {
  description = "ARN of the function with its version."
  value       = aws_lambda_function.this.qualified_arn
}

output "version" {
  description = "Version of the function."
  value       = aws_lambda_function.this.version
}

output "role_name" {
  description = "Name of the function's role."
  value       = aws_iam_role.this.name
}

output "role_arn" {
  description = "ARN of the function's role, path included. Known at plan."
  value       = local.role_arn
}

output "role_unique_id" {
  description = "Unique id of the function's role."
  value       = aws_iam_role.this.unique_id
}

output "log_group_name" {
  description = "Name of the function's log group."
  value       = aws_cloudwatch_log_group.this.name
}

output "log_group_arn" {
  description = "ARN of the function's log group."
  value       = aws_cloudwatch_log_group.this.arn
}

output "dead_letter_queue" {
  description = "Name, URL and ARN of the function's dead-letter queue; null where it has none."
  value       = one([for queue in aws_sqs_queue.dead_letters : { name = queue.name, url = queue.url, arn = queue.arn }])
}

output "alarm_arn" {
  description = "ARN of the alarm on the dead-letter queue; null where there is none."
  value       = one(aws_cloudwatch_metric_alarm.dead_letters[*].arn)
}

output "environment_bytes" {
  description = "Size of the function's environment as JSON; Lambda takes 4096."
  value       = local.environment_bytes
}
