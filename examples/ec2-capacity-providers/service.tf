# A cluster and a service that wants Spot instances only: all as a team would write it without the failover, but for
# one line.

resource "aws_ecs_cluster" "this" {
  # checkov:skip=CKV_AWS_65:Container Insights costs money and shows nothing here
  name = var.name
}

resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = [for provider in aws_ecs_capacity_provider.this : provider.name]

  default_capacity_provider_strategy {
    capacity_provider = local.spot
    weight            = 1
  }
}

resource "aws_ecs_task_definition" "web" {
  # checkov:skip=CKV_AWS_336:the public image writes to its root file system
  family                   = "${var.name}-web"
  requires_compatibilities = ["EC2"]
  network_mode             = "bridge"
  cpu                      = "256"
  memory                   = "512"

  container_definitions = jsonencode([
    {
      name         = "web"
      image        = var.image
      essential    = true
      portMappings = [{ containerPort = 80, hostPort = 0, protocol = "tcp" }]
    }
  ])
}

resource "aws_ecs_service" "web" {
  name            = "web"
  cluster         = aws_ecs_cluster.this.id
  task_definition = aws_ecs_task_definition.web.arn
  desired_count   = var.desired_count

  capacity_provider_strategy {
    capacity_provider = local.spot
    weight            = 1
  }

  ordered_placement_strategy {
    type  = "spread"
    field = "attribute:ecs.availability-zone"
  }

  # After a failover the live strategy is another one: leave it alone.
  lifecycle {
    ignore_changes = [capacity_provider_strategy]
  }

  # A destroy needs the instances until the service is gone.
  depends_on = [aws_ecs_cluster_capacity_providers.this]
}
