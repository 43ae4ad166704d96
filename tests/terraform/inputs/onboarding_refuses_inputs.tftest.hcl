# Inputs that must be refused at plan: one run for each rule.
variables {
  central = {
    account_id        = "123456789012"
    event_bus_arn     = "arn:aws:events:us-east-1:123456789012:event-bus/ecs-spot-failover"
    handler_role_arns = ["arn:aws:iam::123456789012:role/fargate-spot-restore-handler"]
    external_id       = "ecs-spot-failover"
  }
}

run "central_account_of_11_digits" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    central = {
      account_id        = "12345678901"
      event_bus_arn     = "arn:aws:events:us-east-1:123456789012:event-bus/ecs-spot-failover"
      handler_role_arns = ["arn:aws:iam::123456789012:role/fargate-spot-restore-handler"]
      external_id       = "ecs-spot-failover"
    }
  }

  expect_failures = [var.central]
}

run "bus_that_is_a_name" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    central = {
      account_id        = "123456789012"
      event_bus_arn     = "ecs-spot-failover"
      handler_role_arns = ["arn:aws:iam::123456789012:role/fargate-spot-restore-handler"]
      external_id       = "ecs-spot-failover"
    }
  }

  expect_failures = [var.central]
}

run "bus_of_another_account" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    central = {
      account_id        = "123456789012"
      event_bus_arn     = "arn:aws:events:us-east-1:999999999999:event-bus/ecs-spot-failover"
      handler_role_arns = ["arn:aws:iam::123456789012:role/fargate-spot-restore-handler"]
      external_id       = "ecs-spot-failover"
    }
  }

  expect_failures = [var.central]
}

run "no_function_may_enter" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    central = {
      account_id        = "123456789012"
      event_bus_arn     = "arn:aws:events:us-east-1:123456789012:event-bus/ecs-spot-failover"
      handler_role_arns = []
      external_id       = "ecs-spot-failover"
    }
  }

  expect_failures = [var.central]
}

run "role_of_another_account" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    central = {
      account_id        = "123456789012"
      event_bus_arn     = "arn:aws:events:us-east-1:123456789012:event-bus/ecs-spot-failover"
      handler_role_arns = ["arn:aws:iam::999999999999:role/restore"]
      external_id       = "ecs-spot-failover"
    }
  }

  expect_failures = [var.central]
}

run "any_role_of_the_central_account" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    central = {
      account_id        = "123456789012"
      event_bus_arn     = "arn:aws:events:us-east-1:123456789012:event-bus/ecs-spot-failover"
      handler_role_arns = ["arn:aws:iam::123456789012:role/*"]
      external_id       = "ecs-spot-failover"
    }
  }

  expect_failures = [var.central]
}

run "external_id_of_one_character" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    central = {
      account_id        = "123456789012"
      event_bus_arn     = "arn:aws:events:us-east-1:123456789012:event-bus/ecs-spot-failover"
      handler_role_arns = ["arn:aws:iam::123456789012:role/fargate-spot-restore-handler"]
      external_id       = "x"
    }
  }

  expect_failures = [var.central]
}

run "automation_role_name_with_its_path" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    central = {
      account_id           = "123456789012"
      event_bus_arn        = "arn:aws:events:us-east-1:123456789012:event-bus/ecs-spot-failover"
      handler_role_arns    = ["arn:aws:iam::123456789012:role/fargate-spot-restore-handler"]
      external_id          = "ecs-spot-failover"
      automation_role_name = "platform/Automation"
    }
  }

  expect_failures = [var.central]
}

run "automation_role_path_without_slashes" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    central = {
      account_id           = "123456789012"
      event_bus_arn        = "arn:aws:events:us-east-1:123456789012:event-bus/ecs-spot-failover"
      handler_role_arns    = ["arn:aws:iam::123456789012:role/fargate-spot-restore-handler"]
      external_id          = "ecs-spot-failover"
      automation_role_path = "platform"
    }
  }

  expect_failures = [var.central]
}

run "synthetic_source_of_aws" {
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
      synthetic_event_sources = ["aws.ecs"]
    }
  }

  expect_failures = [var.central]
}

run "prefix_with_a_dot" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    name_prefix = "dev."
  }

  expect_failures = [var.name_prefix]
}

