# One packaged function: what it may do, and what it is given.
mock_provider "aws" {
  source = "./tests/terraform/mocks"
}

variables {
  name                   = "handler"
  description            = "Does it"
  package                = "lambda_src/dist/spot_failover.zip"
  entry_point            = "spot_failover.handlers.restore.handler"
  runtime                = "python3.13"
  architecture           = "arm64"
  timeout_seconds        = 60
  memory_mb              = 256
  tracing_mode           = "Active"
  environment            = { POLICY = "{}" }
  policy_documents       = []
  role_path              = "/"
  log_retention_days     = 30
  vpc_subnet_ids         = []
  vpc_security_group_ids = []
  dead_letter_queue_name = "handler-dlq"
  sends_dead_letters     = true
  rule_arns              = ["arn:aws:events:us-east-1:123456789012:rule/bus/rule", "arn:aws:events:us-east-1:123456789012:rule/schedule"]
  alarm_description      = "Look"
  alarm_actions          = []
  tags                   = { team = "platform" }
}

run "may_write_its_logs_dead_letters_and_traces_and_no_more" {
  command = plan

  module {
    source = "./modules/handler"
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.this.statement : statement.sid] == ["WriteOwnLogs", "SendToOwnDeadLetterQueue", "SendTraces"]
    error_message = "Statements: ${jsonencode([for statement in data.aws_iam_policy_document.this.statement : statement.sid])}."
  }

  assert {
    condition     = data.aws_iam_policy_document.this.statement[1].resources == toset(["arn:aws:sqs:us-east-1:123456789012:handler-dlq"])
    error_message = "The function may send to ${jsonencode(data.aws_iam_policy_document.this.statement[1].resources)}."
  }

  assert {
    condition     = aws_lambda_function.this.reserved_concurrent_executions == -1 && length(aws_lambda_function.this.vpc_config) == 0
    error_message = "Without inputs no concurrency is set aside and the function is not in a VPC."
  }
}

run "that_sends_no_dead_letters_may_not_and_is_not_told_where" {
  command = plan

  module {
    source = "./modules/handler"
  }

  variables {
    sends_dead_letters = false
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.this.statement : statement.sid] == ["WriteOwnLogs", "SendTraces"]
    error_message = "Statements: ${jsonencode([for statement in data.aws_iam_policy_document.this.statement : statement.sid])}."
  }

  assert {
    condition     = !contains(keys(aws_lambda_function.this.environment[0].variables), "DEAD_LETTER_QUEUE_URL")
    error_message = "It is told where its dead letters go."
  }
}

run "without_tracing_it_may_not_send_traces" {
  command = plan

  module {
    source = "./modules/handler"
  }

  variables {
    tracing_mode = "PassThrough"
  }

  assert {
    condition     = !contains(data.aws_iam_policy_document.this.statement[*].sid, "SendTraces")
    error_message = "The function may send traces though it does not trace."
  }
}

