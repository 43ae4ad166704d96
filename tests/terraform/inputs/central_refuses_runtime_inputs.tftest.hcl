# Inputs that must be refused at plan: one run for each rule.
run "unknown_rule_state" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    eventbridge_rule_state = "OFF"
  }

  expect_failures = [var.eventbridge_rule_state]
}

run "unknown_rule_state_of_one_rule" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    eventbridge_rule_state_overrides = { restore = "off" }
  }

  expect_failures = [var.eventbridge_rule_state_overrides]
}

run "python_3_10" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    runtime = "python3.10"
  }

  expect_failures = [var.runtime]
}

run "unknown_architecture" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    architecture = "amd64"
  }

  expect_failures = [var.architecture]
}

run "unknown_tracing_mode" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    tracing_mode = "On"
  }

  expect_failures = [var.tracing_mode]
}

run "log_level_in_small_letters" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    log_level = "info"
  }

  expect_failures = [var.log_level]
}

run "retention_that_cloudwatch_does_not_know" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    log_retention_days = 10
  }

  expect_failures = [var.log_retention_days]
}

run "alias_of_a_key" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    kms_key_arn = "arn:aws:kms:us-east-1:123456789012:alias/aws/sqs"
  }

  expect_failures = [var.kms_key_arn]
}

run "subnets_without_security_groups" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    vpc_subnet_ids = ["subnet-0a1b2c3d4e5f67890"]
  }

  expect_failures = [var.vpc_subnet_ids]
}

run "security_groups_without_subnets" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    vpc_security_group_ids = ["sg-0a1b2c3d4e5f67890"]
  }

  expect_failures = [var.vpc_subnet_ids]
}

run "subnet_that_is_none" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    vpc_subnet_ids         = ["vpc-0a1b2c3d4e5f67890"]
    vpc_security_group_ids = ["sg-0a1b2c3d4e5f67890"]
  }

  expect_failures = [var.vpc_subnet_ids]
}

run "security_group_that_is_none" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    vpc_subnet_ids         = ["subnet-0a1b2c3d4e5f67890"]
    vpc_security_group_ids = ["default"]
  }

  expect_failures = [var.vpc_security_group_ids]
}

run "more_security_groups_than_lambda_takes" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    vpc_subnet_ids         = ["subnet-0a1b2c3d4e5f67890"]
    vpc_security_group_ids = [for i in range(6) : "sg-0a1b2c3d4e5f6789${i}"]
  }

  expect_failures = [var.vpc_security_group_ids]
}

run "more_subnets_than_lambda_takes" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    vpc_subnet_ids         = [for i in range(17) : "subnet-0a1b2c3d4e5f678${i}"]
    vpc_security_group_ids = ["sg-0a1b2c3d4e5f67890"]
  }

  expect_failures = [var.vpc_subnet_ids]
}
