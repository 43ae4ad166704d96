# What a workload account and Region gets.
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

run "only_the_central_functions_may_enter" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  assert {
    condition = alltrue([
      for principals in data.aws_iam_policy_document.automation_trust.statement[0].principals : principals.identifiers == toset(["arn:aws:iam::123456789012:root"])
    ])
    error_message = "The trust names ${jsonencode(data.aws_iam_policy_document.automation_trust.statement[0].principals)}."
  }

  assert {
    condition = { for condition in data.aws_iam_policy_document.automation_trust.statement[0].condition : "${condition.test} ${condition.variable}" => condition.values } == {
      "ArnEquals aws:PrincipalArn"  = tolist(["arn:aws:iam::123456789012:role/fargate-spot-restore-handler"])
      "StringEquals sts:ExternalId" = tolist(["ecs-spot-failover"])
    }
    error_message = "Conditions: ${jsonencode(data.aws_iam_policy_document.automation_trust.statement[0].condition)}."
  }

  assert {
    condition     = output.automation_role_arn == "arn:aws:iam::111111111111:role/CentralSpotAutomationRole"
    error_message = "The role is ${output.automation_role_arn}."
  }
}

run "automation_reads_and_switches_services_of_the_account_in_every_region" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  assert {
    condition = anytrue([
      for statement in data.aws_iam_policy_document.automation.statement :
      statement.actions == toset(["ecs:UpdateService"]) && statement.resources == toset(["arn:aws:ecs:*:111111111111:service/*"]) && length(statement.condition) == 0
    ])
    error_message = "Statements: ${jsonencode(data.aws_iam_policy_document.automation.statement)}."
  }

  assert {
    condition     = !anytrue([for statement in data.aws_iam_policy_document.automation.statement : contains(statement.actions, "iam:PassRole")])
    error_message = "The automation may pass roles though none is named."
  }

  assert {
    condition = anytrue([
      for statement in data.aws_iam_policy_document.automation.statement :
      statement.actions == toset(["ecs:ListServices", "ecs:ListTasks"])
      && statement.resources == toset(["*"])
      && [for condition in statement.condition : [condition.test, condition.variable, condition.values[0]]] == [["ArnLike", "ecs:cluster", "arn:aws:ecs:*:111111111111:cluster/*"]]
    ])
    error_message = "Services and tasks must be listed in the account's clusters alone: ${jsonencode(data.aws_iam_policy_document.automation.statement)}."
  }

  assert {
    condition = anytrue([
      for statement in data.aws_iam_policy_document.automation.statement :
      statement.actions == toset(["ecs:DescribeTasks"]) && statement.resources == toset(["arn:aws:ecs:*:111111111111:task/*"])
    ])
    error_message = "Statements: ${jsonencode(data.aws_iam_policy_document.automation.statement)}."
  }

  assert {
    condition = toset(flatten([for statement in data.aws_iam_policy_document.automation.statement : tolist(statement.actions)])) == toset([
      "ecs:DescribeClusters", "ecs:DescribeServices", "ecs:DescribeTasks", "ecs:ListClusters", "ecs:ListServices", "ecs:ListTasks", "ecs:UpdateService"
    ])
    error_message = "The automation may do more, or less: ${jsonencode(data.aws_iam_policy_document.automation.statement[*].actions)}."
  }
}

run "switches_named_clusters_and_tagged_services_alone" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    automation_scope = { clusters = ["prod", "batch-*"], service_tags = { team = "orders", stage = "prod" } }
  }

  assert {
    condition = jsonencode([
      for statement in data.aws_iam_policy_document.automation.statement : [
        statement.resources,
        { for condition in statement.condition : condition.variable => [condition.test, condition.values] },
      ] if contains(statement.actions, "ecs:UpdateService")
      ]) == jsonencode([[
        ["arn:aws:ecs:*:111111111111:service/batch-*/*", "arn:aws:ecs:*:111111111111:service/prod/*"],
        {
          "aws:ResourceTag/stage" = ["StringEquals", ["prod"]],
          "aws:ResourceTag/team"  = ["StringEquals", ["orders"]],
        },
    ]])
    error_message = "Statements: ${jsonencode(data.aws_iam_policy_document.automation.statement)}."
  }
}

run "services_by_their_tags_alone_in_any_cluster" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    automation_scope = { service_tags = { team = "orders" } }
  }

  assert {
    condition = jsonencode([
      for statement in data.aws_iam_policy_document.automation.statement : [statement.resources, statement.condition[*].values] if contains(statement.actions, "ecs:UpdateService")
    ]) == jsonencode([[["arn:aws:ecs:*:111111111111:service/*"], [["orders"]]]])
    error_message = "Statements: ${jsonencode(data.aws_iam_policy_document.automation.statement)}."
  }
}

run "roles_to_pass_only_to_tasks" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    pass_role_arns = ["arn:aws:iam::111111111111:role/tasks/orders"]
  }

  assert {
    condition = anytrue([
      for statement in data.aws_iam_policy_document.automation.statement :
      statement.actions == toset(["iam:PassRole"])
      && statement.resources == toset(["arn:aws:iam::111111111111:role/tasks/orders"])
      && [for condition in statement.condition : condition.values] == [tolist(["ecs-tasks.amazonaws.com"])]
    ])
    error_message = "The automation may not pass the named roles, or not to tasks alone."
  }
}

