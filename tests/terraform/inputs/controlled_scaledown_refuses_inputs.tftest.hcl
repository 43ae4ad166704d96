# Inputs that must be refused at plan: one run for each rule.
run "cluster_that_is_an_arn" {
  command = plan

  module {
    source = "./modules/controlled-scaledown"
  }

  variables {
    clusters = ["arn:aws:ecs:us-east-1:123456789012:cluster/shop"]
  }

  expect_failures = [var.clusters]
}

run "load_balancer_that_is_an_arn" {
  command = plan

  module {
    source = "./modules/controlled-scaledown"
  }

  variables {
    load_balancers = ["net/stream/50dc6c495c0c9188"]
  }

  expect_failures = [var.load_balancers]
}

run "no_target_group_at_all" {
  command = plan

  module {
    source = "./modules/controlled-scaledown"
  }

  variables {
    target_groups = []
  }

  expect_failures = [var.target_groups]
}

run "any_role_to_pass" {
  command = plan

  module {
    source = "./modules/controlled-scaledown"
  }

  variables {
    pass_role_arns = ["arn:aws:iam::123456789012:role/*"]
  }

  expect_failures = [var.pass_role_arns]
}

run "any_role_of_four_letters_to_pass" {
  command = plan

  module {
    source = "./modules/controlled-scaledown"
  }

  variables {
    pass_role_arns = ["arn:aws:iam::123456789012:role/????"]
  }

  expect_failures = [var.pass_role_arns]
}

run "time_limit_of_a_minute" {
  command = plan

  module {
    source = "./modules/controlled-scaledown"
  }

  variables {
    time_limit_minutes = 1
  }

  expect_failures = [var.time_limit_minutes]
}

run "functions_with_too_little_time" {
  command = plan

  module {
    source = "./modules/controlled-scaledown"
  }

  variables {
    functions = { timeout_seconds = 10 }
  }

  expect_failures = [var.functions]
}

run "functions_with_too_little_memory" {
  command = plan

  module {
    source = "./modules/controlled-scaledown"
  }

  variables {
    functions = { memory_mb = 64 }
  }

  expect_failures = [var.functions]
}

run "name_with_a_dot" {
  command = plan

  module {
    source = "./modules/controlled-scaledown"
  }

  variables {
    names = { state_machine = "controlled.scaledown" }
  }

  expect_failures = [var.names]
}

run "two_roles_of_one_name" {
  command = plan

  module {
    source = "./modules/controlled-scaledown"
  }

  variables {
    names = { create_function = "scaledown", tasks_function = "scaledown" }
  }

  expect_failures = [var.names]
}

run "prefix_with_a_dot" {
  command = plan

  module {
    source = "./modules/controlled-scaledown"
  }

  variables {
    name_prefix = "dev."
  }

  expect_failures = [var.name_prefix]
}

run "tag_key_of_aws" {
  command = plan

  module {
    source = "./modules/controlled-scaledown"
  }

  variables {
    tags = { "aws:team" = "orders" }
  }

  expect_failures = [var.tags]
}

run "tag_value_that_is_too_long" {
  command = plan

  module {
    source = "./modules/controlled-scaledown"
  }

  variables {
    tags = { team = join("", [for i in range(257) : "x"]) }
  }

  expect_failures = [var.tags]
}

run "tags_over_fifty" {
  command = plan

  module {
    source = "./modules/controlled-scaledown"
  }

  variables {
    tags = { for i in range(51) : "tag-${i}" => "x" }
  }

  expect_failures = [var.tags]
}

run "role_path_without_slashes" {
  command = plan

  module {
    source = "./modules/controlled-scaledown"
  }

  variables {
    role_path = "platform"
  }

  expect_failures = [var.role_path]
}

run "boundary_that_is_a_name" {
  command = plan

  module {
    source = "./modules/controlled-scaledown"
  }

  variables {
    permissions_boundary = "boundary"
  }

  expect_failures = [var.permissions_boundary]
}

run "runtime_of_another_language" {
  command = plan

  module {
    source = "./modules/controlled-scaledown"
  }

  variables {
    runtime = "nodejs22.x"
  }

  expect_failures = [var.runtime]
}

run "unknown_architecture" {
  command = plan

  module {
    source = "./modules/controlled-scaledown"
  }

  variables {
    architecture = "riscv"
  }

  expect_failures = [var.architecture]
}

run "unknown_tracing_mode" {
  command = plan

  module {
    source = "./modules/controlled-scaledown"
  }

  variables {
    tracing_mode = "On"
  }

  expect_failures = [var.tracing_mode]
}

run "unknown_log_level" {
  command = plan

  module {
    source = "./modules/controlled-scaledown"
  }

  variables {
    log_level = "LOUD"
  }

  expect_failures = [var.log_level]
}

run "retention_that_cloudwatch_does_not_know" {
  command = plan

  module {
    source = "./modules/controlled-scaledown"
  }

  variables {
    log_retention_days = 31
  }

  expect_failures = [var.log_retention_days]
}

run "alias_of_a_key" {
  command = plan

  module {
    source = "./modules/controlled-scaledown"
  }

  variables {
    kms_key_arn = "arn:aws:kms:us-east-1:123456789012:alias/logs"
  }

  expect_failures = [var.kms_key_arn]
}

run "subnets_without_security_groups" {
  command = plan

  module {
    source = "./modules/controlled-scaledown"
  }

  variables {
    vpc_subnet_ids = ["subnet-0a1b2c3d4e5f67890"]
  }

  expect_failures = [var.vpc_subnet_ids]
}

run "subnet_that_is_a_name" {
  command = plan

  module {
    source = "./modules/controlled-scaledown"
  }

  variables {
    vpc_subnet_ids         = ["private"]
    vpc_security_group_ids = ["sg-0a1b2c3d4e5f67890"]
  }

  expect_failures = [var.vpc_subnet_ids]
}

run "security_group_that_is_a_name" {
  command = plan

  module {
    source = "./modules/controlled-scaledown"
  }

  variables {
    vpc_subnet_ids         = ["subnet-0a1b2c3d4e5f67890"]
    vpc_security_group_ids = ["default"]
  }

  expect_failures = [var.vpc_security_group_ids]
}

run "alarm_action_that_is_an_address" {
  command = plan

  module {
    source = "./modules/controlled-scaledown"
  }

  variables {
    alarm_actions = ["on-call@example.com"]
  }

  expect_failures = [var.alarm_actions]
}

run "roles_that_differ_in_case_alone" {
  command = plan

  module {
    source = "./modules/controlled-scaledown"
  }

  variables {
    names = { create_function = "Controlled-Scaledown" }
  }

  expect_failures = [var.names]
}
