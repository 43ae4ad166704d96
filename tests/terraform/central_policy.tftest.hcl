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
      spot_interruption         = { response = "auto", min_interval_minutes = 10 }
      restore = {
        profile = "balanced", allow_disruption = false
      }
      sweep            = { threshold_minutes = 10 }
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
    spot_interruption = { response = "redeploy", look_after_seconds = 45 }
    restore           = { initial_delay_minutes = 10, schedule = "rate(1 minute)" }
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
    condition     = jsondecode(local.environment.POLICY).restore.initial_delay_minutes == 10 && !contains(keys(jsondecode(local.environment.POLICY).restore), "schedule")
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
