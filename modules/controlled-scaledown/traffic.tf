# Moves listeners and the tag of the target groups, and touches no task set.
data "aws_iam_policy_document" "traffic" {
  # Neither takes a resource.
  statement {
    sid       = "SeeListenersAndTags"
    actions   = ["elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeTags"]
    resources = ["*"]
  }

  statement {
    sid       = "MoveListeners"
    actions   = ["elasticloadbalancing:ModifyListener"]
    resources = [for name in var.load_balancers : "${local.in_elb}:listener/net/${name}/*"]
  }

  statement {
    sid       = "MoveTheTag"
    actions   = ["elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"]
    resources = [for name in var.target_groups : "${local.in_elb}:targetgroup/${name}/*"]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "aws:TagKeys"
      values   = ["isProduction"]
    }

    condition {
      test     = "Null"
      variable = "aws:TagKeys"
      values   = ["false"]
    }
  }
}

module "traffic" {
  source = "../handler"

  name        = local.names.traffic_function
  description = "Controlled scale-down: moves the traffic"
  package     = local.package
  entry_point = "spot_failover.handlers.scaledown_traffic.handler"

  environment = local.environment
  policy_documents = [
    data.aws_iam_policy_document.every_step.json,
    data.aws_iam_policy_document.traffic.json,
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
