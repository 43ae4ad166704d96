# ECS could not place a task: events to queue to function.
resource "aws_cloudwatch_event_rule" "placement_failure" {
  name           = local.names.placement_failure_rule
  description    = "Placement failures of ECS services, to the queue of the function that fails services over"
  event_bus_name = aws_cloudwatch_event_bus.this.name
  state          = coalesce(var.eventbridge_rule_state_overrides.placement_failure, var.eventbridge_rule_state)
  tags           = var.tags

  event_pattern = jsonencode({
    source        = local.event_sources
    "detail-type" = ["ECS Service Action"]
    detail = {
      eventName = ["SERVICE_TASK_PLACEMENT_FAILURE"]
    }
  })
}

resource "aws_cloudwatch_event_target" "placement_failure" {
  rule           = aws_cloudwatch_event_rule.placement_failure.name
  event_bus_name = aws_cloudwatch_event_bus.this.name
  target_id      = "queue"
  arn            = aws_sqs_queue.this["placement_failure"].arn

  dead_letter_config {
    arn = module.placement_failure.dead_letter_queue.arn
  }
}

module "placement_failure" {
  source = "../handler"

  name        = local.names.placement_failure_function
  description = "Fails ECS services that find no Spot capacity over to on-demand"
  package     = local.package
  entry_point = "spot_failover.handlers.placement_failure.handler"

  environment = local.environment
  policy_documents = [
    data.aws_iam_policy_document.handlers.json,
    data.aws_iam_policy_document.reads_many_records.json,
    data.aws_iam_policy_document.reads_queue["placement_failure"].json,
  ]

  timeout_seconds      = var.placement_failure_function.timeout_seconds
  memory_mb            = var.placement_failure_function.memory_mb
  reserved_concurrency = var.placement_failure_function.reserved_concurrency

  dead_letter_queue_name = "${local.names.placement_failure_queue}-dlq"
  sends_dead_letters     = true
  rule_arns              = [aws_cloudwatch_event_rule.placement_failure.arn]

  alarm_description = join(" ", [
    "An event about a placement failure was not handled: it was malformed, or it failed ${var.placement_failure_queue.max_receive_count} times, or EventBridge could not deliver it.",
    "Its attributes (reason and note of the function, ERROR_CODE of EventBridge) tell why, else the log group /aws/lambda/${local.names.placement_failure_function}; mend the cause, then move the message back to ${local.names.placement_failure_queue}, naming that queue as the destination; delete what is malformed. What to do: docs/operations.md#dead-letters",
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

resource "aws_lambda_event_source_mapping" "placement_failure" {
  event_source_arn                   = aws_sqs_queue.this["placement_failure"].arn
  function_name                      = module.placement_failure.arn
  function_response_types            = ["ReportBatchItemFailures"]
  batch_size                         = var.placement_failure_queue.batch_size
  maximum_batching_window_in_seconds = var.placement_failure_queue.batching_window_seconds
  tags                               = var.tags

  scaling_config {
    maximum_concurrency = var.placement_failure_queue.maximum_concurrency
  }
}
