# Inputs that must be refused at plan: one run for each rule.
run "unknown_mode" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    mode = "dry-run"
  }

  expect_failures = [var.mode]
}

run "unknown_enrollment" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    enrollment = "all"
  }

  expect_failures = [var.enrollment]
}

run "no_fallback_pairs" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    fallback_pairs = {}
  }

  expect_failures = [var.fallback_pairs]
}

run "provider_named_after_ecs" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    fallback_pairs = { ecs-spot = "on-demand" }
  }

  expect_failures = [var.fallback_pairs]
}

run "provider_with_two_slashes" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    fallback_pairs = { "prod/capacity-provider/spot" = "on-demand" }
  }

  expect_failures = [var.fallback_pairs]
}

run "provider_of_a_cluster_without_a_name" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    fallback_pairs = { "/spot" = "on-demand" }
  }

  expect_failures = [var.fallback_pairs]
}

run "provider_that_falls_back_to_itself" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    fallback_pairs = { group = "group" }
  }

  expect_failures = [var.fallback_pairs]
}

run "chain_of_pairs" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    fallback_pairs = { cheap = "middle", middle = "dear" }
  }

  expect_failures = [var.fallback_pairs]
}

run "fargate_spot_to_a_group" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    fallback_pairs = { FARGATE_SPOT = "group" }
  }

  expect_failures = [var.fallback_pairs]
}

run "group_to_fargate" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    fallback_pairs = { group-spot = "FARGATE" }
  }

  expect_failures = [var.fallback_pairs]
}

run "fargate_the_wrong_way_round" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    fallback_pairs = { FARGATE = "FARGATE_SPOT" }
  }

  expect_failures = [var.fallback_pairs]
}

run "weight_of_zero" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    fallback_weight = 0
  }

  expect_failures = [var.fallback_weight]
}

run "weight_over_1000" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    fallback_weight = 1001
  }

  expect_failures = [var.fallback_weight]
}

run "weight_and_a_half" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    fallback_weight = 1.5
  }

  expect_failures = [var.fallback_weight]
}

run "scope_with_an_account_of_11_digits" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    scope = { accounts = ["12345678901"] }
  }

  expect_failures = [var.scope]
}

run "scope_with_an_arn" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    scope = { clusters = ["arn:aws:ecs:us-east-1:123456789012:cluster/prod"] }
  }

  expect_failures = [var.scope]
}

run "scope_that_names_what_it_excludes" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    scope = { services = ["web"], exclude_services = ["web"] }
  }

  expect_failures = [var.scope]
}

run "scope_with_a_misspelt_name" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    scope = { exclude_cluster = ["dev"] }
  }

  expect_failures = [var.scope]
}

run "scope_that_narrows_nothing" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    scope = {}
  }

  expect_failures = [var.scope]
}

run "override_of_no_account" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    account_overrides = { production = { mode = "observe" } }
  }

  expect_failures = [var.account_overrides]
}

run "override_of_unknown_mode" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    account_overrides = { "111111111111" = { mode = "off" } }
  }

  expect_failures = [var.account_overrides]
}

run "override_of_unknown_enrollment" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    account_overrides = { "111111111111" = { enrollment = "none" } }
  }

  expect_failures = [var.account_overrides]
}

run "override_of_unknown_response" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    account_overrides = { "111111111111" = { interruption_response = "restart" } }
  }

  expect_failures = [var.account_overrides]
}

run "no_event_is_young_enough" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    max_event_age_minutes = 0
  }

  expect_failures = [var.max_event_age_minutes]
}

run "deadline_of_more_than_a_day" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    failover_deadline_minutes = 1441
  }

  expect_failures = [var.failover_deadline_minutes]
}

run "unknown_interruption_response" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    spot_interruption = { response = "restart" }
  }

  expect_failures = [var.spot_interruption]
}

run "redeploys_closer_than_the_notice" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    spot_interruption = { min_interval_minutes = 1 }
  }

  expect_failures = [var.spot_interruption]
}

run "look_later_than_sqs_can_delay" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    spot_interruption = { look_after_seconds = 901 }
  }

  expect_failures = [var.spot_interruption]
}

run "sweep_before_a_task_can_start" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    sweep = { threshold_minutes = 2 }
  }

  expect_failures = [var.sweep]
}

run "synthetic_source_of_aws" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    synthetic_events = { enabled = true, sources = ["aws.ecs"] }
  }

  expect_failures = [var.synthetic_events]
}

run "no_synthetic_source" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    synthetic_events = { enabled = true, sources = [] }
  }

  expect_failures = [var.synthetic_events]
}

run "acting_on_synthetic_events_that_are_off" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    synthetic_events = { act_from_central = true }
  }

  expect_failures = [var.synthetic_events]
}

run "override_with_a_misspelt_attribute" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    account_overrides = { "111111111111" = { mod = "observe" } }
  }

  expect_failures = [var.account_overrides]
}

run "half_a_failover_per_hour" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    max_failovers_per_hour = 0.5
  }

  expect_failures = [var.max_failovers_per_hour]
}

run "half_a_task_lost" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    spot_interruption = { failover_after = 0.5 }
  }

  expect_failures = [var.spot_interruption]
}

run "more_than_all_tasks_lost" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    spot_interruption = { failover_percent = 101 }
  }

  expect_failures = [var.spot_interruption]
}

run "no_time_to_lose_tasks_in" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    spot_interruption = { window_minutes = 0 }
  }

  expect_failures = [var.spot_interruption]
}

run "synthetic_source_of_heartbeats" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    synthetic_events = { sources = ["ecs.spot-failover"] }
  }

  expect_failures = [var.synthetic_events]
}

run "pair_of_one_cluster_with_itself" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    fallback_pairs = { "prod/workers-spot" = "workers-spot" }
  }

  expect_failures = [var.fallback_pairs]
}

run "chain_in_one_cluster" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    fallback_pairs = { workers-spot = "workers", "prod/workers" = "reserved" }
  }

  expect_failures = [var.fallback_pairs]
}

run "chain_of_two_pairs_of_one_cluster" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    fallback_pairs = { "prod/workers-spot" = "workers", "prod/workers" = "reserved" }
  }

  expect_failures = [var.fallback_pairs]
}

run "mixed_pair_of_one_cluster" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    fallback_pairs = { "prod/workers-spot" = "FARGATE" }
  }

  expect_failures = [var.fallback_pairs]
}

run "fargate_spot_with_an_auto_scaling_group_in_one_cluster" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    fallback_pairs = { FARGATE_SPOT = "FARGATE", "prod/FARGATE_SPOT" = "workers" }
  }

  expect_failures = [var.fallback_pairs]
}

run "on_demand_provider_with_a_cluster" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    fallback_pairs = { "prod/workers-spot" = "prod/workers" }
  }

  expect_failures = [var.fallback_pairs]
}