run "with_a_key_it_may_use_it" {
  command = plan

  module {
    source = "./modules/handler"
  }

  variables {
    kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  assert {
    condition = anytrue([
      for statement in data.aws_iam_policy_document.this.statement :
      statement.actions == toset(["kms:Decrypt", "kms:GenerateDataKey"]) && statement.resources == toset([var.kms_key_arn])
    ])
    error_message = "The function may not use the key."
  }

  assert {
    condition     = aws_lambda_function.this.kms_key_arn == var.kms_key_arn && aws_cloudwatch_log_group.this.kms_key_id == var.kms_key_arn && aws_sqs_queue.dead_letters[0].kms_master_key_id == var.kms_key_arn
    error_message = "Environment, log group or dead letters are not encrypted with the key."
  }
}

run "in_a_vpc_only_lambda_itself_manages_interfaces" {
  command = plan

  module {
    source = "./modules/handler"
  }

  variables {
    vpc_subnet_ids         = ["subnet-0a1b2c3d4e5f67890"]
    vpc_security_group_ids = ["sg-0a1b2c3d4e5f67890"]
  }

  assert {
    condition     = aws_lambda_function.this.vpc_config[0].subnet_ids == toset(["subnet-0a1b2c3d4e5f67890"])
    error_message = "The function is not in the subnet."
  }

  assert {
    condition = anytrue([
      for statement in data.aws_iam_policy_document.this.statement : statement.effect == "Deny" && anytrue([
        for condition in statement.condition :
        condition.variable == "lambda:SourceFunctionArn" && condition.values == tolist(["arn:aws:lambda:us-east-1:123456789012:function:handler"])
      ])
    ])
    error_message = "The function's own code may manage network interfaces."
  }
}

run "boundary_path_and_tags" {
  command = plan

  module {
    source = "./modules/handler"
  }

  variables {
    permissions_boundary = "arn:aws:iam::123456789012:policy/boundary"
    role_path            = "/platform/"
    reserved_concurrency = 5
  }

  assert {
    condition     = aws_iam_role.this.permissions_boundary == "arn:aws:iam::123456789012:policy/boundary" && aws_iam_role.this.path == "/platform/"
    error_message = "The role has boundary ${coalesce(aws_iam_role.this.permissions_boundary, "none")} and path ${aws_iam_role.this.path}."
  }

  assert {
    condition     = output.role_arn == "arn:aws:iam::123456789012:role/platform/handler" && aws_lambda_function.this.reserved_concurrent_executions == 5
    error_message = "The role's ARN is ${output.role_arn}."
  }

  assert {
    condition = alltrue([
      for tags in [aws_iam_role.this.tags, aws_lambda_function.this.tags, aws_cloudwatch_log_group.this.tags, aws_sqs_queue.dead_letters[0].tags, aws_cloudwatch_metric_alarm.dead_letters[0].tags] :
      tags == tomap({ team = "platform" })
    ])
    error_message = "Something is not tagged."
  }
}

run "environment_over_4_kb" {
  command = plan

  module {
    source = "./modules/handler"
  }

  variables {
    environment = { POLICY = format("%4000s", "x") }
  }

  expect_failures = [aws_lambda_function.this]
}

run "environment_over_4_kb_only_as_json" {
  command = plan

  module {
    source = "./modules/handler"
  }

  variables {
    environment = { POLICY = jsonencode([for i in range(700) : "x"]) }
  }

  expect_failures = [aws_lambda_function.this]
}

run "key_of_another_region" {
  command = plan

  module {
    source = "./modules/handler"
  }

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  expect_failures = [aws_sqs_queue.dead_letters]
}

run "every_rule_that_uses_the_dead_letter_queue_may_send_to_it" {
  command = plan

  module {
    source = "./modules/handler"
  }

  assert {
    condition     = [for condition in data.aws_iam_policy_document.dead_letters.statement[0].condition : condition.values] == [tolist(var.rule_arns)]
    error_message = "Conditions: ${jsonencode(data.aws_iam_policy_document.dead_letters.statement[0].condition)}."
  }
}

run "urls_of_queues_are_measured_before_they_are_known" {
  command = plan

  module {
    source = "./modules/handler"
  }

  variables {
    sends_dead_letters = false
    queue_urls         = { OWN_QUEUE_URL = { name = "own", url = "https://sqs.us-east-1.amazonaws.com/123456789012/own" } }
  }

  assert {
    condition     = aws_lambda_function.this.environment[0].variables == tomap({ POLICY = "{}", POWERTOOLS_SERVICE_NAME = "handler", OWN_QUEUE_URL = "https://sqs.us-east-1.amazonaws.com/123456789012/own" })
    error_message = "The environment is ${jsonencode(aws_lambda_function.this.environment[0].variables)}."
  }

  assert {
    condition     = output.environment_bytes == length(jsonencode(aws_lambda_function.this.environment[0].variables))
    error_message = "The environment was measured as ${output.environment_bytes} bytes."
  }
}

run "urls_of_queues_in_china_are_measured_too" {
  command = plan

  module {
    source = "./modules/handler"
  }

  override_data {
    target = data.aws_partition.current
    values = { partition = "aws-cn", dns_suffix = "amazonaws.com.cn" }
  }

  override_data {
    target = data.aws_region.current
    values = { id = "cn-north-1" }
  }

  variables {
    sends_dead_letters = false
    queue_urls         = { OWN_QUEUE_URL = { name = "own", url = "https://sqs.cn-north-1.amazonaws.com.cn/123456789012/own" } }
  }

  assert {
    condition     = output.environment_bytes == length(jsonencode(aws_lambda_function.this.environment[0].variables))
    error_message = "The environment was measured as ${output.environment_bytes} bytes."
  }
}

run "that_nothing_invokes_asynchronously_has_no_dead_letters" {
  command = plan

  module {
    source = "./modules/handler"
  }

  variables {
    dead_letter_queue_name = null
    sends_dead_letters     = false
    rule_arns              = []
  }

  assert {
    condition     = length(aws_sqs_queue.dead_letters) == 0 && length(aws_cloudwatch_metric_alarm.dead_letters) == 0
    error_message = "There is a queue, or an alarm on one."
  }

  assert {
    condition     = output.dead_letter_queue == null && output.alarm_arn == null
    error_message = "Outputs: ${jsonencode(output.dead_letter_queue)}, ${jsonencode(output.alarm_arn)}."
  }
}
