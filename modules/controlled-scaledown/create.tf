# Makes new task sets: the only function that passes roles to tasks.
data "aws_iam_policy_document" "create" {
  statement {
    sid       = "MakeTaskSets"
    actions   = ["ecs:CreateTaskSet"]
    resources = local.task_set_arns
  }

  # None of these takes a resource.
  statement {
    sid = "SeeLoadBalancersAndTargetGroups"
    actions = [
      "elasticloadbalancing:DescribeLoadBalancers",
      "elasticloadbalancing:DescribeTags",
      "elasticloadbalancing:DescribeTargetGroups",
      "elasticloadbalancing:DescribeTargetHealth",
    ]
    resources = ["*"]
  }

  statement {
    sid       = "SeeWhetherOtherExecutionsRun"
    actions   = ["states:DescribeExecution"]
    resources = [local.execution_arns]
  }

  dynamic "statement" {
    for_each = length(var.pass_role_arns) > 0 ? [var.pass_role_arns] : []
    content {
      sid       = "PassRolesOfTasks"
      actions   = ["iam:PassRole"]
      resources = statement.value

      condition {
        test     = "StringEquals"
        variable = "iam:PassedToService"
        values   = ["ecs-tasks.amazonaws.com"]
      }
    }
  }
}

module "create" {
  source = "../handler"

  name        = local.names.create_function
  description = "Controlled scale-down: makes the new task set"
  package     = local.package
  entry_point = "spot_failover.handlers.scaledown_create.handler"

  environment = local.environment
  policy_documents = [
    data.aws_iam_policy_document.every_step.json,
    data.aws_iam_policy_document.sees_services.json,
    data.aws_iam_policy_document.create.json,
  ]

  timeout_seconds        = var.functions.timeout_seconds
  memory_mb              = var.functions.memory_mb
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
