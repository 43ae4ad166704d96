# What the functions are told by their environment variable POLICY.
mock_provider "aws" {
  source = "./tests/terraform/mocks"
}

run "defaults" {
  command = plan

  module {
    source = "./modules/central"
  }

  assert {
    condition = jsondecode(local.environment.POLICY) == {
      enabled         = true
      mode            = "act"
      enrollment      = "opt_out"
      fallback_pairs  = { FARGATE_SPOT = "FARGATE" }
      fallback_weight = 10
      scope = {
        accounts = [], exclude_accounts = [], clusters = [], exclude_clusters = [], services = [], exclude_services = []
      }
      account_overrides         = {}
      max_event_age_minutes     = 15
      failover_deadline_minutes = 15
      max_failovers_per_hour    = 0
      spot_interruption = {
        response = "auto", min_interval_minutes = 10, failover_after = 3, failover_percent = 50, window_minutes = 10
      }
      restore = {
        profile = "balanced", allow_disruption = false, probe_minutes = 10
      }
      sweep = { threshold_minutes = 10, silent_after_minutes = 15 }
      failover_service = {
        enabled = false, max_tasks = 100, whole_for_minutes = 10, step_percent = 25, step_wait_minutes = 2
      }
      task_set = {
        enabled = false, state_machine_name = "controlled-scaledown", wait_for_service_seconds = 600, scaledown_decrement = 10, scaledown_wait_seconds = 60
      }
      synthetic_events = { enabled = false, sources = ["test.aws.ecs"], act_from_central = false }
    }
    error_message = "POLICY is ${local.environment.POLICY}."
  }
}

run "overrides_hold_only_what_is_given" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    account_overrides = {
      "111111111111" = { mode = "observe" }
      "222222222222" = { enabled = false, interruption_response = "none" }
    }
  }

  assert {
    condition = jsondecode(local.environment.POLICY).account_overrides == {
      "111111111111" = { mode = "observe" }
      "222222222222" = { enabled = false, interruption_response = "none" }
    }
    error_message = "POLICY is ${local.environment.POLICY}."
  }
}

run "settings_reach_the_functions" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    enabled           = false
    mode              = "observe"
    enrollment        = "opt_in"
    fallback_pairs    = { FARGATE_SPOT = "FARGATE", workers-spot = "workers" }
    fallback_weight   = 1
    scope             = { clusters = ["prod-*"], exclude_services = ["batch-?"] }
    spot_interruption = { response = "failover", look_after_seconds = 45, failover_after = 5, failover_percent = 40, window_minutes = 3 }
    restore           = { initial_delay_minutes = 10, probe_minutes = 20, schedule = "rate(1 minute)" }
    sweep             = { threshold_minutes = 5, silent_after_minutes = 30, schedule = "rate(2 minutes)" }
    failover_service  = { enabled = true, max_tasks = 20, whole_for_minutes = 5, step_percent = 50, step_wait_minutes = 1 }
    task_set          = { enabled = true, state_machine_name = "replace", wait_for_service_seconds = 90, scaledown_decrement = 25, scaledown_wait_seconds = 30 }
    account_overrides = { "111111111111" = { interruption_response = "failover", task_set = false } }
    log_level         = "DEBUG"
  }

  assert {
    condition     = !jsondecode(local.environment.POLICY).enabled && jsondecode(local.environment.POLICY).mode == "observe" && jsondecode(local.environment.POLICY).enrollment == "opt_in"
    error_message = "POLICY is ${local.environment.POLICY}."
  }

  assert {
    condition     = jsondecode(local.environment.POLICY).fallback_pairs == { FARGATE_SPOT = "FARGATE", workers-spot = "workers" } && jsondecode(local.environment.POLICY).fallback_weight == 1
    error_message = "POLICY is ${local.environment.POLICY}."
  }

  assert {
    condition     = jsondecode(local.environment.POLICY).scope.clusters == ["prod-*"] && jsondecode(local.environment.POLICY).scope.exclude_services == ["batch-?"]
    error_message = "POLICY is ${local.environment.POLICY}."
  }

  assert {
    condition     = jsondecode(local.environment.POLICY).restore == { profile = "balanced", allow_disruption = false, initial_delay_minutes = 10, probe_minutes = 20 }
    error_message = "POLICY is ${local.environment.POLICY}."
  }

  assert {
    condition = jsondecode(local.environment.POLICY).spot_interruption == {
      response = "failover", min_interval_minutes = 10, failover_after = 5, failover_percent = 40, window_minutes = 3
    }
    error_message = "POLICY is ${local.environment.POLICY}."
  }

  assert {
    condition     = jsondecode(local.environment.POLICY).sweep == { threshold_minutes = 5, silent_after_minutes = 30 }
    error_message = "POLICY is ${local.environment.POLICY}."
  }

  assert {
    condition = jsondecode(local.environment.POLICY).failover_service == {
      enabled = true, max_tasks = 20, whole_for_minutes = 5, step_percent = 50, step_wait_minutes = 1
    }
    error_message = "POLICY is ${local.environment.POLICY}."
  }

  assert {
    condition = jsondecode(local.environment.POLICY).task_set == {
      enabled = true, state_machine_name = "replace", wait_for_service_seconds = 90, scaledown_decrement = 25, scaledown_wait_seconds = 30
    }
    error_message = "POLICY is ${local.environment.POLICY}."
  }

  assert {
    condition     = jsondecode(local.environment.POLICY).account_overrides == { "111111111111" = { interruption_response = "failover", task_set = false } }
    error_message = "POLICY is ${local.environment.POLICY}."
  }

  assert {
    condition     = aws_sqs_queue.this["spot_interruption"].delay_seconds == 45 && aws_cloudwatch_event_rule.restore.schedule_expression == "rate(1 minute)"
    error_message = "Delay and schedule are not as given."
  }

  assert {
    condition     = local.environment.POWERTOOLS_LOG_LEVEL == "DEBUG"
    error_message = "The log level is not as given."
  }
}

run "pairs_of_one_cluster" {
  command = plan

  module {
    source = "./modules/central"
  }

  # In old workers is the Spot side of a pair, but no longer the on-demand side of one: there its own pair wins.
  variables {
    fallback_pairs = {
      FARGATE_SPOT           = "FARGATE"
      workers-spot           = "workers"
      "prod/workers-spot"    = "reserved"
      "dev/FARGATE_SPOT"     = "FARGATE"
      "old/workers"          = "on-demand"
      "old/workers-spot"     = "on-demand"
      "legacy/reserved-spot" = "reserved"
    }
  }

  assert {
    condition     = jsondecode(local.environment.POLICY).fallback_pairs == { for spot, on_demand in var.fallback_pairs : spot => on_demand } && length(jsondecode(local.environment.POLICY).fallback_pairs) == 7
    error_message = "POLICY is ${local.environment.POLICY}."
  }
}
