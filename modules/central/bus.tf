resource "aws_cloudwatch_event_bus" "this" {
  name = local.names.event_bus
  tags = var.tags
}

locals {
  # Put together instead of read from the bus: the policy is known at plan.
  event_bus_arn = "arn:${local.partition}:events:${data.aws_region.current.id}:${local.account_id}:event-bus/${local.names.event_bus}"

  # A little more than it is: 225 for a statement's fixed parts, then what differs.
  bus_policy_characters = sum(concat([0], [
    for sender in local.bus_senders :
    225 + length(jsonencode([sender, local.event_bus_arn, local.bus_sources, local.bus_detail_types]))
  ]))

  # Who else may send. In the central account itself, which may be a workload account too, the roles' own policies suffice.
  bus_senders = concat(
    var.organization_id == null ? [] : [{
      sid         = "Organization"
      identifiers = ["*"]
      test        = "StringEquals"
      variable    = "aws:PrincipalOrgID"
      values      = [var.organization_id]
    }],
    length(var.organizational_unit_paths) == 0 ? [] : [{
      sid         = "OrganizationalUnits"
      identifiers = ["*"]
      test        = "ForAnyValue:StringLike"
      variable    = "aws:PrincipalOrgPaths"
      values      = var.organizational_unit_paths
    }],
    length(var.workload_account_ids) == 0 ? [] : [{
      sid         = "Accounts"
      identifiers = [for id in var.workload_account_ids : "arn:${local.partition}:iam::${id}:root"]
      test        = null
      variable    = null
      values      = []
    }],
  )
}

data "aws_iam_policy_document" "bus" {
  dynamic "statement" {
    for_each = local.bus_senders
    content {
      sid       = statement.value.sid
      actions   = ["events:PutEvents"]
      resources = [local.event_bus_arn]

      principals {
        type        = "AWS"
        identifiers = statement.value.identifiers
      }

      dynamic "condition" {
        for_each = statement.value.test == null ? [] : [statement.value]
        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }

      # A ForAllValues test passes when its key is absent: the Null tests demand the key.
      dynamic "condition" {
        for_each = { "events:source" = local.bus_sources, "events:detail-type" = local.bus_detail_types }
        content {
          test     = "ForAllValues:StringEquals"
          variable = condition.key
          values   = condition.value
        }
      }

      dynamic "condition" {
        for_each = toset(["events:source", "events:detail-type"])
        content {
          test     = "Null"
          variable = condition.key
          values   = ["false"]
        }
      }
    }
  }
}

resource "aws_cloudwatch_event_bus_policy" "this" {
  count = length(local.bus_senders) > 0 ? 1 : 0

  event_bus_name = aws_cloudwatch_event_bus.this.name
  policy         = data.aws_iam_policy_document.bus.json

  lifecycle {
    precondition {
      condition     = local.bus_policy_characters <= 10240
      error_message = "The event bus policy would have about ${local.bus_policy_characters} characters, and EventBridge takes 10240, with ${length(var.workload_account_ids)} workload_account_ids and ${length(var.organizational_unit_paths)} organizational_unit_paths. Give organization_id instead: it covers every account of the organization in one line."
    }
  }
}
