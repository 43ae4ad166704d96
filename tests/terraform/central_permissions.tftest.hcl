# What the functions may do beyond their logs and dead letters.
mock_provider "aws" {
  source = "./tests/terraform/mocks"
}

run "all_enter_automation_roles_and_keep_records" {
  command = plan

  module {
    source = "./modules/central"
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.handlers.statement : statement.actions] == [toset(["sts:AssumeRole"]), toset(["dynamodb:GetItem", "dynamodb:PutItem"]), toset(["events:PutEvents"])]
    error_message = "Actions: ${jsonencode(data.aws_iam_policy_document.handlers.statement[*].actions)}."
  }

  # Audit events, and nothing that the rules here would take for an input.
  assert {
    condition = data.aws_iam_policy_document.handlers.statement[2].resources == toset(["arn:aws:events:us-east-1:123456789012:event-bus/ecs-spot-failover"]) && toset([
      for condition in data.aws_iam_policy_document.handlers.statement[2].condition : "${condition.test} ${condition.variable} ${join(",", condition.values)}"
      ]) == toset([
      "ForAllValues:StringEquals events:source ecs.spot-failover", "ForAllValues:StringEquals events:detail-type Spot Failover Decision",
      "Null events:source false", "Null events:detail-type false",
    ])
    error_message = "The functions may put ${jsonencode(data.aws_iam_policy_document.handlers.statement[2])}."
  }

  assert {
    condition     = data.aws_iam_policy_document.handlers.statement[0].resources == toset(["arn:aws:iam::*:role/CentralSpotAutomationRole"])
    error_message = "The functions may enter ${jsonencode(data.aws_iam_policy_document.handlers.statement[0].resources)}."
  }

  assert {
    condition     = [for condition in data.aws_iam_policy_document.handlers.statement[0].condition : [condition.test, condition.variable, condition.values[0]]] == [["StringEquals", "sts:ExternalId", "ecs-spot-failover"]]
    error_message = "Conditions: ${jsonencode(data.aws_iam_policy_document.handlers.statement[0].condition)}."
  }
}

run "each_reads_its_own_queue" {
  command = plan

  module {
    source = "./modules/central"
  }

  assert {
    condition = { for key, document in data.aws_iam_policy_document.reads_queue : key => document.statement[0].resources } == {
      placement_failure = toset(["arn:aws:sqs:us-east-1:123456789012:fargate-spot-placement-failure-queue"])
      spot_interruption = toset(["arn:aws:sqs:us-east-1:123456789012:fargate-spot-interruption-queue"])
      sweep             = toset(["arn:aws:sqs:us-east-1:123456789012:fargate-spot-sweep-queue"])
    }
    error_message = "A function reads another's queue."
  }
}

run "what_is_due_is_found_by_a_query_of_the_index_alone" {
  command = plan

  module {
    source = "./modules/central"
  }

  assert {
    condition     = data.aws_iam_policy_document.finds_due_records.statement[0].actions == toset(["dynamodb:Query"])
    error_message = "Actions: ${jsonencode(data.aws_iam_policy_document.finds_due_records.statement[0].actions)}."
  }
}

run "the_sweep_sends_to_its_own_queue_and_no_other" {
  command = plan

  module {
    source = "./modules/central"
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.sends_sweep_messages.statement : statement.actions] == [toset(["sqs:SendMessage"])] && data.aws_iam_policy_document.sends_sweep_messages.statement[0].resources == toset(["arn:aws:sqs:us-east-1:123456789012:fargate-spot-sweep-queue"])
    error_message = "Statements: ${jsonencode(data.aws_iam_policy_document.sends_sweep_messages.statement)}."
  }

  # What others put on the queue comes by the rule of the heartbeats.
  assert {
    condition = [for statement in data.aws_iam_policy_document.queue["sweep"].statement : [
      statement.actions, [for principals in statement.principals : principals.identifiers],
    ]] == [[toset(["sqs:SendMessage"]), [toset(["events.amazonaws.com"])]]]
    error_message = "Statements: ${jsonencode(data.aws_iam_policy_document.queue["sweep"].statement)}."
  }
}
