# Two Auto Scaling groups of a team, one of Spot instances and one on demand, as capacity providers of its cluster.

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
  default     = "spot"
}

locals {
  on_demand_percentage = { spot = 0, on-demand = 100 }
}

resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "this" {
  vpc_id     = aws_vpc.this.id
  cidr_block = "10.0.0.0/24"
}

resource "aws_launch_template" "this" {
  name_prefix   = "shop-"
  image_id      = "ami-12c6146b"
  instance_type = "m5.large"
}

resource "aws_autoscaling_group" "this" {
  for_each = local.on_demand_percentage

  name                = "shop-${each.key}"
  min_size            = 0
  max_size            = 10
  vpc_zone_identifier = [aws_subnet.this.id]

  mixed_instances_policy {
    instances_distribution {
      on_demand_base_capacity                  = 0
      on_demand_percentage_above_base_capacity = each.value
      spot_allocation_strategy                 = "capacity-optimized"
    }

    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.this.id
        version            = "$Latest"
      }

      override {
        instance_type = "m5.large"
      }

      override {
        instance_type = "m5a.large"
      }
    }
  }

  tag {
    key                 = "AmazonECSManaged"
    value               = true
    propagate_at_launch = true
  }
}

resource "aws_ecs_cluster" "this" {
  name = "shop"
}

resource "aws_ecs_capacity_provider" "this" {
  for_each = local.on_demand_percentage

  name = each.key

  auto_scaling_group_provider {
    auto_scaling_group_arn = aws_autoscaling_group.this[each.key].arn
    managed_draining       = "ENABLED"

    managed_scaling {
      status          = "ENABLED"
      target_capacity = 100
    }
  }
}

resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = [for provider in aws_ecs_capacity_provider.this : provider.name]
}

resource "aws_ecs_task_definition" "this" {
  family                   = "app"
  requires_compatibilities = ["EC2"]
  network_mode             = "bridge"
  cpu                      = 256
  memory                   = 512
  container_definitions    = jsonencode([{ name = "app", image = "app:1", essential = true }])
}

resource "aws_ecs_service" "this" {
  name                 = "web"
  cluster              = aws_ecs_cluster.this.id
  task_definition      = aws_ecs_task_definition.this.arn
  desired_count        = 2
  force_new_deployment = var.provider_name != "spot"

  capacity_provider_strategy {
    capacity_provider = var.provider_name
    weight            = 1
  }

  depends_on = [aws_ecs_cluster_capacity_providers.this]
}
