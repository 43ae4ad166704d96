# What every function needs, whatever its step: the ledger, and to tell what it did.
data "aws_iam_policy_document" "every_step" {
  statement {
    sid       = "KeepLedger"
    actions   = ["dynamodb:GetItem", "dynamodb:PutItem"]
    resources = [aws_dynamodb_table.ledger.arn]
  }

  statement {
    sid       = "TellWhatIsDone"
    actions   = ["events:PutEvents"]
    resources = ["arn:${local.partition}:events:${local.region}:${local.account_id}:event-bus/default"]

    # As in lambda_src/spot_failover/aws/executions.py. The detail types of heartbeats and decisions are others' to put.
    dynamic "condition" {
      for_each = { "events:source" = "ecs.spot-failover", "events:detail-type" = "Controlled Scaledown" }
      content {
        test     = "ForAllValues:StringEquals"
        variable = condition.key
        values   = [condition.value]
      }
    }

    # ForAllValues alone passes when its key is absent.
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

data "aws_iam_policy_document" "sees_services" {
  statement {
    sid       = "SeeServicesAndTaskSets"
    actions   = ["ecs:DescribeServices"]
    resources = local.service_arns
  }
}
