# Only with on-demand twins: tasks of services start and stop, and the twin follows. Events to queue to function.
resource "aws_cloudwatch_event_rule" "task_state" {
  count = var.failover_service.enabled ? 1 : 0

  name           = local.names.task_state_rule
  description    = "Starts and stops of tasks of ECS services, to the queue of the function that scales on-demand twins"
  event_bus_name = aws_cloudwatch_event_bus.this.name
  state          = coalesce(var.eventbridge_rule_state_overrides.task_state, var.eventbridge_rule_state)
  tags           = var.tags

  event_pattern = jsonencode({
    source        = local.event_sources
    "detail-type" = ["ECS Task State Change"]
    detail = {
      lastStatus = ["RUNNING", "STOPPED"]
      group      = [{ prefix = "service:" }]
    }
  })
}

resource "aws_cloudwatch_event_target" "task_state" {
  count = var.failover_service.enabled ? 1 : 0

  rule           = aws_cloudwatch_event_rule.task_state[0].name
  event_bus_name = aws_cloudwatch_event_bus.this.name
  target_id      = "queue"
  arn            = aws_sqs_queue.this["task_state"].arn

  dead_letter_config {
    arn = module.task_state[0].dead_letter_queue.arn
  }
}

module "task_state" {
  source = "../handler"
  count  = var.failover_service.enabled ? 1 : 0

  name        = local.names.task_state_function
  description = "Scales the on-demand twins of ECS services as tasks start and stop"
  package     = local.package
  entry_point = "spot_failover.handlers.task_state.handler"

  environment = local.environment
  policy_documents = [
    data.aws_iam_policy_document.handlers.json,
    data.aws_iam_policy_document.reads_queue["task_state"].json,
  ]

  timeout_seconds      = var.task_state_function.timeout_seconds
  memory_mb            = var.task_state_function.memory_mb
  reserved_concurrency = var.task_state_function.reserved_concurrency

  dead_letter_queue_name = "${local.names.task_state_queue}-dlq"
  sends_dead_letters     = true
  rule_arns              = [aws_cloudwatch_event_rule.task_state[0].arn]

  alarm_description = join(" ", [
    "The start or stop of a task was not handled: its event was malformed, or it failed ${var.task_state_queue.max_receive_count} times, or EventBridge could not deliver it.",
    "Its attributes (reason and note of the function, ERROR_CODE of EventBridge) tell why, else the log group /aws/lambda/${local.names.task_state_function}; mend the cause, then move the message back to ${local.names.task_state_queue}, naming that queue as the destination; delete what is malformed. What to do: docs/operations.md#dead-letters",
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

resource "aws_lambda_event_source_mapping" "task_state" {
  count = var.failover_service.enabled ? 1 : 0

  event_source_arn                   = aws_sqs_queue.this["task_state"].arn
  function_name                      = module.task_state[0].arn
  function_response_types            = ["ReportBatchItemFailures"]
  batch_size                         = var.task_state_queue.batch_size
  maximum_batching_window_in_seconds = var.task_state_queue.batching_window_seconds
  tags                               = var.tags

  scaling_config {
    maximum_concurrency = var.task_state_queue.maximum_concurrency
  }
}
