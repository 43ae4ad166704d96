# The sweep: started by a schedule, fed by heartbeats and by its own messages; and who is told when it does not run.
mock_provider "aws" {
  source = "./tests/terraform/mocks"
}

run "schedule_and_queue_feed_one_function" {
  command = plan

  module {
    source = "./modules/central"
  }

  assert {
    condition     = aws_cloudwatch_event_rule.sweep.schedule_expression == "rate(5 minutes)" && aws_cloudwatch_event_rule.sweep.name == "fargate-spot-sweep-schedule" && aws_lambda_permission.sweep.principal == "events.amazonaws.com"
    error_message = "The rule ${aws_cloudwatch_event_rule.sweep.name} starts the sweep by ${aws_cloudwatch_event_rule.sweep.schedule_expression}."
  }

  assert {
    condition     = aws_lambda_event_source_mapping.sweep.function_response_types == toset(["ReportBatchItemFailures"]) && aws_lambda_event_source_mapping.sweep.batch_size == 10 && aws_lambda_event_source_mapping.sweep.scaling_config[0].maximum_concurrency == 5
    error_message = "The sweep does not read its queue in batches of 10 with partial failures, 5 at a time."
  }

  assert {
    condition     = length(aws_cloudwatch_event_target.heartbeat.dead_letter_config) == 1 && length(aws_cloudwatch_event_target.sweep.dead_letter_config) == 1
    error_message = "A target of the sweep has no dead-letter queue."
  }

  assert {
    condition     = aws_lambda_function_event_invoke_config.sweep.maximum_retry_attempts == 0 && aws_lambda_function_event_invoke_config.sweep.maximum_event_age_in_seconds == 60 && length(aws_lambda_function_event_invoke_config.sweep.destination_config) == 0
    error_message = "A tick that failed or could not start would run beside the next one, or be kept."
  }

  assert {
    condition     = aws_lambda_function_recursion_config.sweep.recursive_loop == "Allow"
    error_message = "Lambda would stop a long sweep that goes on by orders to itself."
  }

  assert {
    condition     = output.onboarding.silent_after_minutes == 15
    error_message = "The accounts would be told of ${output.onboarding.silent_after_minutes} minutes."
  }
}

run "a_silent_path_is_an_alarm_and_so_is_a_sweep_that_does_not_run" {
  command = plan

  module {
    source = "./modules/central"
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.silent_paths.namespace == "EcsSpotFailover"
      && aws_cloudwatch_metric_alarm.silent_paths.metric_name == "SilentPaths"
      && aws_cloudwatch_metric_alarm.silent_paths.dimensions == tomap({ service = "fargate-spot-sweep-handler" })
      && aws_cloudwatch_metric_alarm.silent_paths.statistic == "Maximum"
      && aws_cloudwatch_metric_alarm.silent_paths.comparison_operator == "GreaterThanThreshold"
      && aws_cloudwatch_metric_alarm.silent_paths.threshold == 0
      && aws_cloudwatch_metric_alarm.silent_paths.treat_missing_data == "breaching"
    )
    error_message = "The alarm is ${jsonencode(aws_cloudwatch_metric_alarm.silent_paths)}."
  }

  assert {
    condition     = startswith(aws_cloudwatch_metric_alarm.silent_paths.alarm_description, "PATH_SILENT: ")
    error_message = "The alarm says ${aws_cloudwatch_metric_alarm.silent_paths.alarm_description}"
  }
}

run "a_sweep_that_is_switched_off_is_no_alarm" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    eventbridge_rule_state_overrides = { sweep = "DISABLED" }
  }

  assert {
    condition     = aws_cloudwatch_event_rule.sweep.state == "DISABLED" && aws_cloudwatch_metric_alarm.silent_paths.treat_missing_data == "notBreaching"
    error_message = "The rule is ${aws_cloudwatch_event_rule.sweep.state}, and missing data is ${aws_cloudwatch_metric_alarm.silent_paths.treat_missing_data}."
  }
}

run "scheduled_runs_that_keep_failing_are_alarms" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    alarm_actions = ["arn:aws:sns:us-east-1:123456789012:on-call"]
    restore       = { schedule = "cron(0/15 * * * ? *)" }
    sweep         = { schedule = "rate(1 minute)" }
  }

  assert {
    condition = { for key, alarm in aws_cloudwatch_metric_alarm.failed_runs : key => [alarm.namespace, alarm.metric_name, alarm.dimensions.FunctionName, alarm.statistic] } == {
      restore_errors    = ["AWS/Lambda", "Errors", "fargate-spot-restore-handler", "Sum"]
      restore_throttles = ["AWS/Lambda", "Throttles", "fargate-spot-restore-handler", "Sum"]
      sweep_errors      = ["AWS/Lambda", "Errors", "fargate-spot-sweep-handler", "Sum"]
      sweep_throttles   = ["AWS/Lambda", "Throttles", "fargate-spot-sweep-handler", "Sum"]
    }
    error_message = "The alarms are on ${jsonencode({ for key, alarm in aws_cloudwatch_metric_alarm.failed_runs : key => [alarm.metric_name, alarm.dimensions] })}."
  }

  # Over periods that are shorter than a tick two of three could never fail.
  assert {
    condition     = { for key, alarm in aws_cloudwatch_metric_alarm.failed_runs : key => alarm.period } == { restore_errors = 900, restore_throttles = 900, sweep_errors = 60, sweep_throttles = 60 }
    error_message = "The periods are ${jsonencode({ for key, alarm in aws_cloudwatch_metric_alarm.failed_runs : key => alarm.period })}."
  }

  # A longer one hides for hours that nothing runs, a shorter one may miss a tick.
  assert {
    condition     = aws_cloudwatch_metric_alarm.this["restore_late"].period == 1800 && aws_cloudwatch_metric_alarm.silent_paths.period == 600
    error_message = "The periods are ${aws_cloudwatch_metric_alarm.this["restore_late"].period} and ${aws_cloudwatch_metric_alarm.silent_paths.period}."
  }

  assert {
    condition = alltrue([
      for alarm in values(aws_cloudwatch_metric_alarm.failed_runs) :
      alarm.evaluation_periods == 3 && alarm.datapoints_to_alarm == 2 && alarm.treat_missing_data == "notBreaching" && alarm.alarm_actions == toset(var.alarm_actions)
    ])
    error_message = "An alarm does not wait for the second failed tick of three, or tells nobody."
  }
}

run "every_alarm_description_fits" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    name_prefix      = "a-prefix-of-thirty-two-character"
    failover_service = { enabled = true }
  }

  assert {
    condition     = alltrue([for alarm in concat([aws_cloudwatch_metric_alarm.silent_paths, aws_cloudwatch_metric_alarm.stuck_records], values(aws_cloudwatch_metric_alarm.failed_runs)) : length(alarm.alarm_description) <= 1024])
    error_message = "CloudWatch takes 1024 characters."
  }
}

run "sweep_by_cron" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    sweep = { schedule = "cron(2/5 * * * ? *)" }
  }

  assert {
    condition     = aws_cloudwatch_event_rule.sweep.schedule_expression == "cron(2/5 * * * ? *)"
    error_message = "The schedule is ${aws_cloudwatch_event_rule.sweep.schedule_expression}."
  }
}
