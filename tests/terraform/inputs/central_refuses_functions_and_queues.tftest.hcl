# Inputs that must be refused at plan: one run for each rule.
run "placement_failure_timeout_over_15_minutes" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    placement_failure_function = { timeout_seconds = 901 }
    placement_failure_queue    = { visibility_timeout_seconds = 1000 }
  }

  expect_failures = [var.placement_failure_function]
}

run "placement_failure_memory_under_128" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    placement_failure_function = { memory_mb = 64 }
  }

  expect_failures = [var.placement_failure_function]
}

run "placement_failure_visibility_under_the_timeout" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    placement_failure_function = { timeout_seconds = 120 }
  }

  expect_failures = [var.placement_failure_queue]
}

run "placement_failure_visibility_under_timeout_and_window" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    placement_failure_queue = { batching_window_seconds = 31 }
  }

  expect_failures = [var.placement_failure_queue]
}

run "placement_failure_visibility_over_12_hours" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    placement_failure_queue = { visibility_timeout_seconds = 43201 }
  }

  expect_failures = [var.placement_failure_queue]
}

run "placement_failure_dead_letter_at_once" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    placement_failure_queue = { max_receive_count = 1 }
  }

  expect_failures = [var.placement_failure_queue]
}

run "placement_failure_batch_of_none" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    placement_failure_queue = { batch_size = 0 }
  }

  expect_failures = [var.placement_failure_queue]
}

run "placement_failure_batch_over_10_without_a_window" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    placement_failure_queue = { batch_size = 11, batching_window_seconds = 0 }
  }

  expect_failures = [var.placement_failure_queue]
}

run "placement_failure_window_over_5_minutes" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    placement_failure_queue = { batching_window_seconds = 301, visibility_timeout_seconds = 1000 }
  }

  expect_failures = [var.placement_failure_queue]
}

run "placement_failure_concurrency_of_one" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    placement_failure_queue = { maximum_concurrency = 1 }
  }

  expect_failures = [var.placement_failure_queue]
}

run "placement_failure_reserved_concurrency_under_what_feeds_it" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    placement_failure_function = { reserved_concurrency = 1 }
  }

  expect_failures = [var.placement_failure_queue]
}

run "spot_interruption_timeout_over_15_minutes" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    spot_interruption_function = { timeout_seconds = 901 }
    spot_interruption_queue    = { visibility_timeout_seconds = 1000 }
  }

  expect_failures = [var.spot_interruption_function]
}

run "spot_interruption_memory_under_128" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    spot_interruption_function = { memory_mb = 64 }
  }

  expect_failures = [var.spot_interruption_function]
}

run "spot_interruption_visibility_under_the_timeout" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    spot_interruption_function = { timeout_seconds = 120 }
  }

  expect_failures = [var.spot_interruption_queue]
}

run "spot_interruption_visibility_under_timeout_and_window" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    spot_interruption_queue = { batching_window_seconds = 31 }
  }

  expect_failures = [var.spot_interruption_queue]
}

run "spot_interruption_visibility_over_12_hours" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    spot_interruption_queue = { visibility_timeout_seconds = 43201 }
  }

  expect_failures = [var.spot_interruption_queue]
}

run "spot_interruption_dead_letter_at_once" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    spot_interruption_queue = { max_receive_count = 1 }
  }

  expect_failures = [var.spot_interruption_queue]
}

run "spot_interruption_batch_of_none" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    spot_interruption_queue = { batch_size = 0 }
  }

  expect_failures = [var.spot_interruption_queue]
}

run "spot_interruption_batch_over_10_without_a_window" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    spot_interruption_queue = { batch_size = 11, batching_window_seconds = 0 }
  }

  expect_failures = [var.spot_interruption_queue]
}

run "spot_interruption_window_over_5_minutes" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    spot_interruption_queue = { batching_window_seconds = 301, visibility_timeout_seconds = 1000 }
  }

  expect_failures = [var.spot_interruption_queue]
}

run "spot_interruption_concurrency_of_one" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    spot_interruption_queue = { maximum_concurrency = 1 }
  }

  expect_failures = [var.spot_interruption_queue]
}

run "spot_interruption_reserved_concurrency_under_what_feeds_it" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    spot_interruption_function = { reserved_concurrency = 1 }
  }

  expect_failures = [var.spot_interruption_queue]
}

run "restore_timeout_of_zero" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore_function = { timeout_seconds = 0 }
  }

  expect_failures = [var.restore_function]
}

run "restore_memory_over_10240" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore_function = { memory_mb = 10241 }
  }

  expect_failures = [var.restore_function]
}

run "restore_reserved_concurrency_of_zero" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore_function = { reserved_concurrency = 0 }
  }

  expect_failures = [var.restore_function]
}

run "placement_failures_that_expire_before_they_are_dead_letters" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    placement_failure_queue = { visibility_timeout_seconds = 43200 }
  }

  expect_failures = [var.placement_failure_queue]
}

run "interruptions_that_expire_before_they_are_dead_letters" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    spot_interruption_queue = { max_receive_count = 1000, visibility_timeout_seconds = 180 }
  }

  expect_failures = [var.spot_interruption_queue]
}

run "part_of_a_receive" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    placement_failure_queue = { max_receive_count = 3.5 }
  }

  expect_failures = [var.placement_failure_queue]
}
