# The heartbeat of a workload account and Region, and what on-demand twins add to it.
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

run "heartbeat_every_5_minutes_to_the_default_bus" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  assert {
    condition     = aws_scheduler_schedule.heartbeat.name == "fargate-spot-heartbeat" && aws_scheduler_schedule.heartbeat.schedule_expression == "rate(5 minutes)" && aws_scheduler_schedule.heartbeat.flexible_time_window[0].mode == "OFF" && aws_scheduler_schedule.heartbeat.state == "ENABLED"
    error_message = "The schedule ${aws_scheduler_schedule.heartbeat.name} is ${aws_scheduler_schedule.heartbeat.schedule_expression}, ${aws_scheduler_schedule.heartbeat.state}."
  }

  assert {
    condition = (
      aws_scheduler_schedule.heartbeat.target[0].arn == "arn:aws:events:us-east-1:111111111111:event-bus/default"
      && aws_scheduler_schedule.heartbeat.target[0].role_arn == "arn:aws:iam::111111111111:role/fargate-spot-heartbeat"
      && aws_scheduler_schedule.heartbeat.target[0].eventbridge_parameters[0].source == "ecs.spot-failover"
      && aws_scheduler_schedule.heartbeat.target[0].eventbridge_parameters[0].detail_type == "Spot Failover Heartbeat"
      && jsondecode(aws_scheduler_schedule.heartbeat.target[0].input) == { version = 1 }
    )
    error_message = "The target is ${jsonencode(aws_scheduler_schedule.heartbeat.target)}."
  }

  assert {
    condition     = aws_scheduler_schedule.heartbeat.target[0].retry_policy[0].maximum_retry_attempts == 0 && aws_scheduler_schedule.heartbeat.target[0].retry_policy[0].maximum_event_age_in_seconds == 60
    error_message = "A late heartbeat would be sent."
  }

  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.forward["heartbeat"].event_pattern) == {
      source      = ["ecs.spot-failover"]
      detail-type = ["Spot Failover Heartbeat"]
    }
    error_message = "Pattern: ${aws_cloudwatch_event_rule.forward["heartbeat"].event_pattern}."
  }
}

run "heartbeat_every_minute" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    heartbeat_interval_minutes = 1
  }

  assert {
    condition     = aws_scheduler_schedule.heartbeat.schedule_expression == "rate(1 minute)"
    error_message = "The schedule is ${aws_scheduler_schedule.heartbeat.schedule_expression}."
  }
}

run "only_schedules_of_this_account_may_use_the_role_and_only_for_the_default_bus" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  assert {
    condition     = [for principals in data.aws_iam_policy_document.heartbeat_trust.statement[0].principals : principals.identifiers] == [toset(["scheduler.amazonaws.com"])]
    error_message = "The trust names ${jsonencode(data.aws_iam_policy_document.heartbeat_trust.statement[0].principals)}."
  }

  assert {
    condition = { for condition in data.aws_iam_policy_document.heartbeat_trust.statement[0].condition : "${condition.test} ${condition.variable}" => condition.values } == {
      "StringEquals aws:SourceAccount" = tolist(["111111111111"])
      "ArnLike aws:SourceArn"          = tolist(["arn:aws:scheduler:*:111111111111:schedule-group/default"])
    }
    error_message = "Conditions: ${jsonencode(data.aws_iam_policy_document.heartbeat_trust.statement[0].condition)}."
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.heartbeat.statement : [statement.actions, statement.resources]] == [[toset(["events:PutEvents"]), toset(["arn:aws:events:*:111111111111:event-bus/default"])]]
    error_message = "Statements: ${jsonencode(data.aws_iam_policy_document.heartbeat.statement)}."
  }
}

run "without_twins_no_task_is_forwarded" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    central = {
      account_id        = "123456789012"
      event_bus_arn     = "arn:aws:events:us-east-1:123456789012:event-bus/ecs-spot-failover"
      handler_role_arns = ["arn:aws:iam::123456789012:role/fargate-spot-restore-handler"]
      external_id       = "ecs-spot-failover"
      failover_service  = true
    }
  }

  assert {
    condition     = keys(aws_cloudwatch_event_rule.forward) == ["heartbeat", "placement_failure", "spot_interruption"] && keys(aws_cloudwatch_event_target.forward) == ["heartbeat", "placement_failure", "spot_interruption"]
    error_message = "The forward rules are ${jsonencode(keys(aws_cloudwatch_event_rule.forward))}."
  }

  assert {
    condition     = !anytrue([for statement in data.aws_iam_policy_document.automation.statement : contains(statement.actions, "application-autoscaling:DescribeScalableTargets")])
    error_message = "The automation may look at autoscaling though the account has no twins."
  }
}

run "with_twins_tasks_of_services_are_forwarded" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    central = {
      account_id        = "123456789012"
      event_bus_arn     = "arn:aws:events:us-east-1:123456789012:event-bus/ecs-spot-failover"
      handler_role_arns = ["arn:aws:iam::123456789012:role/fargate-spot-restore-handler"]
      external_id       = "ecs-spot-failover"
      failover_service  = true
    }
    failover_service = true
  }

  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.forward["task_state"].event_pattern) == {
      source      = ["aws.ecs"]
      detail-type = ["ECS Task State Change"]
      detail      = { lastStatus = ["RUNNING", "STOPPED"], group = [{ prefix = "service:" }] }
    }
    error_message = "Pattern: ${aws_cloudwatch_event_rule.forward["task_state"].event_pattern}."
  }

  assert {
    condition     = output.rules.task_state.name == "fargate-spot-task-state-forward" && length(aws_cloudwatch_event_target.forward["task_state"].dead_letter_config) == 1
    error_message = "The rule is ${output.rules.task_state.name}, or its target has no dead-letter queue."
  }

  assert {
    condition = anytrue([
      for statement in data.aws_iam_policy_document.automation.statement :
      statement.actions == toset(["application-autoscaling:DescribeScalableTargets"]) && statement.resources == toset(["*"])
    ])
    error_message = "The automation may not look at the autoscaling of twins."
  }
}
