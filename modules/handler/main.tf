data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  region     = data.aws_region.current.id

  # Put together from names instead of read from the resources: known at plan, and free of cycles.
  function_arn = "arn:${local.partition}:lambda:${local.region}:${local.account_id}:function:${var.name}"
  role_arn     = "arn:${local.partition}:iam::${local.account_id}:role${var.role_path}${var.name}"

  has_dead_letters      = var.dead_letter_queue_name != null
  dead_letter_queue_arn = "arn:${local.partition}:sqs:${local.region}:${local.account_id}:${coalesce(var.dead_letter_queue_name, "none")}"

  in_vpc = length(var.vpc_subnet_ids) > 0

  environment = merge(
    var.environment,
    { POWERTOOLS_SERVICE_NAME = var.name },
    { for name, queue in local.queue_urls : name => queue.url },
  )

  queue_urls = merge(
    var.queue_urls,
    var.sends_dead_letters ? {
      DEAD_LETTER_QUEUE_URL = { name = var.dead_letter_queue_name, url = aws_sqs_queue.dead_letters[0].url }
    } : {},
  )

  # Lambda measures the variables as one JSON object: every quotation mark in a value counts twice. A queue's URL is
  # unknown before the first apply, but its length is not, so that the limit can be checked at plan.
  environment_bytes = length(jsonencode(merge(
    local.environment,
    { for name, queue in local.queue_urls : name => "https://sqs.${local.region}.${data.aws_partition.current.dns_suffix}/${local.account_id}/${queue.name}" },
  )))
}

# Made before the function, which takes its name from it: Lambda never gets to create a group without retention.
resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_338:log_retention_days is an input; what must be known for longer is in the state table and on the bus
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

resource "aws_lambda_function" "this" {
  # checkov:skip=CKV_AWS_116:queues, schedules and states call it; what a schedule could not hand over goes to the queue that central names (event_invoke_config)
  # checkov:skip=CKV_AWS_272:whoever wants signed code signs the zip and enforces it by organization policy; its bytes are checked in continuous integration
  function_name    = trimprefix(aws_cloudwatch_log_group.this.name, "/aws/lambda/")
  description      = var.description
  role             = aws_iam_role.this.arn
  filename         = var.package
  source_code_hash = filebase64sha256(var.package)
  handler          = var.entry_point
  runtime          = var.runtime
  architectures    = [var.architecture]
  timeout          = var.timeout_seconds
  memory_size      = var.memory_mb
  kms_key_arn      = var.kms_key_arn
  tags             = var.tags

  reserved_concurrent_executions = coalesce(var.reserved_concurrency, -1)

  environment {
    variables = local.environment
  }

  tracing_config {
    mode = var.tracing_mode
  }

  dynamic "vpc_config" {
    for_each = local.in_vpc ? [true] : []
    content {
      subnet_ids         = var.vpc_subnet_ids
      security_group_ids = var.vpc_security_group_ids
    }
  }

  lifecycle {
    precondition {
      condition     = local.environment_bytes <= 4096
      error_message = "The environment of function ${var.name} would be ${local.environment_bytes} bytes as JSON, which is how Lambda measures it; it takes 4096. The policy makes the most of it: shorten scope, account_overrides or fallback_pairs (name patterns with * instead of single names)."
    }
  }

  # Lambda checks at creation that the role may write logs and, in a VPC, make network interfaces.
  depends_on = [aws_iam_role_policy.this]
}
