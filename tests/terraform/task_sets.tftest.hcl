# What onboarding allows where task sets are replaced: to start the state machines that are named, and no other.
mock_provider "aws" {
  source = "./tests/terraform/mocks"

  override_data {
    target = data.aws_caller_identity.current
    values = { account_id = "111111111111" }
  }
}

variables {
  central = {
    account_id        = "123456789012"
    event_bus_arn     = "arn:aws:events:us-east-1:123456789012:event-bus/ecs-spot-failover"
    handler_role_arns = ["arn:aws:iam::123456789012:role/fargate-spot-restore-handler"]
    external_id       = "ecs-spot-failover"
  }
}

run "nothing_of_step_functions_unless_a_state_machine_is_named" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  assert {
    condition     = !anytrue([for statement in data.aws_iam_policy_document.automation.statement : anytrue([for action in statement.actions : startswith(action, "states:")])])
    error_message = "The automation may start something: ${jsonencode(data.aws_iam_policy_document.automation.statement[*].actions)}."
  }
}

run "the_state_machines_that_are_named_and_their_executions" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    controlled_scaledown_state_machine_arns = [
      "arn:aws:states:us-east-1:111111111111:stateMachine:replace",
      "arn:aws:states:eu-west-1:111111111111:stateMachine:replace",
    ]
  }

  assert {
    condition = { for statement in data.aws_iam_policy_document.automation.statement : statement.sid => statement.resources if anytrue([for action in statement.actions : startswith(action, "states:")]) } == {
      StartReplacementsOfTaskSets = toset([
        "arn:aws:states:us-east-1:111111111111:stateMachine:replace",
        "arn:aws:states:eu-west-1:111111111111:stateMachine:replace",
      ])
      SeeHowReplacementsEnd = toset([
        "arn:aws:states:us-east-1:111111111111:execution:replace:*",
        "arn:aws:states:eu-west-1:111111111111:execution:replace:*",
      ])
    }
    error_message = "Statements: ${jsonencode(data.aws_iam_policy_document.automation.statement)}."
  }

  assert {
    condition = toset(flatten([for statement in data.aws_iam_policy_document.automation.statement : [for action in statement.actions : action if startswith(action, "states:")]])) == toset([
      "states:DescribeExecution", "states:StartExecution"
    ])
    error_message = "Actions: ${jsonencode(data.aws_iam_policy_document.automation.statement[*].actions)}."
  }
}

run "a_state_machine_of_another_account" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    controlled_scaledown_state_machine_arns = ["arn:aws:states:us-east-1:222222222222:stateMachine:replace"]
  }

  expect_failures = [aws_iam_role_policy.automation]
}
