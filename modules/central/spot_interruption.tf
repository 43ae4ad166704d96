# Spot took a task back: events to queue to function.
resource "aws_cloudwatch_event_rule" "spot_interruption" {
  name           = local.names.spot_interruption_rule
  description    = "Spot interruptions of ECS tasks, to the queue of the function that looks at their services"
  event_bus_name = aws_cloudwatch_event_bus.this.name
  state          = coalesce(var.eventbridge_rule_state_overrides.spot_interruption, var.eventbridge_rule_state)
  tags           = var.tags

  event_pattern = jsonencode({
    source        = local.event_sources
    "detail-type" = ["ECS Task State Change"]
    detail = {
      group = [{ prefix = "service:" }]
      "$or" = [
        { stopCode = ["SpotInterruption", "TerminationNotice"] },
        { stoppedReason = ["Your Spot Task was interrupted."] },
      ]
    }
  })
}

resource "aws_cloudwatch_event_target" "spot_interruption" {
  rule           = aws_cloudwatch_event_rule.spot_interruption.name
  event_bus_name = aws_cloudwatch_event_bus.this.name
  target_id      = "queue"
  arn            = aws_sqs_queue.this["spot_interruption"].arn

  dead_letter_config {
    arn = module.spot_interruption.dead_letter_queue.arn
  }
}

module "spot_interruption" {
  source = "../handler"

  name        = local.names.spot_interruption_function
  description = "Looks at ECS services whose Spot tasks are interrupted"
  package     = local.package
  entry_point = "spot_failover.handlers.interruption.handler"

  environment = local.environment
  policy_documents = [
    data.aws_iam_policy_document.handlers.json,
    data.aws_iam_policy_document.reads_many_records.json,
    data.aws_iam_policy_document.reads_queue["spot_interruption"].json,
  ]

  timeout_seconds      = var.spot_interruption_function.timeout_seconds
  memory_mb            = var.spot_interruption_function.memory_mb
  reserved_concurrency = var.spot_interruption_function.reserved_concurrency

  dead_letter_queue_name = "${local.names.spot_interruption_queue}-dlq"
  sends_dead_letters     = true
  rule_arns              = [aws_cloudwatch_event_rule.spot_interruption.arn]

  alarm_description = join(" ", [
    "An event about a Spot interruption was not handled: it was malformed, or it failed ${var.spot_interruption_queue.max_receive_count} times, or EventBridge could not deliver it.",
    "Its attributes (reason and note of the function, ERROR_CODE of EventBridge) tell why, else the log group /aws/lambda/${local.names.spot_interruption_function}; mend the cause, then move the message back to ${local.names.spot_interruption_queue}, naming that queue as the destination; delete what is malformed. What to do: docs/operations.md#dead-letters",
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

resource "aws_lambda_event_source_mapping" "spot_interruption" {
  event_source_arn                   = aws_sqs_queue.this["spot_interruption"].arn
  function_name                      = module.spot_interruption.arn
  function_response_types            = ["ReportBatchItemFailures"]
  batch_size                         = var.spot_interruption_queue.batch_size
  maximum_batching_window_in_seconds = var.spot_interruption_queue.batching_window_seconds
  tags                               = var.tags

  scaling_config {
    maximum_concurrency = var.spot_interruption_queue.maximum_concurrency
  }
}
