# Inputs that must be refused at plan: one run for each rule.
run "schedule_with_one_minutes" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { schedule = "rate(1 minutes)" }
  }

  expect_failures = [var.restore]
}

run "schedule_with_five_minute" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { schedule = "rate(5 minute)" }
  }

  expect_failures = [var.restore]
}

run "schedule_of_every_16_minutes" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { schedule = "rate(16 minutes)" }
  }

  expect_failures = [var.restore]
}

run "schedule_of_every_hour" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { schedule = "rate(1 hour)" }
  }

  expect_failures = [var.restore]
}

run "schedule_with_no_interval" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { schedule = "rate(0 minutes)" }
  }

  expect_failures = [var.restore]
}

run "schedule_of_words" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { schedule = "every 5 minutes" }
  }

  expect_failures = [var.restore]
}

run "schedule_with_five_fields" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { schedule = "cron(0/5 * * * *)" }
  }

  expect_failures = [var.restore]
}

run "schedule_of_both_days_named" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { schedule = "cron(0/5 * * * * *)" }
  }

  expect_failures = [var.restore]
}

run "schedule_of_office_hours" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { schedule = "cron(0/5 8-17 * * ? *)" }
  }

  expect_failures = [var.restore]
}

run "schedule_of_weekdays" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { schedule = "cron(0/5 * ? * MON-FRI *)" }
  }

  expect_failures = [var.restore]
}

run "schedule_of_every_20_minutes_by_cron" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { schedule = "cron(0/20 * * * ? *)" }
  }

  expect_failures = [var.restore]
}

run "schedule_of_half_hours" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { schedule = "cron(0,30 * * * ? *)" }
  }

  expect_failures = [var.restore]
}

run "schedule_with_a_gap_over_the_full_hour" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { schedule = "cron(20/15 * * * ? *)" }
  }

  expect_failures = [var.restore]
}

run "schedule_of_minute_60" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { schedule = "cron(0,15,30,45,60 * * * ? *)" }
  }

  expect_failures = [var.restore]
}

run "schedule_of_step_of_zero" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { schedule = "cron(0/0 * * * ? *)" }
  }

  expect_failures = [var.restore]
}

run "no_initial_delay" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { initial_delay_minutes = 0 }
  }

  expect_failures = [var.restore]
}

run "shrinking_delays" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { factor = 0.5 }
  }

  expect_failures = [var.restore]
}

run "limit_under_the_first_delay" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { initial_delay_minutes = 30, max_delay_minutes = 20 }
  }

  expect_failures = [var.restore]
}

run "patience_shorter_than_a_deployment" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { patience_minutes = 9 }
  }

  expect_failures = [var.restore]
}

run "never_stable" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { stable_for_minutes = 0 }
  }

  expect_failures = [var.restore]
}

run "no_restore_in_a_day" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { max_per_day = 0 }
  }

  expect_failures = [var.restore]
}

run "longest_delay_over_a_day" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { max_delay_minutes = 1441 }
  }

  expect_failures = [var.restore]
}

run "unknown_profile" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { profile = "fast" }
  }

  expect_failures = [var.restore]
}

run "no_service_proving" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { max_proving = 0 }
  }

  expect_failures = [var.restore]
}

run "postponed_for_over_a_day" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { max_postpone_minutes = 1441 }
  }

  expect_failures = [var.restore]
}

run "window_without_minutes" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { window = "22-06" }
  }

  expect_failures = [var.restore]
}

run "window_that_ends_when_it_begins" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { window = "22:00-22:00" }
  }

  expect_failures = [var.restore]
}

run "probe_of_no_minutes" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { probe_minutes = 0 }
  }

  expect_failures = [var.restore]
}

run "restore_by_a_range_that_descends" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { schedule = "cron(59-0 * * * ? *)" }
  }

  expect_failures = [var.restore]
}

run "restore_by_steps_in_a_range_that_descends" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { schedule = "cron(0/15,59-0/5 * * * ? *)" }
  }

  expect_failures = [var.restore]
}
