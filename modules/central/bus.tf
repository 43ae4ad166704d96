resource "aws_cloudwatch_event_bus" "this" {
  name = local.names.event_bus
  tags = var.tags
}

locals {
  # Who may send. The central account is always among them: it may be a workload account too.
  bus_senders = concat(
    [{
      sid         = "CentralAccount"
      identifiers = ["arn:${local.partition}:iam::${local.account_id}:root"]
      test        = null
      variable    = null
      values      = []
    }],
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
      resources = [aws_cloudwatch_event_bus.this.arn]

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
        for_each = { "events:source" = local.event_sources, "events:detail-type" = local.event_detail_types }
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
  event_bus_name = aws_cloudwatch_event_bus.this.name
  policy         = data.aws_iam_policy_document.bus.json

  lifecycle {
    precondition {
      condition     = 1500 + 45 * length(var.workload_account_ids) + sum(concat([0], [for path in var.organizational_unit_paths : length(path) + 5])) <= 10240
      error_message = "The event bus policy would exceed EventBridge's 10 KB with ${length(var.workload_account_ids)} workload_account_ids and ${length(var.organizational_unit_paths)} organizational_unit_paths. Give organization_id instead: it covers every account of the organization in one line."
    }
  }
}
