# The example of a controlled scale-down: what it refuses, before a load balancer or the state machine does.
mock_provider "aws" {
  source = "./tests/terraform/mocks"
}

run "inputs_that_are_wrong" {
  command = plan

  module {
    source = "./examples/nlb-controlled-scaledown"
  }

  variables {
    region              = "Virginia"
    name                = "stream-"
    vpc_cidr            = "10.50.0.0/28"
    port                = 0
    desired_count       = 0
    image               = "nginx:latest"
    wait_for_service    = 3601
    scaledown_decrement = 0
    alarm_actions       = ["on-call@example.com"]
  }

  expect_failures = [
    var.region,
    var.name,
    var.vpc_cidr,
    var.port,
    var.desired_count,
    var.image,
    var.wait_for_service,
    var.scaledown_decrement,
    var.alarm_actions,
  ]
}

# In a run of their own: an input that refers to a wrong one is not looked at.
run "inputs_that_are_wrong_and_refer_to_others" {
  command = plan

  module {
    source = "./examples/nlb-controlled-scaledown"
  }

  variables {
    test_port      = 70000
    scaledown_wait = 0
  }

  expect_failures = [
    var.test_port,
    var.scaledown_wait,
  ]
}

run "two_listeners_on_one_port" {
  command = plan

  module {
    source = "./examples/nlb-controlled-scaledown"
  }

  variables {
    port      = 443
    test_port = 443
  }

  expect_failures = [var.test_port]
}

run "steps_that_outlast_the_time_limit" {
  command = plan

  module {
    source = "./examples/nlb-controlled-scaledown"
  }

  variables {
    scaledown_decrement = 10
    scaledown_wait      = 4320
  }

  expect_failures = [var.scaledown_wait]
}
