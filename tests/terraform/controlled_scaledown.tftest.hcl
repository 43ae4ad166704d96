# The state machine that replaces task sets: what its role and functions may do, and what it is given.
mock_provider "aws" {
  source = "./tests/terraform/mocks"

  mock_resource "aws_lambda_function" {
    defaults = { arn = "arn:aws:lambda:us-east-1:123456789012:function:mock" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mock" }
  }

  mock_resource "aws_dynamodb_table" {
    defaults = { arn = "arn:aws:dynamodb:us-east-1:123456789012:table/mock" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:mock" }
  }
}

variables {
  clusters       = ["shop", "prod-*"]
  load_balancers = ["stream"]
  target_groups  = ["stream-blue", "stream-green"]
  pass_role_arns = ["arn:aws:iam::123456789012:role/stream-task"]
}

run "each_function_may_do_its_part_and_no_more" {
  command = apply

  module {
    source = "./modules/controlled-scaledown"
  }

  assert {
    condition = {
      for key, document in {
        create  = data.aws_iam_policy_document.create
        traffic = data.aws_iam_policy_document.traffic
        tasks   = data.aws_iam_policy_document.tasks
      } : key => sort(flatten([for statement in document.statement : [for action in statement.actions : action if !can(regex("Describe", action))]]))
      } == {
      create  = tolist(["ecs:CreateTaskSet", "iam:PassRole"])
      traffic = tolist(["elasticloadbalancing:AddTags", "elasticloadbalancing:ModifyListener", "elasticloadbalancing:RemoveTags"])
      tasks   = tolist(["ecs:DeleteTaskSet", "ecs:UpdateServicePrimaryTaskSet", "ecs:UpdateTaskSet"])
    }
    error_message = "A function may change something else, or not what it is there for."
  }

  assert {
    condition = data.aws_iam_policy_document.create.statement[0].resources == toset([
      "arn:aws:ecs:us-east-1:123456789012:task-set/shop/*", "arn:aws:ecs:us-east-1:123456789012:task-set/prod-*/*"
    ])
    error_message = "Task sets are made in ${jsonencode(data.aws_iam_policy_document.create.statement[0].resources)}."
  }

  assert {
    condition     = data.aws_iam_policy_document.traffic.statement[1].resources == toset(["arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/net/stream/*"])
    error_message = "Listeners are moved of ${jsonencode(data.aws_iam_policy_document.traffic.statement[1].resources)}."
  }

  assert {
    condition = data.aws_iam_policy_document.traffic.statement[2].resources == toset([
      "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/stream-blue/*", "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/stream-green/*"
    ]) && contains([for condition in data.aws_iam_policy_document.traffic.statement[2].condition : "${condition.test} ${condition.variable} ${join(",", condition.values)}"], "ForAllValues:StringEquals aws:TagKeys isProduction")
    error_message = "More than the tag isProduction of the two groups may be moved."
  }

  assert {
    condition = [for statement in data.aws_iam_policy_document.create.statement : [statement.resources, [for condition in statement.condition : condition.values]] if statement.sid == "PassRolesOfTasks"] == [
      [toset(["arn:aws:iam::123456789012:role/stream-task"]), [tolist(["ecs-tasks.amazonaws.com"])]]
    ]
    error_message = "Other roles may be passed, or to others than tasks."
  }

  # Told is what was done, and no heartbeat, which the forward rule of this bus would take.
  assert {
    condition = toset([
      for condition in data.aws_iam_policy_document.every_step.statement[1].condition : "${condition.test} ${condition.variable} ${join(",", condition.values)}"
      ]) == toset([
      "ForAllValues:StringEquals events:source ecs.spot-failover", "ForAllValues:StringEquals events:detail-type Controlled Scaledown",
      "Null events:source false", "Null events:detail-type false",
    ])
    error_message = "The functions may put ${jsonencode(data.aws_iam_policy_document.every_step.statement[1])}."
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.state_machine.statement : statement.sid] == ["InvokeFunctions", "DeliverLogs", "SendTraces"]
    error_message = "The state machine may do something else."
  }
}

run "all_tasks_invoke_functions_and_every_one_is_retried_and_caught" {
  command = apply

  module {
    source = "./modules/controlled-scaledown"
  }

  variables {
    time_limit_minutes = 60
  }

  assert {
    condition = alltrue([
      for name, state in jsondecode(aws_sfn_state_machine.this.definition).States :
      state.Resource == "arn:aws:states:::lambda:invoke" && length(state.Retry) == 2 && length(state.Catch) >= 1 && state.TimeoutSeconds == 70 if state.Type == "Task"
    ])
    error_message = "A task calls something else, or is not retried, caught or limited in time."
  }

  assert {
    condition     = jsondecode(aws_sfn_state_machine.this.definition).TimeoutSeconds == 12600
    error_message = "The state machine takes ${jsondecode(aws_sfn_state_machine.this.definition).TimeoutSeconds} seconds."
  }

  assert {
    condition     = aws_sfn_state_machine.this.logging_configuration[0].level == "ALL" && aws_sfn_state_machine.this.tracing_configuration[0].enabled
    error_message = "Executions are not logged, or not traced."
  }
}

run "without_roles_and_tracing" {
  command = apply

  module {
    source = "./modules/controlled-scaledown"
  }

  variables {
    pass_role_arns = []
    tracing_mode   = "PassThrough"
  }

  assert {
    condition     = !contains(data.aws_iam_policy_document.create.statement[*].sid, "PassRolesOfTasks") && !contains(data.aws_iam_policy_document.state_machine.statement[*].sid, "SendTraces")
    error_message = "Roles may be passed, or traces sent, without need."
  }

  assert {
    condition     = !aws_sfn_state_machine.this.tracing_configuration[0].enabled
    error_message = "Executions are traced."
  }
}

run "prefix_boundary_tags_key_and_alarms" {
  command = apply

  module {
    source = "./modules/controlled-scaledown"
  }

  variables {
    name_prefix          = "dev-"
    permissions_boundary = "arn:aws:iam::123456789012:policy/boundary"
    role_path            = "/platform/"
    tags                 = { team = "platform" }
    kms_key_arn          = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    alarm_actions        = ["arn:aws:sns:us-east-1:123456789012:on-call"]
  }

  assert {
    condition     = alltrue([for name in concat([output.state_machine_name, output.ledger_table_name], values(output.functions)[*].name) : startswith(name, "dev-")])
    error_message = "A name lacks the prefix."
  }

  assert {
    condition     = aws_iam_role.state_machine.permissions_boundary == "arn:aws:iam::123456789012:policy/boundary" && aws_iam_role.state_machine.path == "/platform/"
    error_message = "The state machine's role lacks boundary or path."
  }

  assert {
    condition     = aws_cloudwatch_log_group.state_machine.kms_key_id == var.kms_key_arn && aws_dynamodb_table.ledger.server_side_encryption[0].kms_key_arn == var.kms_key_arn
    error_message = "Log group or ledger is not encrypted with the key."
  }

  assert {
    condition     = { for key, alarm in aws_cloudwatch_metric_alarm.bad_ends : key => [alarm.metric_name, alarm.alarm_actions] } == { failed = ["ExecutionsFailed", toset(var.alarm_actions)], timed_out = ["ExecutionsTimedOut", toset(var.alarm_actions)], aborted = ["ExecutionsAborted", toset(var.alarm_actions)] }
    error_message = "A bad end raises no alarm, or the alarm tells nobody."
  }

  assert {
    condition     = alltrue([for tags in [aws_sfn_state_machine.this.tags, aws_dynamodb_table.ledger.tags, aws_iam_role.state_machine.tags, aws_cloudwatch_log_group.state_machine.tags] : tags == tomap({ team = "platform" })])
    error_message = "Something is not tagged."
  }
}

run "key_of_another_region" {
  command = plan

  module {
    source = "./modules/controlled-scaledown"
  }

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  expect_failures = [aws_dynamodb_table.ledger]
}

run "alarms_can_not_notify_a_topic_of_another_region" {
  command = plan

  module {
    source = "./modules/controlled-scaledown"
  }

  variables {
    alarm_actions = ["arn:aws:sns:eu-west-1:123456789012:on-call"]
  }

  expect_failures = [aws_cloudwatch_metric_alarm.bad_ends]
}
