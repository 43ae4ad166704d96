# What all functions may do: enter the automation role of an account, and read and write records.
data "aws_iam_policy_document" "handlers" {
  statement {
    sid       = "EnterAutomationRoles"
    actions   = ["sts:AssumeRole"]
    resources = ["arn:${local.partition}:iam::*:role/${local.automation_role}"]

    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [local.external_id]
    }
  }

  statement {
    sid       = "ReadAndWriteRecords"
    actions   = ["dynamodb:GetItem", "dynamodb:PutItem"]
    resources = [aws_dynamodb_table.state.arn]
  }

  # A ForAllValues test passes when its key is absent: the Null tests demand the key.
  statement {
    sid       = "PutAuditEvents"
    actions   = ["events:PutEvents"]
    resources = [local.event_bus_arn]

    dynamic "condition" {
      for_each = { "events:source" = local.heartbeat_source, "events:detail-type" = local.audit_detail_type }
      content {
        test     = "ForAllValues:StringEquals"
        variable = condition.key
        values   = [condition.value]
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

# Functions that handle many services at a time read their records together.
data "aws_iam_policy_document" "reads_many_records" {
  statement {
    sid       = "ReadManyRecords"
    actions   = ["dynamodb:BatchGetItem"]
    resources = [aws_dynamodb_table.state.arn]
  }
}

# The Lambda service reads a queue in the name of the function's role.
data "aws_iam_policy_document" "reads_queue" {
  for_each = local.queue_arns

  statement {
    sid       = "ReadOwnQueue"
    actions   = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
    resources = [each.value]
  }
}

data "aws_iam_policy_document" "finds_due_records" {
  statement {
    sid       = "FindDueRecords"
    actions   = ["dynamodb:Query"]
    resources = ["${aws_dynamodb_table.state.arn}/index/due"]
  }
}

# The sweep asks itself, in one message per account and Region, to look there.
data "aws_iam_policy_document" "sends_sweep_messages" {
  statement {
    sid       = "SendSweepMessages"
    actions   = ["sqs:SendMessage"]
    resources = [local.queue_arns["sweep"]]
  }
}
