# Looks after the task sets: scales, promotes and deletes them, and makes none.
data "aws_iam_policy_document" "tasks" {
  statement {
    sid       = "ScaleAndDeleteTaskSets"
    actions   = ["ecs:DeleteTaskSet", "ecs:UpdateTaskSet"]
    resources = local.task_set_arns
  }

  statement {
    sid       = "ChangePrimaryTaskSet"
    actions   = ["ecs:UpdateServicePrimaryTaskSet"]
    resources = local.service_arns
  }

  # Neither takes a resource.
  statement {
    sid       = "SeeTargetsAndListeners"
    actions   = ["elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeTargetHealth"]
    resources = ["*"]
  }
}

module "tasks" {
  source = "../handler"

  name        = local.names.tasks_function
  description = "Controlled scale-down: scales, promotes and deletes task sets"
  package     = local.package
  entry_point = "spot_failover.handlers.scaledown_tasks.handler"

  environment = local.environment
  policy_documents = [
    data.aws_iam_policy_document.every_step.json,
    data.aws_iam_policy_document.sees_services.json,
    data.aws_iam_policy_document.tasks.json,
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
