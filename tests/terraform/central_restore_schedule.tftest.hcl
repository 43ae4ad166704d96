# Schedules that restore services often enough.
mock_provider "aws" {
  source = "./tests/terraform/mocks"
}

run "every_minute" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { schedule = "rate(1 minute)" }
  }

  assert {
    condition     = aws_cloudwatch_event_rule.restore.schedule_expression == "rate(1 minute)"
    error_message = "The schedule is ${aws_cloudwatch_event_rule.restore.schedule_expression}."
  }
}

run "every_15_minutes" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { schedule = "rate(15 minutes)" }
  }

  assert {
    condition     = aws_cloudwatch_event_rule.restore.schedule_expression == "rate(15 minutes)"
    error_message = "The schedule is ${aws_cloudwatch_event_rule.restore.schedule_expression}."
  }
}

run "every_15_minutes_by_cron" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { schedule = "cron(0/15 * * * ? *)" }
  }

  assert {
    condition     = aws_cloudwatch_event_rule.restore.schedule_expression == "cron(0/15 * * * ? *)"
    error_message = "The schedule is ${aws_cloudwatch_event_rule.restore.schedule_expression}."
  }
}

run "every_5_minutes_by_cron" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { schedule = "cron(*/5 * ? * * *)" }
  }

  assert {
    condition     = aws_cloudwatch_event_rule.restore.schedule_expression == "cron(*/5 * ? * * *)"
    error_message = "The schedule is ${aws_cloudwatch_event_rule.restore.schedule_expression}."
  }
}

run "every_minute_by_cron" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { schedule = "cron(* * * * ? *)" }
  }

  assert {
    condition     = aws_cloudwatch_event_rule.restore.schedule_expression == "cron(* * * * ? *)"
    error_message = "The schedule is ${aws_cloudwatch_event_rule.restore.schedule_expression}."
  }
}

run "named_minutes" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { schedule = "cron(3,18,33,48 * * * ? *)" }
  }

  assert {
    condition     = aws_cloudwatch_event_rule.restore.schedule_expression == "cron(3,18,33,48 * * * ? *)"
    error_message = "The schedule is ${aws_cloudwatch_event_rule.restore.schedule_expression}."
  }
}

run "a_stretch_and_single_minutes" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { schedule = "cron(0-29,40,50 * * * ? *)" }
  }

  assert {
    condition     = aws_cloudwatch_event_rule.restore.schedule_expression == "cron(0-29,40,50 * * * ? *)"
    error_message = "The schedule is ${aws_cloudwatch_event_rule.restore.schedule_expression}."
  }
}

run "an_offset" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    restore = { schedule = "cron(7/15 * * * ? *)" }
  }

  assert {
    condition     = aws_cloudwatch_event_rule.restore.schedule_expression == "cron(7/15 * * * ? *)"
    error_message = "The schedule is ${aws_cloudwatch_event_rule.restore.schedule_expression}."
  }
}

run "ticks_do_not_pile_up" {
  command = plan

  module {
    source = "./modules/central"
  }

  assert {
    condition     = aws_lambda_function_event_invoke_config.restore.maximum_retry_attempts == 0 && aws_lambda_function_event_invoke_config.restore.maximum_event_age_in_seconds == 60
    error_message = "A tick that failed or could not start would run beside the next one."
  }

  # A letter per tick would fill the queue while one account refuses the functions.
  assert {
    condition     = length(aws_lambda_function_event_invoke_config.restore.destination_config) == 0 && length(aws_cloudwatch_event_target.restore.dead_letter_config) == 1
    error_message = "Only a tick that could not be started may become a dead letter."
  }
}
