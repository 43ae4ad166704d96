# The role of the command line.
mock_provider "aws" {
  source = "./tests/terraform/mocks"
}

run "there_is_none_where_nobody_may_enter_it" {
  command = plan

  module {
    source = "./modules/central"
  }

  assert {
    condition     = length(aws_iam_role.operator) == 0 && length(aws_iam_role_policy.operator) == 0 && output.operator_role_arn == null
    error_message = "There is an operator role ${jsonencode(output.operator_role_arn)}."
  }

  assert {
    condition     = length(output.onboarding.handler_role_arns) == 4
    error_message = "The accounts would trust ${jsonencode(output.onboarding.handler_role_arns)}."
  }
}

run "operators_enter_it_and_the_accounts_trust_it" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    name_prefix = "dev-"
    role_path   = "/platform/"
    operator_principals = [
      "arn:aws:iam::123456789012:role/platform-engineer",
      "arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Platform_????????????????",
      "arn:aws:iam::999999999999:user/anna",
    ]
  }

  assert {
    condition     = output.operator_role_arn == "arn:aws:iam::123456789012:role/platform/dev-EcsSpotFailoverOperator" && aws_iam_role.operator[0].path == "/platform/" && aws_iam_role.operator[0].name == "dev-EcsSpotFailoverOperator"
    error_message = "The role is ${jsonencode(output.operator_role_arn)}."
  }

  assert {
    condition     = contains(output.onboarding.handler_role_arns, output.operator_role_arn) && length(output.onboarding.handler_role_arns) == 5
    error_message = "The accounts would trust ${jsonencode(output.onboarding.handler_role_arns)}."
  }

  assert {
    condition = alltrue([
      for principals in data.aws_iam_policy_document.operator_trust.statement[0].principals :
      principals.identifiers == toset(["arn:aws:iam::123456789012:root", "arn:aws:iam::999999999999:root"])
    ])
    error_message = "The trust names ${jsonencode(data.aws_iam_policy_document.operator_trust.statement[0].principals)}."
  }

  assert {
    condition = { for condition in data.aws_iam_policy_document.operator_trust.statement[0].condition : "${condition.test} ${condition.variable}" => condition.values } == {
      "ArnLike aws:PrincipalArn" = tolist(var.operator_principals)
    }
    error_message = "Conditions: ${jsonencode(data.aws_iam_policy_document.operator_trust.statement[0].condition)}."
  }
}

run "it_may_what_the_command_line_needs" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    operator_principals = ["arn:aws:iam::123456789012:role/platform-engineer"]
  }

  assert {
    condition = { for statement in data.aws_iam_policy_document.operator.statement : statement.sid => statement.actions } == {
      FindInstallation             = toset(["lambda:GetFunctionConfiguration"])
      ReadDecisions                = toset(["logs:FilterLogEvents"])
      LookAtDeadLettersAndMoveThem = toset(["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ListMessageMoveTasks", "sqs:ReceiveMessage", "sqs:StartMessageMoveTask"])
      ReceiveMovedDeadLetters      = toset(["sqs:SendMessage"])
      CountMessages                = toset(["sqs:GetQueueAttributes"])
      CheckEventBus                = toset(["events:DescribeEventBus"])
      CheckTargetsOfRules          = toset(["events:ListTargetsByRule"])
      FindRulesAndMappings         = toset(["events:ListRuleNamesByTarget", "events:ListRules", "lambda:ListEventSourceMappings"])
    }
    error_message = "It may ${jsonencode({ for statement in data.aws_iam_policy_document.operator.statement : statement.sid => statement.actions })}."
  }

  # Records, automation roles and audit events: as the functions.
  assert {
    condition     = length(data.aws_iam_policy_document.operator.source_policy_documents) == 3
    error_message = "It has ${length(data.aws_iam_policy_document.operator.source_policy_documents)} documents of the functions."
  }

  assert {
    condition = {
      for statement in data.aws_iam_policy_document.operator.statement : statement.sid => statement.resources
      if contains(["LookAtDeadLettersAndMoveThem", "ReceiveMovedDeadLetters"], statement.sid)
      } == {
      LookAtDeadLettersAndMoveThem = toset([
        "arn:aws:sqs:us-east-1:123456789012:fargate-spot-interruption-queue-dlq",
        "arn:aws:sqs:us-east-1:123456789012:fargate-spot-placement-failure-queue-dlq",
      ])
      ReceiveMovedDeadLetters = toset([
        "arn:aws:sqs:us-east-1:123456789012:fargate-spot-interruption-queue",
        "arn:aws:sqs:us-east-1:123456789012:fargate-spot-placement-failure-queue",
      ])
    }
    error_message = "Heartbeats and ticks need not be moved back."
  }
}

run "with_a_customer_key_it_reads_and_sends_with_it" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    operator_principals = ["arn:aws:iam::123456789012:role/platform-engineer"]
    kms_key_arn         = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  assert {
    condition = anytrue([
      for statement in data.aws_iam_policy_document.operator.statement :
      statement.actions == toset(["kms:Decrypt", "kms:GenerateDataKey"]) && statement.resources == toset([var.kms_key_arn])
    ])
    error_message = "Statements: ${jsonencode(data.aws_iam_policy_document.operator.statement)}."
  }
}

run "only_where_synthetic_events_are_enabled_it_may_put_them" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    operator_principals = ["arn:aws:iam::123456789012:role/platform-engineer"]
    synthetic_events    = { enabled = true, sources = ["test.aws.ecs", "drill"] }
  }

  assert {
    condition = {
      for statement in data.aws_iam_policy_document.operator.statement : statement.sid => statement.resources
      if statement.actions == toset(["events:PutEvents"])
    } == { PutSyntheticEvents = toset(["arn:aws:events:us-east-1:123456789012:event-bus/ecs-spot-failover"]) }
    error_message = "Statements: ${jsonencode(data.aws_iam_policy_document.operator.statement)}."
  }

  assert {
    condition = [
      for statement in data.aws_iam_policy_document.operator.statement :
      { for condition in statement.condition : "${condition.test} ${condition.variable}" => condition.values }
      if statement.sid == "PutSyntheticEvents"
      ] == [{
        "ForAllValues:StringEquals events:source"      = tolist(["test.aws.ecs", "drill"])
        "ForAllValues:StringEquals events:detail-type" = tolist(["ECS Service Action"])
        "Null events:source"                           = tolist(["false"])
        "Null events:detail-type"                      = tolist(["false"])
    }]
    error_message = "Statements: ${jsonencode(data.aws_iam_policy_document.operator.statement)}."
  }
}
