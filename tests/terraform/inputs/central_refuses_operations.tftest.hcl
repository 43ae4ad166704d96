# Every rule of the inputs about notifications, alarms and the dashboard, broken once.
run "a_topic_that_is_none" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    notifications = { topic_arn = "on-call@example.com" }
  }

  expect_failures = [var.notifications]
}

run "a_topic_given_and_another_made" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    notifications = { topic_arn = "arn:aws:sns:us-east-1:123456789012:on-call", create_topic = true }
  }

  expect_failures = [var.notifications]
}

run "no_topic_given_and_none_made" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    notifications = { create_topic = false }
  }

  expect_failures = [var.notifications]
}

run "a_key_without_its_topic" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    notifications = { topic_kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
  }

  expect_failures = [var.notifications]
}

run "an_unknown_format" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    notification_format = "html"
  }

  expect_failures = [var.notification_format]
}

run "no_queue_age" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    alarms = { queue_age_minutes = 0 }
  }

  expect_failures = [var.alarms]
}

run "half_a_failed_restore" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    alarms = { failed_restores_per_hour = 1.5 }
  }

  expect_failures = [var.alarms]
}

run "a_pool_that_is_never_open_for_long" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    alarms = { pool_open_hours = 721 }
  }

  expect_failures = [var.alarms]
}

run "late_before_the_next_tick" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    alarms = { restore_late_minutes = 10 }
  }

  expect_failures = [var.alarms]
}

run "no_cost" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    dashboard = { extra_cost_per_task_hour = 0 }
  }

  expect_failures = [var.dashboard]
}

run "an_operator_who_is_a_session" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    operator_principals = ["arn:aws:sts::123456789012:assumed-role/platform-engineer/anna"]
  }

  expect_failures = [var.operator_principals]
}

run "operators_of_every_account" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    operator_principals = ["arn:aws:iam::*:role/platform-engineer"]
  }

  expect_failures = [var.operator_principals]
}
