# One account in one block.
mock_provider "aws" {
  source = "./tests/terraform/mocks"
}

run "needs_no_input" {
  command = plan

  assert {
    condition     = keys(output.functions) == ["placement_failure", "restore", "spot_interruption", "sweep"] && keys(output.forward_rules) == ["heartbeat", "placement_failure", "spot_interruption"]
    error_message = "Functions ${jsonencode(keys(output.functions))}, forward rules ${jsonencode(keys(output.forward_rules))}."
  }

  assert {
    condition     = output.onboarding.account_id == "123456789012" && output.automation_role_arn == "arn:aws:iam::123456789012:role/CentralSpotAutomationRole"
    error_message = "The account is not onboarded to its own installation."
  }

  assert {
    condition     = output.onboarding.state_machine_name == null
    error_message = "The accounts are told of a state machine that nothing starts."
  }

  assert {
    condition     = keys(output.dead_letter_queues) == ["forward", "placement_failure", "restore", "spot_interruption", "sweep"] && length(setsubtract(concat(keys(output.dead_letter_queues), ["stuck_records", "silent_paths", "restore_errors", "restore_throttles", "sweep_errors", "sweep_throttles", "restore_late", "fallback_short"]), keys(output.alarm_arns))) == 0
    error_message = "Dead-letter queues ${jsonencode(keys(output.dead_letter_queues))}, alarms ${jsonencode(keys(output.alarm_arns))}."
  }

  assert {
    condition     = output.module_name == "ecs-spot-failover" && output.module_version == trimspace(file("VERSION"))
    error_message = "The module calls itself ${output.module_name} ${output.module_version}."
  }
}

run "prefix_reaches_both_modules" {
  command = plan

  variables {
    name_prefix = "dev-"
  }

  assert {
    condition = alltrue([
      for name in concat(
        [for function in values(output.functions) : function.name],
        [for rule in concat(values(output.rules), values(output.forward_rules)) : rule.name],
        [for queue in concat(values(output.queues), values(output.dead_letter_queues)) : queue.name],
        [output.state_table.name, output.event_bus_name, output.automation_role_name, output.forward_role_name, output.heartbeat_role_name, output.heartbeat_schedule.name],
      ) : startswith(name, "dev-")
    ])
    error_message = "A name lacks the prefix."
  }
}

run "twins_and_heartbeats_reach_both_modules" {
  command = plan

  variables {
    failover_service           = { enabled = true }
    heartbeat_interval_minutes = 2
    sweep                      = { silent_after_minutes = 4 }
  }

  assert {
    condition     = contains(keys(output.functions), "task_state") && contains(keys(output.forward_rules), "task_state") && output.onboarding.failover_service
    error_message = "Functions ${jsonencode(keys(output.functions))}, forward rules ${jsonencode(keys(output.forward_rules))}."
  }

  assert {
    condition     = output.onboarding.silent_after_minutes == 4
    error_message = "The accounts are silent after ${output.onboarding.silent_after_minutes} minutes."
  }
}

run "accounts_are_told_which_state_machine_is_started" {
  command = plan

  variables {
    task_set                                = { state_machine_name = "replace" }
    account_overrides                       = { "123456789012" = { task_set = true } }
    controlled_scaledown_state_machine_arns = ["arn:aws:states:us-east-1:123456789012:stateMachine:replace"]
  }

  assert {
    condition     = output.onboarding.state_machine_name == "replace"
    error_message = "The accounts are told of ${jsonencode(output.onboarding.state_machine_name)}."
  }
}
