# A service with the EXTERNAL controller behind a Network Load Balancer, its task set, and a state machine.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "package" {
  description = "The function's zip file."
  type        = string
}

variable "scale" {
  description = "How many percent of the desired count the task set has."
  type        = number
  default     = 100
}

variable "seconds" {
  description = "How long the state machine waits."
  type        = number
  default     = 600
}

locals {
  ports = { 443 = "blue", 8443 = "green" }
}

data "aws_availability_zones" "this" {
  state = "available"
}

resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "this" {
  count = 2

  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 8, count.index)
  availability_zone = data.aws_availability_zones.this.names[count.index]
}

resource "aws_lb" "this" {
  name                             = "shop"
  internal                         = true
  load_balancer_type               = "network"
  subnets                          = aws_subnet.this[*].id
  enable_cross_zone_load_balancing = true

  tags = { team = "shop" }
}

resource "aws_lb_target_group" "this" {
  for_each = toset(values(local.ports))

  name                 = each.key
  port                 = 8080
  protocol             = "TCP"
  target_type          = "ip"
  vpc_id               = aws_vpc.this.id
  deregistration_delay = 30

  health_check {
    protocol = "TCP"
    interval = 10
  }

  tags = each.key == "blue" ? { isProduction = "true" } : {}

  lifecycle {
    ignore_changes = [tags]
  }
}

resource "aws_lb_listener" "this" {
  for_each = local.ports

  load_balancer_arn = aws_lb.this.arn
  port              = each.key
  protocol          = "TCP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this[each.value].arn
  }
}

resource "aws_ecs_cluster" "this" {
  name = "shop"
}

resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]
}

resource "aws_ecs_task_definition" "this" {
  family                   = "app"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512

  container_definitions = jsonencode([{
    name         = "app"
    image        = "app:1"
    essential    = true
    portMappings = [{ containerPort = 8080 }]
  }])
}

resource "aws_ecs_service" "this" {
  name          = "web"
  cluster       = aws_ecs_cluster.this.id
  desired_count = 2

  deployment_controller {
    type = "EXTERNAL"
  }

  lifecycle {
    ignore_changes = [task_definition, load_balancer, network_configuration, capacity_provider_strategy]
  }
}

resource "aws_ecs_task_set" "this" {
  cluster         = aws_ecs_cluster.this.id
  service         = aws_ecs_service.this.id
  task_definition = aws_ecs_task_definition.this.arn
  force_delete    = true

  capacity_provider_strategy {
    capacity_provider = "FARGATE_SPOT"
    weight            = 1
  }

  network_configuration {
    subnets = aws_subnet.this[*].id
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.this["blue"].arn
    container_name   = "app"
    container_port   = 8080
  }

  scale {
    value = var.scale
  }

  tags = { colour = "blue" }

  depends_on = [aws_ecs_cluster_capacity_providers.this, aws_lb_listener.this]
}

data "aws_iam_policy_document" "trust" {
  for_each = toset(["lambda", "states"])

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["${each.key}.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "this" {
  for_each = data.aws_iam_policy_document.trust

  name               = each.key
  assume_role_policy = each.value.json
}

resource "aws_lambda_function" "this" {
  function_name    = "look"
  role             = aws_iam_role.this["lambda"].arn
  runtime          = "python3.12"
  handler          = "app.handler"
  filename         = var.package
  source_code_hash = filebase64sha256(var.package)
}

data "aws_iam_policy_document" "machine" {
  statement {
    actions   = ["lambda:InvokeFunction"]
    resources = [aws_lambda_function.this.arn]
  }

  statement {
    actions = [
      "logs:CreateLogDelivery",
      "logs:GetLogDelivery",
      "logs:UpdateLogDelivery",
      "logs:DeleteLogDelivery",
      "logs:ListLogDeliveries",
      "logs:PutResourcePolicy",
      "logs:DescribeResourcePolicies",
      "logs:DescribeLogGroups",
    ]
    resources = ["*"]
  }
}

resource "aws_iam_role_policy" "machine" {
  name   = "machine"
  role   = aws_iam_role.this["states"].name
  policy = data.aws_iam_policy_document.machine.json
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/vendedlogs/states/look"
  retention_in_days = 14
}

resource "aws_sfn_state_machine" "this" {
  name     = "look"
  role_arn = aws_iam_role.this["states"].arn

  definition = jsonencode({
    StartAt = "Wait"
    States = {
      Wait = { Type = "Wait", Seconds = var.seconds, Next = "Look" }
      Look = {
        Type       = "Task"
        Resource   = "arn:aws:states:::lambda:invoke"
        Parameters = { FunctionName = aws_lambda_function.this.arn, "Payload.$" = "$" }
        OutputPath = "$.Payload"
        End        = true
      }
    }
  })

  logging_configuration {
    log_destination        = "${aws_cloudwatch_log_group.this.arn}:*"
    include_execution_data = true
    level                  = "ALL"
  }

  tracing_configuration {
    enabled = true
  }

  tags = { team = "shop" }

  depends_on = [aws_iam_role_policy.machine]
}