run "forwards_what_the_central_rules_match" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.forward["placement_failure"].event_pattern) == {
      source      = ["aws.ecs"]
      detail-type = ["ECS Service Action"]
      detail      = { eventName = ["SERVICE_TASK_PLACEMENT_FAILURE"] }
    }
    error_message = "Pattern: ${aws_cloudwatch_event_rule.forward["placement_failure"].event_pattern}."
  }

  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.forward["spot_interruption"].event_pattern) == {
      source      = ["aws.ecs"]
      detail-type = ["ECS Task State Change"]
      detail = {
        group = [{ prefix = "service:" }]
        "$or" = [{ stopCode = ["SpotInterruption", "TerminationNotice"] }, { stoppedReason = ["Your Spot Task was interrupted."] }]
      }
    }
    error_message = "Pattern: ${aws_cloudwatch_event_rule.forward["spot_interruption"].event_pattern}."
  }

  assert {
    condition = alltrue([
      for target in values(aws_cloudwatch_event_target.forward) :
      target.arn == "arn:aws:events:us-east-1:123456789012:event-bus/ecs-spot-failover" && target.role_arn == "arn:aws:iam::111111111111:role/fargate-spot-forward" && length(target.dead_letter_config) == 1
    ])
    error_message = "A forward rule does not go to the central bus, in the forward role, with dead letters."
  }
}

run "synthetic_sources_are_forwarded_where_the_central_account_takes_them" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    central = {
      account_id              = "123456789012"
      event_bus_arn           = "arn:aws:events:us-east-1:123456789012:event-bus/ecs-spot-failover"
      handler_role_arns       = ["arn:aws:iam::123456789012:role/fargate-spot-restore-handler"]
      external_id             = "ecs-spot-failover"
      synthetic_event_sources = ["test.aws.ecs"]
    }
  }

  assert {
    condition     = { for key, rule in aws_cloudwatch_event_rule.forward : key => jsondecode(rule.event_pattern).source } == { heartbeat = ["ecs.spot-failover"], placement_failure = ["aws.ecs", "test.aws.ecs"], spot_interruption = ["aws.ecs", "test.aws.ecs"] }
    error_message = "The forward rules do not match the synthetic source, or that of the heartbeats takes it too."
  }
}

run "further_region_makes_no_roles" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    create_roles        = false
    forward_role_name   = "platform-forward"
    heartbeat_role_name = "platform-heartbeat"
    role_path           = "/platform/"
  }

  assert {
    condition     = sum([for roles in [aws_iam_role.automation, aws_iam_role.forward, aws_iam_role.heartbeat, aws_iam_role_policy.automation, aws_iam_role_policy.forward, aws_iam_role_policy.heartbeat] : length(roles)]) == 0
    error_message = "Roles would be made twice in one account."
  }

  assert {
    condition     = alltrue([for target in values(aws_cloudwatch_event_target.forward) : target.role_arn == "arn:aws:iam::111111111111:role/platform/platform-forward"])
    error_message = "The rules do not refer to the role of the first Region."
  }

  assert {
    condition     = aws_scheduler_schedule.heartbeat.target[0].role_arn == "arn:aws:iam::111111111111:role/platform/platform-heartbeat"
    error_message = "The schedule does not refer to the role of the first Region, but to ${aws_scheduler_schedule.heartbeat.target[0].role_arn}."
  }
}

run "prefix_boundary_and_state" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    name_prefix            = "dev-"
    permissions_boundary   = "arn:aws:iam::111111111111:policy/boundary"
    eventbridge_rule_state = "DISABLED"
    tags                   = { team = "platform" }
    alarm_actions          = ["arn:aws:sns:us-east-1:111111111111:on-call"]
  }

  assert {
    condition = alltrue([
      for name in concat([for rule in values(output.rules) : rule.name], [output.forward_role_name, output.heartbeat_role_name, output.heartbeat_schedule.name, output.dead_letter_queue.name]) : startswith(name, "dev-")
    ])
    error_message = "A name lacks the prefix."
  }

  assert {
    condition     = alltrue([for role in [aws_iam_role.automation[0], aws_iam_role.forward[0], aws_iam_role.heartbeat[0]] : role.permissions_boundary == "arn:aws:iam::111111111111:policy/boundary"])
    error_message = "A role lacks the boundary."
  }

  assert {
    condition     = alltrue([for rule in values(aws_cloudwatch_event_rule.forward) : rule.state == "DISABLED" && rule.tags == tomap({ team = "platform" })])
    error_message = "A rule is not switched off, or not tagged."
  }

  assert {
    condition     = aws_scheduler_schedule.heartbeat.state == "DISABLED"
    error_message = "Heartbeats are sent though no rule forwards them."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.dead_letters.alarm_actions == toset(["arn:aws:sns:us-east-1:111111111111:on-call"])
    error_message = "The alarm tells nobody."
  }
}

run "key_of_another_region" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  expect_failures = [aws_sqs_queue.dead_letters]
}

run "alarms_can_not_notify_a_topic_of_another_region" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    alarm_actions = ["arn:aws:sns:eu-west-1:123456789012:on-call"]
  }

  expect_failures = [aws_cloudwatch_metric_alarm.dead_letters]
}
