# On a schedule: finds the shortage that no event tells of, one message per account and Region.
resource "aws_cloudwatch_event_rule" "sweep" {
  name                = local.names.sweep_rule
  description         = "Starts the function that looks for services that run short without an event"
  schedule_expression = var.sweep.schedule
  state               = local.sweep_rule_state
  tags                = var.tags
}

locals {
  sweep_rule_state = coalesce(var.eventbridge_rule_state_overrides.sweep, var.eventbridge_rule_state)
}

resource "aws_cloudwatch_event_target" "sweep" {
  rule      = aws_cloudwatch_event_rule.sweep.name
  target_id = "function"
  arn       = module.sweep.arn

  dead_letter_config {
    arn = module.sweep.dead_letter_queue.arn
  }

  # A late tick is worth nothing: the next one does its work.
  retry_policy {
    maximum_event_age_in_seconds = 60
    maximum_retry_attempts       = 3
  }
}

resource "aws_lambda_permission" "sweep" {
  statement_id  = "ScheduleStartsFunction"
  action        = "lambda:InvokeFunction"
  function_name = module.sweep.name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.sweep.arn
}

# As for the restore function: a tick that failed or waited for a minute is given up, and alarms tell (failed_runs.tf).
resource "aws_lambda_function_event_invoke_config" "sweep" {
  function_name                = module.sweep.name
  maximum_event_age_in_seconds = 60
  maximum_retry_attempts       = 0
}

module "sweep" {
  source = "../handler"

  name        = local.names.sweep_function
  description = "Looks for ECS services that run short of Spot without an event, and for silent accounts"
  package     = local.package
  entry_point = "spot_failover.handlers.sweep.handler"

  environment = local.environment
  queue_urls  = { SWEEP_QUEUE_URL = { name = local.names.sweep_queue, url = aws_sqs_queue.this["sweep"].url } }
  policy_documents = [
    data.aws_iam_policy_document.handlers.json,
    data.aws_iam_policy_document.reads_many_records.json,
    data.aws_iam_policy_document.finds_due_records.json,
    data.aws_iam_policy_document.reads_queue["sweep"].json,
    data.aws_iam_policy_document.sends_sweep_messages.json,
  ]

  timeout_seconds      = var.sweep_function.timeout_seconds
  memory_mb            = var.sweep_function.memory_mb
  reserved_concurrency = var.sweep_function.reserved_concurrency

  dead_letter_queue_name = "${local.names.sweep_queue}-dlq"
  sends_dead_letters     = true
  rule_arns              = [aws_cloudwatch_event_rule.heartbeat.arn, aws_cloudwatch_event_rule.sweep.arn]

  alarm_description = join(" ", [
    "A heartbeat or a look at an account and Region was not handled: it was malformed, or it failed ${var.sweep_queue.max_receive_count} times, or EventBridge could not deliver it or start the sweep function.",
    "The message's attributes (reason and note of the function, ERROR_CODE of EventBridge) tell why, else the log group /aws/lambda/${local.names.sweep_function}; mend the cause, then purge the queue: its messages need not be moved back, the next heartbeats and the next sweep (${var.sweep.schedule}) do their work. What to do: docs/operations.md#dead-letters",
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

# A sweep that takes longer than one invocation goes on by an order to itself. After 16 of these in a row Lambda would
# take it for a loop and stop it; each begins behind the service at which the one before has stopped, so that it ends.
resource "aws_lambda_function_recursion_config" "sweep" {
  function_name  = module.sweep.name
  recursive_loop = "Allow"
}

resource "aws_lambda_event_source_mapping" "sweep" {
  event_source_arn                   = aws_sqs_queue.this["sweep"].arn
  function_name                      = module.sweep.arn
  function_response_types            = ["ReportBatchItemFailures"]
  batch_size                         = var.sweep_queue.batch_size
  maximum_batching_window_in_seconds = var.sweep_queue.batching_window_seconds
  tags                               = var.tags

  scaling_config {
    maximum_concurrency = var.sweep_queue.maximum_concurrency
  }
}
