# On-demand twins: what listens to tasks exists only where the method is switched on.
mock_provider "aws" {
  source = "./tests/terraform/mocks"
}

run "without_it_nothing_listens_to_tasks" {
  command = plan

  module {
    source = "./modules/central"
  }

  assert {
    condition     = length(aws_cloudwatch_event_rule.task_state) == 0 && length(aws_cloudwatch_event_target.task_state) == 0 && length(aws_lambda_event_source_mapping.task_state) == 0 && length(module.task_state) == 0
    error_message = "A rule, target, mapping or function for tasks exists."
  }

  assert {
    condition     = !contains(keys(aws_sqs_queue.this), "task_state") && !contains(keys(data.aws_iam_policy_document.reads_queue), "task_state")
    error_message = "A queue for tasks exists, or the permission to read it."
  }

  assert {
    condition     = !anytrue([for outputs in [output.functions, output.rules, output.queues, output.dead_letter_queues, output.alarm_arns] : contains(keys(outputs), "task_state")])
    error_message = "An output names what does not exist."
  }

  assert {
    condition     = !output.onboarding.failover_service && length(output.onboarding.handler_role_arns) == 4
    error_message = "The accounts would be told ${jsonencode(output.onboarding)}."
  }
}

run "with_it_tasks_of_services_reach_a_function" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    failover_service = { enabled = true }
  }

  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.task_state[0].event_pattern) == {
      source      = ["aws.ecs"]
      detail-type = ["ECS Task State Change"]
      detail      = { lastStatus = ["RUNNING", "STOPPED"], group = [{ prefix = "service:" }] }
    }
    error_message = "Pattern: ${aws_cloudwatch_event_rule.task_state[0].event_pattern}."
  }

  assert {
    condition     = length(aws_cloudwatch_event_target.task_state[0].dead_letter_config) == 1
    error_message = "The rule's target has no dead-letter queue."
  }

  assert {
    condition = (
      aws_lambda_event_source_mapping.task_state[0].function_response_types == toset(["ReportBatchItemFailures"])
      && aws_lambda_event_source_mapping.task_state[0].batch_size == 100
      && aws_lambda_event_source_mapping.task_state[0].maximum_batching_window_in_seconds == 5
      && aws_lambda_event_source_mapping.task_state[0].scaling_config[0].maximum_concurrency == 10
    )
    error_message = "The function does not read up to 100 tasks of 5 seconds at once, with partial failures."
  }

  assert {
    condition = [output.functions.task_state.name, output.queues.task_state.name, output.dead_letter_queues.task_state.name, output.rules.task_state.name] == [
      "fargate-spot-task-state-handler", "fargate-spot-task-state-queue", "fargate-spot-task-state-queue-dlq", "fargate-spot-task-state"
    ]
    error_message = "Names: ${jsonencode([output.functions.task_state.name, output.queues.task_state.name, output.dead_letter_queues.task_state.name, output.rules.task_state.name])}."
  }

  assert {
    condition     = data.aws_iam_policy_document.reads_queue["task_state"].statement[0].resources == toset(["arn:aws:sqs:us-east-1:123456789012:fargate-spot-task-state-queue"])
    error_message = "The function reads ${jsonencode(data.aws_iam_policy_document.reads_queue["task_state"].statement[0].resources)}."
  }

  assert {
    condition     = output.onboarding.failover_service && contains(output.onboarding.handler_role_arns, "arn:aws:iam::123456789012:role/fargate-spot-task-state-handler")
    error_message = "The accounts would be told ${jsonencode(output.onboarding)}."
  }

  assert {
    condition     = contains(keys(output.alarm_arns), "task_state")
    error_message = "No alarm is on the function's dead letters."
  }
}

run "synthetic_tasks_where_synthetic_events_are_taken" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    failover_service = { enabled = true }
    synthetic_events = { enabled = true }
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.task_state[0].event_pattern).source == ["aws.ecs", "test.aws.ecs"]
    error_message = "Pattern: ${aws_cloudwatch_event_rule.task_state[0].event_pattern}."
  }
}
