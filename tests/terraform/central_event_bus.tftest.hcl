# Who may send events to the central bus, and which.
mock_provider "aws" {
  source = "./tests/terraform/mocks"
}

run "alone_only_the_own_account_may_send" {
  command = plan

  module {
    source = "./modules/central"
  }

  assert {
    condition     = length(aws_cloudwatch_event_bus_policy.this) == 0
    error_message = "The bus has a policy, and lets in ${jsonencode(local.bus_senders)}."
  }
}

run "organization" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    organization_id = "o-exampleorg1"
  }

  assert {
    condition = anytrue([
      for statement in data.aws_iam_policy_document.bus.statement : anytrue([
        for condition in statement.condition :
        condition.test == "StringEquals" && condition.variable == "aws:PrincipalOrgID" && condition.values == tolist(["o-exampleorg1"])
      ])
    ])
    error_message = "No statement is bound to the organization."
  }
}

run "units_and_further_accounts" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    organizational_unit_paths = ["o-exampleorg1/r-ab12/ou-ab12-11111111/*"]
    workload_account_ids      = ["999999999999"]
  }

  assert {
    condition     = [for sender in local.bus_senders : sender.sid] == ["OrganizationalUnits", "Accounts"]
    error_message = "Senders: ${jsonencode(local.bus_senders)}."
  }

  assert {
    condition = anytrue([
      for condition in data.aws_iam_policy_document.bus.statement[0].condition :
      condition.test == "ForAnyValue:StringLike" && condition.variable == "aws:PrincipalOrgPaths"
    ])
    error_message = "The statement for the units is not bound to their paths."
  }

  assert {
    condition = alltrue([
      for principals in data.aws_iam_policy_document.bus.statement[1].principals : principals.identifiers == toset(["arn:aws:iam::999999999999:root"])
    ])
    error_message = "The statement for the accounts lets in ${jsonencode(data.aws_iam_policy_document.bus.statement[1].principals)}."
  }
}

run "no_statement_takes_other_events" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    organization_id      = "o-exampleorg1"
    workload_account_ids = ["999999999999"]
  }

  assert {
    condition = alltrue([
      for statement in data.aws_iam_policy_document.bus.statement : alltrue([
        for key, values in { "events:source" = ["aws.ecs", "ecs.spot-failover"], "events:detail-type" = ["ECS Service Action", "ECS Task State Change", "Spot Failover Heartbeat"] } : anytrue([
          for condition in statement.condition : condition.test == "ForAllValues:StringEquals" && condition.variable == key && condition.values == tolist(values)
        ])
      ])
    ])
    error_message = "A statement is not bound to the product's sources and detail types."
  }

  # ForAllValues passes where the key is absent.
  assert {
    condition = alltrue([
      for statement in data.aws_iam_policy_document.bus.statement : alltrue([
        for key in ["events:source", "events:detail-type"] : anytrue([
          for condition in statement.condition : condition.test == "Null" && condition.variable == key && condition.values == tolist(["false"])
        ])
      ])
    ])
    error_message = "A statement does not demand source and detail type."
  }
}

run "rules_match_what_the_policy_lets_in" {
  command = plan

  module {
    source = "./modules/central"
  }

  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.placement_failure.event_pattern) == {
      source      = ["aws.ecs"]
      detail-type = ["ECS Service Action"]
      detail      = { eventName = ["SERVICE_TASK_PLACEMENT_FAILURE"] }
    }
    error_message = "Pattern: ${aws_cloudwatch_event_rule.placement_failure.event_pattern}."
  }

  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.spot_interruption.event_pattern) == {
      source      = ["aws.ecs"]
      detail-type = ["ECS Task State Change"]
      detail = {
        group = [{ prefix = "service:" }]
        "$or" = [{ stopCode = ["SpotInterruption", "TerminationNotice"] }, { stoppedReason = ["Your Spot Task was interrupted."] }]
      }
    }
    error_message = "Pattern: ${aws_cloudwatch_event_rule.spot_interruption.event_pattern}."
  }

  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.heartbeat.event_pattern) == {
      source      = ["ecs.spot-failover"]
      detail-type = ["Spot Failover Heartbeat"]
    }
    error_message = "Pattern: ${aws_cloudwatch_event_rule.heartbeat.event_pattern}."
  }
}

run "synthetic_events_are_let_in_only_when_switched_on" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    synthetic_events = { enabled = true, sources = ["test.aws.ecs", "drill"] }
  }

  assert {
    condition = alltrue([
      for rule in [aws_cloudwatch_event_rule.placement_failure, aws_cloudwatch_event_rule.spot_interruption] :
      jsondecode(rule.event_pattern).source == ["aws.ecs", "test.aws.ecs", "drill"]
    ])
    error_message = "The rules do not match the synthetic sources."
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.heartbeat.event_pattern).source == ["ecs.spot-failover"]
    error_message = "A synthetic source could send heartbeats: ${aws_cloudwatch_event_rule.heartbeat.event_pattern}."
  }

  assert {
    condition     = output.onboarding.synthetic_event_sources == tolist(["test.aws.ecs", "drill"])
    error_message = "The accounts would forward ${jsonencode(output.onboarding.synthetic_event_sources)}."
  }
}

run "rules_can_be_switched_off_together_and_one_by_one" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    eventbridge_rule_state           = "DISABLED"
    eventbridge_rule_state_overrides = { restore = "ENABLED", heartbeat = "ENABLED" }
    failover_service                 = { enabled = true }
  }

  assert {
    condition     = aws_cloudwatch_event_rule.placement_failure.state == "DISABLED" && aws_cloudwatch_event_rule.spot_interruption.state == "DISABLED" && aws_cloudwatch_event_rule.restore.state == "ENABLED"
    error_message = "The rules are ${aws_cloudwatch_event_rule.placement_failure.state}, ${aws_cloudwatch_event_rule.spot_interruption.state} and ${aws_cloudwatch_event_rule.restore.state}."
  }

  assert {
    condition     = aws_cloudwatch_event_rule.heartbeat.state == "ENABLED" && aws_cloudwatch_event_rule.sweep.state == "DISABLED" && aws_cloudwatch_event_rule.task_state[0].state == "DISABLED"
    error_message = "The rules are ${aws_cloudwatch_event_rule.heartbeat.state}, ${aws_cloudwatch_event_rule.sweep.state} and ${aws_cloudwatch_event_rule.task_state[0].state}."
  }
}

run "two_hundred_and_fifty_accounts" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    workload_account_ids = [for i in range(250) : tostring(100000000000 + i)]
  }

  assert {
    condition     = local.bus_policy_characters > 8500 && local.bus_policy_characters <= 10240
    error_message = "The policy would have ${local.bus_policy_characters} characters."
  }
}

run "more_accounts_than_a_bus_policy_holds" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    workload_account_ids = [for i in range(310) : tostring(100000000000 + i)]
  }

  expect_failures = [aws_cloudwatch_event_bus_policy.this]
}
