# The role in which EventBridge puts this account's events on the central bus. Once per account.
data "aws_iam_policy_document" "forward_trust" {
  statement {
    sid     = "EventBridgeForwards"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account_id]
    }
  }
}

data "aws_iam_policy_document" "forward" {
  statement {
    sid       = "PutEventsOnCentralBus"
    actions   = ["events:PutEvents"]
    resources = [var.central.event_bus_arn]
  }
}

resource "aws_iam_role" "forward" {
  count = var.create_roles ? 1 : 0

  name                 = local.forward_role_name
  path                 = var.role_path
  description          = "Lets EventBridge forward ECS events to the central bus of ECS Spot failover"
  assume_role_policy   = data.aws_iam_policy_document.forward_trust.json
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

resource "aws_iam_role_policy" "forward" {
  count = var.create_roles ? 1 : 0

  name   = "forward"
  role   = aws_iam_role.forward[0].id
  policy = data.aws_iam_policy_document.forward.json
}
