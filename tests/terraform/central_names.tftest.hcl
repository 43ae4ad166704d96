mock_provider "aws" {
  source = "./tests/terraform/mocks"
}

run "defaults" {
  command = plan

  module {
    source = "./modules/central"
  }

  assert {
    condition = { for key, function in output.functions : key => function.name } == {
      placement_failure = "fargate-spot-task-placement-failure-handler"
      spot_interruption = "fargate-spot-interruption-handler"
      restore           = "fargate-spot-restore-handler"
      sweep             = "fargate-spot-sweep-handler"
    }
    error_message = "The functions' names are ${jsonencode({ for key, function in output.functions : key => function.name })}."
  }

  assert {
    condition     = alltrue([for function in values(output.functions) : function.log_group_name == "/aws/lambda/${function.name}" && function.role_name == function.name])
    error_message = "A log group or role is not named after its function."
  }

  assert {
    condition = { for key, queue in output.queues : key => queue.name } == {
      placement_failure = "fargate-spot-placement-failure-queue"
      spot_interruption = "fargate-spot-interruption-queue"
      sweep             = "fargate-spot-sweep-queue"
    }
    error_message = "The queues' names are ${jsonencode({ for key, queue in output.queues : key => queue.name })}."
  }

  assert {
    condition = { for key, queue in output.dead_letter_queues : key => queue.name } == {
      placement_failure = "fargate-spot-placement-failure-queue-dlq"
      spot_interruption = "fargate-spot-interruption-queue-dlq"
      restore           = "fargate-spot-restore-handler-dlq"
      sweep             = "fargate-spot-sweep-queue-dlq"
    }
    error_message = "The dead-letter queues' names are ${jsonencode({ for key, queue in output.dead_letter_queues : key => queue.name })}."
  }

  assert {
    condition     = output.state_table.name == "ecs_cp_restore_state" && output.onboarding.automation_role_name == "CentralSpotAutomationRole"
    error_message = "The table is ${output.state_table.name}, the automation role ${output.onboarding.automation_role_name}."
  }
}

run "prefix_goes_before_every_name" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    name_prefix      = "dev-"
    failover_service = { enabled = true }
  }

  assert {
    condition = alltrue([
      for name in concat(
        [for function in values(output.functions) : function.name],
        [for rule in values(output.rules) : rule.name],
        [for queue in concat(values(output.queues), values(output.dead_letter_queues)) : queue.name],
        [output.state_table.name, output.event_bus_name, output.onboarding.automation_role_name, output.onboarding.external_id],
      ) : startswith(name, "dev-")
    ])
    error_message = "A name lacks the prefix."
  }
}

run "long_names_are_cut_and_stay_different" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    name_prefix = "a-prefix-of-thirty-two-character"
    names = {
      placement_failure_queue = "a-very-long-name-for-the-queue-of-placement-failures-of-the-platform"
      spot_interruption_queue = "a-very-long-name-for-the-queue-of-placement-failures-of-the-platforn"
    }
  }

  assert {
    condition     = alltrue([for function in values(output.functions) : length(function.name) <= 64])
    error_message = "A function's name is over 64 characters: ${jsonencode([for function in values(output.functions) : function.name])}."
  }

  assert {
    condition     = alltrue([for queue in concat(values(output.queues), values(output.dead_letter_queues)) : length(queue.name) <= 80])
    error_message = "A queue's name is over 80 characters: ${jsonencode([for queue in values(output.queues) : queue.name])}."
  }

  assert {
    condition     = output.queues.placement_failure.name != output.queues.spot_interruption.name
    error_message = "Two names that differ at their end were cut to the same: ${output.queues.placement_failure.name}."
  }
}

run "a_bus_of_any_name_leaves_room_for_the_names_of_its_alarms" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    names = { event_bus = join("", [for i in range(256) : "b"]) }
  }

  assert {
    condition     = max([for alarm in values(aws_cloudwatch_metric_alarm.this) : length(alarm.alarm_name)]...) == 255
    error_message = "Of the alarms' names one is not 255 characters: ${jsonencode(values(aws_cloudwatch_metric_alarm.this)[*].alarm_name)}."
  }
}

run "role_path_is_part_of_what_accounts_trust" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    role_path = "/platform/"
  }

  assert {
    condition = toset(output.onboarding.handler_role_arns) == toset([
      "arn:aws:iam::123456789012:role/platform/fargate-spot-task-placement-failure-handler",
      "arn:aws:iam::123456789012:role/platform/fargate-spot-interruption-handler",
      "arn:aws:iam::123456789012:role/platform/fargate-spot-restore-handler",
      "arn:aws:iam::123456789012:role/platform/fargate-spot-sweep-handler",
    ])
    error_message = "The accounts would trust ${jsonencode(output.onboarding.handler_role_arns)}."
  }

  assert {
    condition     = local.environment.AUTOMATION_ROLE_NAME == "platform/CentralSpotAutomationRole"
    error_message = "The functions would assume ${local.environment.AUTOMATION_ROLE_NAME}."
  }
}

run "version_is_that_of_the_product" {
  command = plan

  module {
    source = "./modules/central"
  }

  assert {
    condition     = output.module_name == "ecs-spot-failover/central" && output.module_version == trimspace(file("VERSION"))
    error_message = "The module calls itself ${output.module_name} ${output.module_version}."
  }
}
