# Inputs that must be refused at plan: one run for each rule.
run "onboarding_name_with_a_space" {
  command = plan

  variables {
    onboarding_names = { forward_role = "forward role" }
  }

  expect_failures = [var.onboarding_names]
}

run "onboarding_rules_of_one_name" {
  command = plan

  variables {
    onboarding_names = { placement_failure_rule = "forward", spot_interruption_rule = "forward" }
  }

  expect_failures = [var.onboarding_names]
}

run "role_to_pass_that_is_a_name" {
  command = plan

  variables {
    pass_role_arns = ["task-role"]
  }

  expect_failures = [var.pass_role_arns]
}

run "any_role_to_pass" {
  command = plan

  variables {
    pass_role_arns = ["arn:aws:iam::123456789012:role/*"]
  }

  expect_failures = [var.pass_role_arns]
}

run "what_the_central_module_refuses" {
  command = plan

  variables {
    restore = { schedule = "rate(1 hour)" }
  }

  expect_failures = [var.restore]
}

run "forward_rule_named_as_the_schedule" {
  command = plan

  variables {
    onboarding_names = { spot_interruption_rule = "fargate-spot-restore-schedule" }
  }

  expect_failures = [var.onboarding_names]
}

run "forward_role_named_as_a_function" {
  command = plan

  variables {
    onboarding_names = { forward_role = "fargate-spot-interruption-handler" }
  }

  expect_failures = [var.onboarding_names]
}

run "a_role_of_the_operators_name" {
  command = plan

  variables {
    onboarding_names = { forward_role = "EcsSpotFailoverOperator" }
  }

  expect_failures = [var.onboarding_names]
}

run "forward_rule_named_as_the_schedule_of_the_sweep" {
  command = plan

  variables {
    onboarding_names = { heartbeat_rule = "fargate-spot-sweep-schedule" }
  }

  expect_failures = [var.onboarding_names]
}

run "heartbeat_role_named_as_a_function" {
  command = plan

  variables {
    onboarding_names = { heartbeat_role = "Fargate-Spot-Sweep-Handler" }
  }

  expect_failures = [var.onboarding_names]
}

run "onboarding_roles_of_one_name" {
  command = plan

  variables {
    onboarding_names = { heartbeat_role = "fargate-spot-forward" }
  }

  expect_failures = [var.onboarding_names]
}

run "half_a_minute_between_heartbeats" {
  command = plan

  variables {
    heartbeat_interval_minutes = 1.5
  }

  expect_failures = [var.heartbeat_interval_minutes]
}

run "heartbeats_rarer_than_the_alarm_bears" {
  command = plan

  variables {
    heartbeat_interval_minutes = 5
    sweep                      = { silent_after_minutes = 9 }
  }

  expect_failures = [var.heartbeat_interval_minutes]
}

run "a_state_machine_by_its_name" {
  command = plan

  variables {
    task_set                                = { enabled = true }
    controlled_scaledown_state_machine_arns = ["controlled-scaledown"]
  }

  expect_failures = [var.controlled_scaledown_state_machine_arns]
}

run "a_state_machine_that_nothing_would_start" {
  command = plan

  variables {
    controlled_scaledown_state_machine_arns = ["arn:aws:states:us-east-1:123456789012:stateMachine:controlled-scaledown"]
  }

  expect_failures = [var.controlled_scaledown_state_machine_arns]
}

run "no_cluster_to_switch_in" {
  command = plan

  variables {
    automation_scope = { clusters = [] }
  }

  expect_failures = [var.automation_scope]
}

run "a_tag_to_switch_by_that_is_none" {
  command = plan

  variables {
    automation_scope = { service_tags = { team = "a*" } }
  }

  expect_failures = [var.automation_scope]
}

run "an_automation_scope_with_a_misspelt_name" {
  command = plan

  variables {
    automation_scope = { cluster = ["prod"] }
  }

  expect_failures = [var.automation_scope]
}

run "a_scope_with_a_misspelt_name" {
  command = plan

  variables {
    scope = { exclude_cluster = ["dev"] }
  }

  expect_failures = [var.scope]
}

run "a_state_machine_that_is_not_the_one_to_start" {
  command = plan

  variables {
    task_set = { enabled = true }
    controlled_scaledown_state_machine_arns = [
      "arn:aws:states:us-east-1:123456789012:stateMachine:controlled-scaledown",
      "arn:aws:states:eu-west-1:123456789012:stateMachine:replace",
    ]
  }

  expect_failures = [var.controlled_scaledown_state_machine_arns]
}

run "dead_letter_queue_named_as_a_queue" {
  command = plan

  variables {
    onboarding_names = { dead_letter_queue = "fargate-spot-sweep-queue" }
  }

  expect_failures = [var.onboarding_names]
}

run "dead_letter_queue_named_as_that_of_a_queue" {
  command = plan

  variables {
    onboarding_names = { dead_letter_queue = "fargate-spot-interruption-queue-dlq" }
  }

  expect_failures = [var.onboarding_names]
}

run "dead_letter_queue_named_as_that_of_the_restore_function" {
  command = plan

  variables {
    names            = { restore_function = "restore" }
    onboarding_names = { dead_letter_queue = "restore-dlq" }
  }

  expect_failures = [var.onboarding_names]
}
