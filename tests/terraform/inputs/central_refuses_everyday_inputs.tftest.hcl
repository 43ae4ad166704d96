# Inputs that must be refused at plan: one run for each rule.
run "prefix_with_a_dot" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    name_prefix = "dev."
  }

  expect_failures = [var.name_prefix]
}

run "prefix_of_33_characters" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    name_prefix = "a23456789-b23456789-c23456789-123"
  }

  expect_failures = [var.name_prefix]
}

run "tag_key_of_aws" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    tags = { "aws:team" = "orders" }
  }

  expect_failures = [var.tags]
}

run "tag_value_of_257_characters" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    tags = { team = join("", [for i in range(257) : "x"]) }
  }

  expect_failures = [var.tags]
}

run "organization_that_is_an_account" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    organization_id = "123456789012"
  }

  expect_failures = [var.organization_id]
}

run "unit_without_its_path" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    organizational_unit_paths = ["ou-ab12-11111111"]
  }

  expect_failures = [var.organizational_unit_paths]
}

run "unit_path_without_an_end" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    organizational_unit_paths = ["o-a1b2c3d4e5/r-ab12/ou-ab12-11111111"]
  }

  expect_failures = [var.organizational_unit_paths]
}

run "organization_and_units_at_once" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    organization_id           = "o-a1b2c3d4e5"
    organizational_unit_paths = ["o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*"]
  }

  expect_failures = [var.organizational_unit_paths]
}

run "account_of_11_digits" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    workload_account_ids = ["12345678901"]
  }

  expect_failures = [var.workload_account_ids]
}

run "account_named_twice" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    workload_account_ids = ["111111111111", "111111111111"]
  }

  expect_failures = [var.workload_account_ids]
}

run "name_with_a_space" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    names = { restore_function = "restore handler" }
  }

  expect_failures = [var.names]
}

run "two_functions_of_one_name" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    names = { restore_function = "handler", spot_interruption_function = "handler" }
  }

  expect_failures = [var.names]
}

run "two_queues_of_one_name" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    names = { placement_failure_queue = "events", spot_interruption_queue = "events" }
  }

  expect_failures = [var.names]
}

run "two_rules_of_one_name" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    names = { placement_failure_rule = "events", spot_interruption_rule = "events" }
  }

  expect_failures = [var.names]
}

run "table_name_of_two_characters" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    names = { state_table = "ab" }
  }

  expect_failures = [var.names]
}

run "the_default_bus" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    names = { event_bus = "default" }
  }

  expect_failures = [var.names]
}

run "external_id_of_one_character" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    external_id = "x"
  }

  expect_failures = [var.external_id]
}

run "role_path_without_slashes" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    role_path = "platform"
  }

  expect_failures = [var.role_path]
}

run "role_path_without_a_slash_at_its_end" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    role_path = "/platform"
  }

  expect_failures = [var.role_path]
}

run "boundary_that_is_a_name" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    permissions_boundary = "boundary"
  }

  expect_failures = [var.permissions_boundary]
}

run "alarm_action_that_is_an_address" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    alarm_actions = ["on-call@example.com"]
  }

  expect_failures = [var.alarm_actions]
}

run "six_alarm_actions" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    alarm_actions = [for i in range(6) : "arn:aws:sns:us-east-1:123456789012:on-call-${i}"]
  }

  expect_failures = [var.alarm_actions]
}

run "tag_value_that_aws_does_not_take" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    tags = { team = "orders, media" }
  }

  expect_failures = [var.tags]
}

run "more_than_50_tags" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    tags = { for i in range(51) : "tag-${i}" => "x" }
  }

  expect_failures = [var.tags]
}

run "automation_role_named_as_a_function" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    names = { automation_role = "Fargate-Spot-Restore-Handler" }
  }

  expect_failures = [var.names]
}

run "dead_letter_queues_of_one_name" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    names = { restore_function = "events", spot_interruption_queue = "events" }
  }

  expect_failures = [var.names]
}

run "queue_named_as_a_dead_letter_queue" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    names = { placement_failure_queue = "events", spot_interruption_queue = "events-dlq" }
  }

  expect_failures = [var.names]
}

run "schedules_of_one_name" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    names = { sweep_rule = "fargate-spot-restore-schedule" }
  }

  expect_failures = [var.names]
}

run "heartbeat_rule_named_as_another" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    names = { heartbeat_rule = "fargate-spot-interruption" }
  }

  expect_failures = [var.names]
}

run "sweep_queue_named_as_a_dead_letter_queue" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    names = { sweep_queue = "fargate-spot-restore-handler-dlq" }
  }

  expect_failures = [var.names]
}
