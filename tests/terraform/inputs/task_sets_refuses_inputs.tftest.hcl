# Inputs about task sets that must be refused at plan: one run for each rule.
variables {
  central = {
    account_id        = "123456789012"
    event_bus_arn     = "arn:aws:events:us-east-1:123456789012:event-bus/ecs-spot-failover"
    handler_role_arns = ["arn:aws:iam::123456789012:role/fargate-spot-restore-handler"]
    external_id       = "ecs-spot-failover"
  }
}

run "any_state_machine" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    controlled_scaledown_state_machine_arns = ["arn:aws:states:us-east-1:111111111111:stateMachine:*"]
  }

  expect_failures = [var.controlled_scaledown_state_machine_arns]
}

run "state_machines_where_no_role_is_made" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    create_roles                            = false
    controlled_scaledown_state_machine_arns = ["arn:aws:states:us-east-1:111111111111:stateMachine:replace"]
  }

  expect_failures = [var.controlled_scaledown_state_machine_arns]
}

run "a_state_machine_by_its_arn" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    task_set = { state_machine_name = "arn:aws:states:us-east-1:111111111111:stateMachine:replace" }
  }

  expect_failures = [var.task_set]
}

run "no_time_for_new_tasks" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    task_set = { wait_for_service_seconds = 0 }
  }

  expect_failures = [var.task_set]
}

run "steps_over_100_percent" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    task_set = { scaledown_decrement = 101 }
  }

  expect_failures = [var.task_set]
}

run "no_wait_between_steps_of_task_sets" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    task_set = { scaledown_wait_seconds = 0 }
  }

  expect_failures = [var.task_set]
}

run "a_state_machine_that_the_central_account_does_not_start" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    central = {
      account_id         = "123456789012"
      event_bus_arn      = "arn:aws:events:us-east-1:123456789012:event-bus/ecs-spot-failover"
      handler_role_arns  = ["arn:aws:iam::123456789012:role/fargate-spot-restore-handler"]
      external_id        = "ecs-spot-failover"
      state_machine_name = "controlled-scaledown"
    }
    controlled_scaledown_state_machine_arns = ["arn:aws:states:us-east-1:111111111111:stateMachine:replace"]
  }

  expect_failures = [var.controlled_scaledown_state_machine_arns]
}

run "the_state_machine_of_the_central_account_by_its_arn" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    central = {
      account_id         = "123456789012"
      event_bus_arn      = "arn:aws:events:us-east-1:123456789012:event-bus/ecs-spot-failover"
      handler_role_arns  = ["arn:aws:iam::123456789012:role/fargate-spot-restore-handler"]
      external_id        = "ecs-spot-failover"
      state_machine_name = "arn:aws:states:us-east-1:111111111111:stateMachine:replace"
    }
  }

  expect_failures = [var.central]
}
