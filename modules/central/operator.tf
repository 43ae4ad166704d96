# The role of the command line (docs/spotctl.md): there only where somebody may enter it.
locals {
  has_operators     = length(var.operator_principals) > 0
  operator_role_arn = "arn:${local.partition}:iam::${local.account_id}:role${var.role_path}${local.names.operator_role}"

  operator_functions = concat(
    [module.placement_failure, module.spot_interruption, module.restore, module.sweep], module.task_state[*],
  )

  # Events that are worth moving back; ticks and heartbeats are made anew by themselves.
  redriven_queues = { for key, arn in local.queue_arns : key => arn if key != "sweep" }
}

# The accounts of the operators, narrowed to them: a trust that names roles as principals breaks when they are made
# anew, and takes no wildcard, which the roles of IAM Identity Center need: their names end by chance.
data "aws_iam_policy_document" "operator_trust" {
  statement {
    sid     = "Operators"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = distinct([for arn in var.operator_principals : "arn:${local.partition}:iam::${split(":", arn)[4]}:root"])
    }

    condition {
      test     = "ArnLike"
      variable = "aws:PrincipalArn"
      values   = var.operator_principals
    }
  }
}

data "aws_iam_policy_document" "operator" {
  # As the functions: automation roles, records and audit events.
  source_policy_documents = [
    data.aws_iam_policy_document.handlers.json,
    data.aws_iam_policy_document.reads_many_records.json,
    data.aws_iam_policy_document.finds_due_records.json,
  ]

  statement {
    sid       = "FindInstallation"
    actions   = ["lambda:GetFunctionConfiguration"]
    resources = [for function in local.operator_functions : function.arn]
  }

  statement {
    sid       = "ReadDecisions"
    actions   = ["logs:FilterLogEvents"]
    resources = [for function in local.operator_functions : "${function.log_group_arn}:*"]
  }

  statement {
    sid = "LookAtDeadLettersAndMoveThem"
    actions = [
      "sqs:DeleteMessage",
      "sqs:GetQueueAttributes",
      "sqs:ListMessageMoveTasks",
      "sqs:ReceiveMessage",
      "sqs:StartMessageMoveTask",
    ]
    resources = [for arn in values(local.redriven_queues) : "${arn}-dlq"]
  }

  statement {
    sid       = "ReceiveMovedDeadLetters"
    actions   = ["sqs:SendMessage"]
    resources = values(local.redriven_queues)
  }

  statement {
    sid     = "CountMessages"
    actions = ["sqs:GetQueueAttributes"]
    resources = concat(
      values(local.queue_arns),
      ["${local.queue_arns["sweep"]}-dlq", "${local.queue_arn_prefix}:${local.names.restore_function}-dlq"],
    )
  }

  statement {
    sid       = "CheckEventBus"
    actions   = ["events:DescribeEventBus"]
    resources = [local.event_bus_arn]
  }

  statement {
    sid     = "CheckTargetsOfRules"
    actions = ["events:ListTargetsByRule"]
    resources = concat(
      ["${replace(local.event_bus_arn, ":event-bus/", ":rule/")}/*"],
      [aws_cloudwatch_event_rule.restore.arn, aws_cloudwatch_event_rule.sweep.arn],
    )
  }

  statement {
    sid       = "FindRulesAndMappings"
    actions   = ["events:ListRuleNamesByTarget", "events:ListRules", "lambda:ListEventSourceMappings"]
    resources = ["*"] # none of them takes a resource
  }

  # A drill. Whoever has this role may switch services anyway; these events go the functions' way.
  # A ForAllValues test passes when its key is absent: the Null tests demand the key.
  dynamic "statement" {
    for_each = var.synthetic_events.enabled ? [var.synthetic_events.sources] : []
    content {
      sid       = "PutSyntheticEvents"
      actions   = ["events:PutEvents"]
      resources = [local.event_bus_arn]

      condition {
        test     = "ForAllValues:StringEquals"
        variable = "events:source"
        values   = statement.value
      }

      condition {
        test     = "ForAllValues:StringEquals"
        variable = "events:detail-type"
        values   = ["ECS Service Action"]
      }

      condition {
        test     = "Null"
        variable = "events:source"
        values   = ["false"]
      }

      condition {
        test     = "Null"
        variable = "events:detail-type"
        values   = ["false"]
      }
    }
  }

  dynamic "statement" {
    for_each = var.kms_key_arn == null ? [] : [var.kms_key_arn]
    content {
      sid       = "UseKeyOfQueuesTableAndEnvironment"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [statement.value]
    }
  }
}

resource "aws_iam_role" "operator" {
  count = local.has_operators ? 1 : 0

  name                 = local.names.operator_role
  path                 = var.role_path
  description          = "The command line of ECS Spot failover, spotctl"
  assume_role_policy   = data.aws_iam_policy_document.operator_trust.json
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

resource "aws_iam_role_policy" "operator" {
  count = local.has_operators ? 1 : 0

  name   = "operator"
  role   = aws_iam_role.operator[0].id
  policy = data.aws_iam_policy_document.operator.json
}
