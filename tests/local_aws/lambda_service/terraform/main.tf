# Every kind of Lambda resource and setting that local_aws completes in moto.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "package" {
  type        = string
  description = "The zip file."
}

variable "changed" {
  type        = bool
  description = "Whether to apply the other value of each setting."
  default     = false
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this.arn}:*"]
  }

  statement {
    actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    resources = [aws_sqs_queue.this.arn]
  }

  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.dead_letters.arn]
  }
}

resource "aws_iam_role" "this" {
  name               = "reader"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "this" {
  name   = "reader"
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.this.json
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/functions/reader"
  retention_in_days = 30
}

resource "aws_sqs_queue" "dead_letters" {
  name = "dead-letters"
}

resource "aws_sqs_queue" "this" {
  name                       = "work"
  visibility_timeout_seconds = 90
}

resource "aws_lambda_function" "this" {
  function_name    = "reader"
  description      = "Reads a queue"
  role             = aws_iam_role.this.arn
  filename         = var.package
  source_code_hash = filebase64sha256(var.package)
  handler          = "app.handler"
  runtime          = "python3.12"
  architectures    = [var.changed ? "x86_64" : "arm64"]
  timeout          = var.changed ? 30 : 60
  memory_size      = var.changed ? 256 : 512
  publish          = true

  reserved_concurrent_executions = var.changed ? -1 : 5

  environment {
    variables = { COLOUR = var.changed ? "blue" : "red" }
  }

  tracing_config {
    mode = var.changed ? "PassThrough" : "Active"
  }

  ephemeral_storage {
    size = var.changed ? 512 : 1024
  }

  logging_config {
    log_format = var.changed ? "Text" : "JSON"
    log_group  = aws_cloudwatch_log_group.this.name

    # Left out, Lambda sets both to INFO, and the provider then plans a new version each time.
    application_log_level = var.changed ? null : "INFO"
    system_log_level      = var.changed ? null : "WARN"
  }

  dead_letter_config {
    target_arn = aws_sqs_queue.dead_letters.arn
  }

  dynamic "vpc_config" {
    for_each = var.changed ? [] : [true]
    content {
      subnet_ids         = ["subnet-12345678"]
      security_group_ids = ["sg-12345678"]
    }
  }

  tags = { team = "platform" }

  depends_on = [aws_iam_role_policy.this]
}

resource "aws_lambda_function_event_invoke_config" "this" {
  function_name                = aws_lambda_function.this.function_name
  maximum_retry_attempts       = var.changed ? 2 : 0
  maximum_event_age_in_seconds = 3600

  destination_config {
    on_failure {
      destination = aws_sqs_queue.dead_letters.arn
    }
  }
}

resource "aws_lambda_event_source_mapping" "this" {
  event_source_arn                   = aws_sqs_queue.this.arn
  function_name                      = aws_lambda_function.this.arn
  batch_size                         = var.changed ? 5 : 10
  maximum_batching_window_in_seconds = var.changed ? 0 : 5
  function_response_types            = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = var.changed ? 3 : 2
  }

  tags = { team = "platform" }
}

resource "aws_cloudwatch_event_rule" "this" {
  name                = "every-minute"
  schedule_expression = "rate(1 minute)"
}

resource "aws_lambda_permission" "this" {
  statement_id  = "EventBridge"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.this.function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.this.arn
}
