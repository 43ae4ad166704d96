# Inputs of the sweep and of on-demand twins that must be refused at plan: one run for each rule.
run "sweep_schedule_of_every_16_minutes" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    sweep = { schedule = "rate(16 minutes)" }
  }

  expect_failures = [var.sweep]
}

run "sweep_schedule_of_half_hours" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    sweep = { schedule = "cron(0/30 * * * ? *)" }
  }

  expect_failures = [var.sweep]
}

run "sweep_after_three_hours" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    sweep = { threshold_minutes = 180 }
  }

  expect_failures = [var.sweep]
}

run "silent_at_once" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    sweep = { silent_after_minutes = 1 }
  }

  expect_failures = [var.sweep]
}

run "twin_without_tasks" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    failover_service = { max_tasks = 0 }
  }

  expect_failures = [var.failover_service]
}

run "twin_of_more_tasks_than_a_service_has" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    failover_service = { max_tasks = 5001 }
  }

  expect_failures = [var.failover_service]
}

run "twin_that_goes_at_once" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    failover_service = { whole_for_minutes = 0 }
  }

  expect_failures = [var.failover_service]
}

run "steps_of_nothing" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    failover_service = { step_percent = 0 }
  }

  expect_failures = [var.failover_service]
}

run "steps_without_a_wait" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    failover_service = { step_wait_minutes = 0 }
  }

  expect_failures = [var.failover_service]
}

run "sweep_timeout_over_15_minutes" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    sweep_function = { timeout_seconds = 901 }
    sweep_queue    = { visibility_timeout_seconds = 1000 }
  }

  expect_failures = [var.sweep_function]
}

run "sweep_memory_under_128" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    sweep_function = { memory_mb = 127 }
  }

  expect_failures = [var.sweep_function]
}

run "sweep_visibility_under_timeout_and_window" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    sweep_function = { timeout_seconds = 60 }
    sweep_queue    = { visibility_timeout_seconds = 69, batching_window_seconds = 10 }
  }

  expect_failures = [var.sweep_queue]
}

run "sweep_dead_letter_at_once" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    sweep_queue = { max_receive_count = 1 }
  }

  expect_failures = [var.sweep_queue]
}

run "sweep_messages_that_expire_before_they_are_dead_letters" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    sweep_queue = { max_receive_count = 1000, visibility_timeout_seconds = 200 }
  }

  expect_failures = [var.sweep_queue]
}

run "sweep_batch_over_10_without_a_window" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    sweep_queue = { batch_size = 11, batching_window_seconds = 0 }
  }

  expect_failures = [var.sweep_queue]
}

run "sweep_window_over_5_minutes" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    sweep_queue = { batching_window_seconds = 301, visibility_timeout_seconds = 900 }
  }

  expect_failures = [var.sweep_queue]
}

run "sweep_concurrency_of_one" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    sweep_queue = { maximum_concurrency = 1 }
  }

  expect_failures = [var.sweep_queue]
}

run "task_state_timeout_over_15_minutes" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    task_state_function = { timeout_seconds = 901 }
    task_state_queue    = { visibility_timeout_seconds = 1000 }
  }

  expect_failures = [var.task_state_function]
}

run "task_state_memory_under_128" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    task_state_function = { memory_mb = 127 }
  }

  expect_failures = [var.task_state_function]
}

run "task_state_visibility_under_timeout_and_window" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    task_state_function = { timeout_seconds = 60 }
    task_state_queue    = { visibility_timeout_seconds = 69, batching_window_seconds = 10 }
  }

  expect_failures = [var.task_state_queue]
}

run "task_state_dead_letter_at_once" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    task_state_queue = { max_receive_count = 1 }
  }

  expect_failures = [var.task_state_queue]
}

run "task_state_messages_that_expire_before_they_are_dead_letters" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    task_state_queue = { max_receive_count = 1000, visibility_timeout_seconds = 200 }
  }

  expect_failures = [var.task_state_queue]
}

run "task_state_batch_over_10_without_a_window" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    task_state_queue = { batch_size = 11, batching_window_seconds = 0 }
  }

  expect_failures = [var.task_state_queue]
}

run "task_state_window_over_5_minutes" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    task_state_queue = { batching_window_seconds = 301, visibility_timeout_seconds = 900 }
  }

  expect_failures = [var.task_state_queue]
}

run "task_state_concurrency_of_one" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    task_state_queue = { maximum_concurrency = 1 }
  }

  expect_failures = [var.task_state_queue]
}

run "sweep_reserved_concurrency_that_leaves_none_for_the_schedule" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    sweep_function = { reserved_concurrency = 5 }
  }

  expect_failures = [var.sweep_queue]
}

run "task_state_reserved_concurrency_under_what_feeds_it" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    task_state_function = { reserved_concurrency = 9 }
  }

  expect_failures = [var.task_state_queue]
}

run "sweep_by_a_range_that_descends" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    sweep = { schedule = "cron(59-0 * * * ? *)" }
  }

  expect_failures = [var.sweep]
}

run "sweep_by_steps_in_a_range_that_descends" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    sweep = { schedule = "cron(0/15,59-0/5 * * * ? *)" }
  }

  expect_failures = [var.sweep]
}
