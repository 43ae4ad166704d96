# Step Functions takes log groups under /aws/vendedlogs without a resource policy of their own.
resource "aws_cloudwatch_log_group" "state_machine" {
  # checkov:skip=CKV_AWS_338:log_retention_days is an input; what must be known for longer is in the state table and on the bus
  name              = "/aws/vendedlogs/states/${local.names.state_machine}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

resource "aws_sfn_state_machine" "this" {
  name     = local.names.state_machine
  role_arn = aws_iam_role.state_machine.arn
  tags     = var.tags

  definition = templatefile("${path.module}/state_machine.asl.json.tftpl", {
    partition            = local.partition
    create_function_arn  = module.create.arn
    traffic_function_arn = module.traffic.arn
    tasks_function_arn   = module.tasks.arn

    # A function that has run into its own time limit is told as that, not as the state's.
    step_timeout_seconds = var.functions.timeout_seconds + 10

    # The functions keep to time_limit_minutes; the rest is for putting all back, which waits for tasks for at most twice
    # waitForService, that is two hours. Where even that is not enough, the next execution puts all back.
    time_limit_seconds = 60 * (var.time_limit_minutes + 150)
  })

  logging_configuration {
    log_destination        = "${aws_cloudwatch_log_group.state_machine.arn}:*"
    include_execution_data = true
    level                  = "ALL"
  }

  tracing_configuration {
    enabled = var.tracing_mode == "Active"
  }

  # Step Functions checks at creation that the role may deliver logs.
  depends_on = [aws_iam_role_policy.state_machine]
}

data "aws_iam_policy_document" "state_machine_trust" {
  statement {
    sid     = "StepFunctionsRunsAsThisRole"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["states.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account_id]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [local.state_machine_arn]
    }
  }
}

data "aws_iam_policy_document" "state_machine" {
  statement {
    sid       = "InvokeFunctions"
    actions   = ["lambda:InvokeFunction"]
    resources = [module.create.arn, module.traffic.arn, module.tasks.arn]
  }

  # None of these takes a resource (Step Functions Developer Guide, logging to CloudWatch Logs).
  statement {
    sid = "DeliverLogs"
    actions = [
      "logs:CreateLogDelivery",
      "logs:DeleteLogDelivery",
      "logs:DescribeLogGroups",
      "logs:DescribeResourcePolicies",
      "logs:GetLogDelivery",
      "logs:ListLogDeliveries",
      "logs:PutResourcePolicy",
      "logs:UpdateLogDelivery",
    ]
    resources = ["*"]
  }

  dynamic "statement" {
    for_each = var.tracing_mode == "Active" ? [true] : []
    content {
      sid = "SendTraces"
      actions = [
        "xray:GetSamplingRules",
        "xray:GetSamplingTargets",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
      ]
      resources = ["*"] # X-Ray has no resources to name
    }
  }
}

resource "aws_iam_role" "state_machine" {
  name                 = local.names.state_machine
  path                 = var.role_path
  description          = "Runs the state machine ${local.names.state_machine}"
  assume_role_policy   = data.aws_iam_policy_document.state_machine_trust.json
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

resource "aws_iam_role_policy" "state_machine" {
  name   = "state-machine"
  role   = aws_iam_role.state_machine.id
  policy = data.aws_iam_policy_document.state_machine.json
}
