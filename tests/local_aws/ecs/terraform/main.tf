# The ECS resources of an application team, as small as they can be.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "provider_name" {
  type        = string
  description = "The one capacity provider of the service's strategy."
  default     = "FARGATE_SPOT"
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
  container_definitions    = jsonencode([{ name = "app", image = "app:1", essential = true }])
}

resource "aws_ecs_service" "this" {
  name                 = "web"
  cluster              = aws_ecs_cluster.this.id
  task_definition      = aws_ecs_task_definition.this.arn
  desired_count        = 2
  force_new_deployment = var.provider_name != "FARGATE_SPOT"

  capacity_provider_strategy {
    capacity_provider = var.provider_name
    weight            = 1
  }

  network_configuration {
    subnets = ["subnet-12345678"]
  }

  depends_on = [aws_ecs_cluster_capacity_providers.this]
}