run "tag_key_of_aws" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    tags = { "aws:team" = "orders" }
  }

  expect_failures = [var.tags]
}

run "name_with_a_space" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    names = { forward_role = "forward role" }
  }

  expect_failures = [var.names]
}

run "two_rules_of_one_name" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    names = { placement_failure_rule = "forward", spot_interruption_rule = "forward" }
  }

  expect_failures = [var.names]
}

run "forward_role_with_its_path" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    create_roles      = false
    forward_role_name = "platform/forward"
  }

  expect_failures = [var.forward_role_name]
}

run "forward_role_that_would_be_made_too" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    forward_role_name = "forward"
  }

  expect_failures = [var.forward_role_name]
}

run "role_path_without_slashes" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    role_path = "platform"
  }

  expect_failures = [var.role_path]
}

run "boundary_that_is_a_name" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    permissions_boundary = "boundary"
  }

  expect_failures = [var.permissions_boundary]
}

run "role_to_pass_that_is_a_name" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    pass_role_arns = ["task-role"]
  }

  expect_failures = [var.pass_role_arns]
}

run "any_role_to_pass" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    pass_role_arns = ["arn:aws:iam::111111111111:role/*"]
  }

  expect_failures = [var.pass_role_arns]
}

run "unknown_rule_state" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    eventbridge_rule_state = "OFF"
  }

  expect_failures = [var.eventbridge_rule_state]
}

run "alias_of_a_key" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    kms_key_arn = "arn:aws:kms:us-east-1:123456789012:alias/aws/sqs"
  }

  expect_failures = [var.kms_key_arn]
}

run "alarm_action_that_is_an_address" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    alarm_actions = ["on-call@example.com"]
  }

  expect_failures = [var.alarm_actions]
}

run "more_than_50_tags" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    tags = { for i in range(51) : "tag-${i}" => "x" }
  }

  expect_failures = [var.tags]
}

run "heartbeat_role_with_its_path" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    create_roles        = false
    heartbeat_role_name = "platform/heartbeat"
  }

  expect_failures = [var.heartbeat_role_name]
}

run "heartbeat_role_that_would_be_made_too" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    heartbeat_role_name = "platform-heartbeat"
  }

  expect_failures = [var.heartbeat_role_name]
}

run "roles_of_one_name" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    names = { heartbeat_role = "Fargate-Spot-Forward" }
  }

  expect_failures = [var.names]
}

run "heartbeat_of_no_minutes" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    heartbeat_interval_minutes = 0
  }

  expect_failures = [var.heartbeat_interval_minutes]
}

run "one_lost_heartbeat_would_be_an_alarm" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    heartbeat_interval_minutes = 8
  }

  expect_failures = [var.heartbeat_interval_minutes]
}

run "twins_that_the_central_account_does_not_have" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    failover_service = true
  }

  expect_failures = [var.failover_service]
}

run "roles_to_pass_where_no_role_is_made" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    create_roles   = false
    pass_role_arns = ["arn:aws:iam::111111111111:role/tasks/orders"]
  }

  expect_failures = [var.pass_role_arns]
}

run "no_cluster_to_switch_in" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    automation_scope = { clusters = [] }
  }

  expect_failures = [var.automation_scope]
}

run "a_clusters_arn_to_switch_in" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    automation_scope = { clusters = ["arn:aws:ecs:us-east-1:111111111111:cluster/prod"] }
  }

  expect_failures = [var.automation_scope]
}

run "a_tag_to_switch_by_that_is_none" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    automation_scope = { service_tags = { team = "a*" } }
  }

  expect_failures = [var.automation_scope]
}

run "a_scope_where_no_role_is_made" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    create_roles     = false
    automation_scope = { clusters = ["prod"] }
  }

  expect_failures = [var.automation_scope]
}

run "an_automation_scope_with_a_misspelt_name" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    automation_scope = { cluster = ["prod"] }
  }

  expect_failures = [var.automation_scope]
}

run "a_role_of_the_automation_roles_name" {
  command = plan

  module {
    source = "./modules/workload-onboarding"
  }

  variables {
    name_prefix = "Central"
    names       = { heartbeat_role = "spotAutomationRole" }
  }

  expect_failures = [var.names]
}
