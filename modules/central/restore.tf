# On a schedule: brings services back to their baseline and finishes what was left open.
resource "aws_cloudwatch_event_rule" "restore" {
  name                = local.names.restore_rule
  description         = "Starts the function that restores services to Spot"
  schedule_expression = var.restore.schedule
  state               = local.restore_rule_state
  tags                = var.tags
}

resource "aws_cloudwatch_event_target" "restore" {
  rule      = aws_cloudwatch_event_rule.restore.name
  target_id = "function"
  arn       = module.restore.arn

  dead_letter_config {
    arn = module.restore.dead_letter_queue.arn
  }

  # A late tick is worth nothing: the next one does its work.
  retry_policy {
    maximum_event_age_in_seconds = 60
    maximum_retry_attempts       = 3
  }
}

resource "aws_lambda_permission" "restore" {
  statement_id  = "ScheduleStartsFunction"
  action        = "lambda:InvokeFunction"
  function_name = module.restore.name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.restore.arn
}

# EventBridge invokes asynchronously. A failed tick is not run again (the next one is), nor do ticks pile up behind a
# throttled function: after a minute they are given up. Alarms on the function tell of both (failed_runs.tf); a letter
# for each would only repeat them.
resource "aws_lambda_function_event_invoke_config" "restore" {
  function_name                = module.restore.name
  maximum_event_age_in_seconds = 60
  maximum_retry_attempts       = 0
}

module "restore" {
  source = "../handler"

  name        = local.names.restore_function
  description = "Restores ECS services to their Spot baseline"
  package     = local.package
  entry_point = "spot_failover.handlers.restore.handler"

  environment = merge(local.environment, local.notification_environment)
  policy_documents = [
    data.aws_iam_policy_document.handlers.json,
    data.aws_iam_policy_document.reads_many_records.json,
    data.aws_iam_policy_document.finds_due_records.json,
    data.aws_iam_policy_document.tells_people.json,
  ]

  timeout_seconds      = var.restore_function.timeout_seconds
  memory_mb            = var.restore_function.memory_mb
  reserved_concurrency = var.restore_function.reserved_concurrency

  dead_letter_queue_name = "${local.names.restore_function}-dlq"
  sends_dead_letters     = false
  rule_arns              = [aws_cloudwatch_event_rule.restore.arn]

  alarm_description = join(" ", [
    "EventBridge could not start the restore function; the next tick (${var.restore.schedule}) tries again.",
    "If messages keep coming, services stay on on-demand capacity: the messages' attribute ERROR_CODE tells why; mend it, then purge the queue: its messages need not be moved back. What to do: docs/operations.md#dead-letters",
  ])
  alarm_actions = local.alarm_actions

  runtime                = var.runtime
  architecture           = var.architecture
  tracing_mode           = var.tracing_mode
  role_path              = var.role_path
  permissions_boundary   = var.permissions_boundary
  kms_key_arn            = var.kms_key_arn
  log_retention_days     = var.log_retention_days
  vpc_subnet_ids         = var.vpc_subnet_ids
  vpc_security_group_ids = var.vpc_security_group_ids
  tags                   = var.tags
}
