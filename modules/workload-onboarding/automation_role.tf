# The role in which the central functions look at this account's services and switch them. Once per account.
data "aws_iam_policy_document" "automation_trust" {
  # The root of the central account, narrowed to its functions and operators: a trust that names roles as principals breaks when they
  # are made anew, and could not be written before they exist.
  statement {
    sid     = "CentralFunctions"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${var.central.account_id}:root"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:PrincipalArn"
      values   = var.central.handler_role_arns
    }

    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [var.central.external_id]
    }
  }
}

data "aws_iam_policy_document" "automation" {
  statement {
    sid       = "LookAtServices"
    actions   = ["ecs:DescribeServices"]
    resources = ["arn:${local.partition}:ecs:*:${local.account_id}:service/*"]
  }

  # All that changes anything. Looking is not narrowed: the sweep tells of a cluster that is hidden as of one that it fails to look at.
  statement {
    sid     = "SwitchServices"
    actions = ["ecs:UpdateService"]
    resources = [
      for cluster in local.automation_clusters :
      "arn:${local.partition}:ecs:*:${local.account_id}:service/${cluster == "*" ? "" : "${cluster}/"}*"
    ]

    dynamic "condition" {
      for_each = local.automation_service_tags
      content {
        test     = "StringEquals"
        variable = "aws:ResourceTag/${condition.key}"
        values   = [condition.value]
      }
    }
  }

  statement {
    sid       = "SeeProvidersOfClusters"
    actions   = ["ecs:DescribeClusters"]
    resources = ["arn:${local.partition}:ecs:*:${local.account_id}:cluster/*"]
  }

  # For the sweep.
  statement {
    sid       = "FindClusters"
    actions   = ["ecs:ListClusters"]
    resources = ["*"] # it takes no resource
  }

  # Neither action takes a service or cluster as its resource: the cluster is a condition.
  statement {
    sid       = "FindServicesAndTasksOfClusters"
    actions   = ["ecs:ListServices", "ecs:ListTasks"]
    resources = ["*"]

    condition {
      test     = "ArnLike"
      variable = "ecs:cluster"
      values   = ["arn:${local.partition}:ecs:*:${local.account_id}:cluster/*"]
    }
  }

  # Since when a task waits, which provider it is of, and whether ECS means to keep it.
  statement {
    sid       = "LookAtTasks"
    actions   = ["ecs:DescribeTasks"]
    resources = ["arn:${local.partition}:ecs:*:${local.account_id}:task/*"]
  }

  # A twin with autoscaling of its own is left alone.
  dynamic "statement" {
    for_each = local.failover_service ? [true] : []
    content {
      sid       = "SeeAutoscalingOfTwins"
      actions   = ["application-autoscaling:DescribeScalableTargets"]
      resources = ["*"] # it takes no resource
    }
  }

  # Task sets of services with the EXTERNAL deployment controller are replaced by these alone.
  dynamic "statement" {
    for_each = length(var.controlled_scaledown_state_machine_arns) > 0 ? [var.controlled_scaledown_state_machine_arns] : []
    content {
      sid       = "StartReplacementsOfTaskSets"
      actions   = ["states:StartExecution"]
      resources = statement.value
    }
  }

  dynamic "statement" {
    for_each = length(var.controlled_scaledown_state_machine_arns) > 0 ? [var.controlled_scaledown_state_machine_arns] : []
    content {
      sid       = "SeeHowReplacementsEnd"
      actions   = ["states:DescribeExecution"]
      resources = [for arn in statement.value : "${replace(arn, ":stateMachine:", ":execution:")}:*"]
    }
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

resource "aws_iam_role" "automation" {
  count = var.create_roles ? 1 : 0

  name                 = var.central.automation_role_name
  path                 = var.central.automation_role_path
  description          = "Lets ECS Spot failover in account ${var.central.account_id} look at services and switch their capacity providers"
  assume_role_policy   = data.aws_iam_policy_document.automation_trust.json
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

resource "aws_iam_role_policy" "automation" {
  count = var.create_roles ? 1 : 0

  name   = "automation"
  role   = aws_iam_role.automation[0].id
  policy = data.aws_iam_policy_document.automation.json

  lifecycle {
    precondition {
      condition     = alltrue([for arn in var.controlled_scaledown_state_machine_arns : split(":", arn)[4] == local.account_id])
      error_message = "controlled_scaledown_state_machine_arns is ${jsonencode(var.controlled_scaledown_state_machine_arns)}, but this is account ${local.account_id}. Name state machines of this account: a task set is replaced where its service is."
    }
  }
}
