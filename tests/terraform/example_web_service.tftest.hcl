# The example of a web service: what it makes of its inputs.
mock_provider "aws" {
  source = "./tests/terraform/mocks"
}

run "http_only_without_a_certificate" {
  command = plan

  module {
    source = "./examples/fargate-web-service"
  }

  assert {
    condition     = aws_lb_listener.http.default_action[0].type == "forward" && length(aws_lb_listener.https) == 0
    error_message = "HTTP does ${aws_lb_listener.http.default_action[0].type}, and there are ${length(aws_lb_listener.https)} HTTPS listeners."
  }

  assert {
    condition     = keys(aws_vpc_security_group_ingress_rule.callers) == ["80 0.0.0.0/0"]
    error_message = "Callers come in by ${jsonencode(keys(aws_vpc_security_group_ingress_rule.callers))}."
  }

  assert {
    condition     = length(module.network) == 1 && output.cluster == "shop" && output.service == "web"
    error_message = "No network of its own, or other names: ${output.cluster}/${output.service}."
  }
}

run "http_redirects_with_a_certificate" {
  command = plan

  module {
    source = "./examples/fargate-web-service"
  }

  variables {
    certificate_arn     = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
    ingress_cidr_blocks = ["10.0.0.0/8", "192.168.0.0/16"]
  }

  assert {
    condition     = aws_lb_listener.http.default_action[0].type == "redirect" && aws_lb_listener.http.default_action[0].redirect[0].status_code == "HTTP_301"
    error_message = "HTTP does ${aws_lb_listener.http.default_action[0].type}."
  }

  assert {
    condition     = aws_lb_listener.https[0].certificate_arn == var.certificate_arn && aws_lb_listener.https[0].default_action[0].type == "forward"
    error_message = "HTTPS has not the certificate, or does not forward."
  }

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.callers) == 4
    error_message = "Callers come in by ${jsonencode(keys(aws_vpc_security_group_ingress_rule.callers))}."
  }
}

run "in_a_network_of_your_own" {
  command = plan

  module {
    source = "./examples/fargate-web-service"
  }

  variables {
    network = {
      vpc_id                   = "vpc-0a1b2c3d"
      load_balancer_subnet_ids = ["subnet-1", "subnet-2"]
      task_subnet_ids          = ["subnet-3"]
    }
  }

  assert {
    condition     = length(module.network) == 0 && aws_lb.this.subnets == toset(["subnet-1", "subnet-2"]) && aws_lb_target_group.this.vpc_id == "vpc-0a1b2c3d"
    error_message = "The load balancer is in ${jsonencode(aws_lb.this.subnets)}."
  }

  assert {
    condition     = aws_ecs_service.web.network_configuration[0].subnets == toset(["subnet-3"]) && !aws_ecs_service.web.network_configuration[0].assign_public_ip
    error_message = "Tasks are in ${jsonencode(aws_ecs_service.web.network_configuration[0].subnets)}."
  }
}

# Every rule is broken once: one of each input in the first run, the second of network in the other.
run "inputs_that_make_no_sense" {
  command = plan

  module {
    source = "./examples/fargate-web-service"
  }

  variables {
    name = "Shop"
    network = {
      vpc_id                   = "vpc-0a1b2c3d"
      load_balancer_subnet_ids = ["subnet-1", "subnet-1"]
      task_subnet_ids          = ["subnet-3"]
    }
    vpc_cidr              = "10.60.0.0/28"
    ingress_cidr_blocks   = ["10.0.0.1"]
    certificate_arn       = "shop.example.com"
    container_insights    = "on"
    image                 = "nginx:latest"
    container_port        = 70000
    health_check_path     = "health"
    cpu                   = 300
    log_retention_days    = 2
    min_tasks             = 0
    cpu_target_percent    = 100
    memory_target_percent = 0
  }

  expect_failures = [
    var.name,
    var.network,
    var.vpc_cidr,
    var.ingress_cidr_blocks,
    var.certificate_arn,
    var.container_insights,
    var.image,
    var.container_port,
    var.health_check_path,
    var.cpu,
    var.log_retention_days,
    var.min_tasks,
    var.cpu_target_percent,
    var.memory_target_percent,
  ]
}

# Terraform does not look at what depends on an input that is wrong itself.
run "inputs_that_make_no_sense_beside_others" {
  command = plan

  module {
    source = "./examples/fargate-web-service"
  }

  variables {
    network = {
      vpc_id                   = "vpc-0a1b2c3d"
      load_balancer_subnet_ids = ["subnet-1", "subnet-2"]
      task_subnet_ids          = []
    }
    memory    = 256
    max_tasks = 1
  }

  expect_failures = [var.network, var.memory, var.max_tasks]
}
