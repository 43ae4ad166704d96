# The smallest task there is, always on Spot and on nothing else, behind no load balancer: while it runs, the pool has
# capacity.

resource "aws_ecs_cluster" "this" {
  # checkov:skip=CKV_AWS_65:Container Insights costs money and shows nothing here
  name = var.name
}

resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = ["FARGATE_SPOT"]
}

resource "aws_ecs_task_definition" "this" {
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = "256"
  memory                   = "512"

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.cpu_architecture
  }

  # A public image and no log group: so it needs no role. An init process ends it at once when it is told to stop.
  container_definitions = jsonencode([
    {
      name            = "probe"
      image           = var.image
      essential       = true
      command         = ["sleep", "infinity"]
      linuxParameters = { initProcessEnabled = true }

      readonlyRootFilesystem = true
    }
  ])
}

resource "aws_ecs_service" "this" {
  name            = var.name
  cluster         = aws_ecs_cluster.this.id
  task_definition = aws_ecs_task_definition.this.arn
  desired_count   = 1

  capacity_provider_strategy {
    capacity_provider = "FARGATE_SPOT"
    weight            = 1
  }

  network_configuration {
    subnets          = var.subnet_ids
    security_groups  = var.security_group_ids
    assign_public_ip = var.assign_public_ip
  }

  # This makes it the probe: the installation reads its task, and never switches it.
  tags = { "spot-failover:probe" = "true" }

  depends_on = [aws_ecs_cluster_capacity_providers.this]
}
