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

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "events:source"
      values   = ["ecs.spot-failover"]
    }

    # ForAllValues alone passes when there is no source at all.
    condition {
      test     = "Null"
      variable = "events:source"
      values   = ["false"]
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
