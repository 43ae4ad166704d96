# The service as its team wrote it, with two more tags, and beside it its on-demand twin.

locals {
  container      = "web"
  container_port = 80

  # Each names the other: nothing is scaled that does not say so itself.
  primary = "web"
  twin    = "web-on-demand"
}

resource "aws_ecs_cluster" "this" {
  # checkov:skip=CKV_AWS_65:Container Insights costs money and shows nothing here
  name = var.name
}

resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]

  default_capacity_provider_strategy {
    capacity_provider = "FARGATE"
    base              = 1
    weight            = 1
  }

  default_capacity_provider_strategy {
    capacity_provider = "FARGATE_SPOT"
    weight            = 3
  }
}

# One definition for both services: whoever releases by this configuration releases to both.
resource "aws_ecs_task_definition" "web" {
  family                   = "${var.name}-web"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = "256"
  memory                   = "512"

  container_definitions = jsonencode([
    {
      name         = local.container
      image        = var.image
      essential    = true
      portMappings = [{ containerPort = local.container_port, hostPort = local.container_port, protocol = "tcp" }]

      # A Spot task gets SIGTERM with its notice; by default it would be killed 30 seconds later.
      stopTimeout = 120
    }
  ])
}

resource "aws_ecs_service" "web" {
  # checkov:skip=CKV_AWS_333:without a NAT gateway a task needs one to pull its image, to keep the example cheap
  name            = local.primary
  cluster         = aws_ecs_cluster.this.id
  task_definition = aws_ecs_task_definition.web.arn
  desired_count   = var.desired_count

  # The cluster's default, written out: at least one task on-demand, and of the others three in four on Spot.
  capacity_provider_strategy {
    capacity_provider = "FARGATE"
    base              = 1
    weight            = 1
  }

  capacity_provider_strategy {
    capacity_provider = "FARGATE_SPOT"
    weight            = 3
  }

  health_check_grace_period_seconds = 30

  network_configuration {
    subnets          = [for subnet in aws_subnet.this : subnet.id]
    security_groups  = [aws_security_group.tasks.id]
    assign_public_ip = true
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.web.arn
    container_name   = local.container
    container_port   = local.container_port
  }

  tags = {
    "spot-failover:method" = "failover_service"
    "spot-failover:twin"   = local.twin
  }

  # The failover changes neither its strategy nor its desired count, so there is nothing to ignore here; where
  # autoscaling owns the desired count, ignore that, as with any service.

  depends_on = [aws_ecs_cluster_capacity_providers.this, aws_lb_listener.http]
}

resource "aws_ecs_service" "twin" {
  # checkov:skip=CKV_AWS_333:without a NAT gateway a task needs one to pull its image, to keep the example cheap
  name            = local.twin
  cluster         = aws_ecs_cluster.this.id
  task_definition = aws_ecs_task_definition.web.arn
  desired_count   = 0

  capacity_provider_strategy {
    capacity_provider = "FARGATE"
    weight            = 1
  }

  health_check_grace_period_seconds = 30

  network_configuration {
    subnets          = [for subnet in aws_subnet.this : subnet.id]
    security_groups  = [aws_security_group.tasks.id]
    assign_public_ip = true
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.web.arn
    container_name   = local.container
    container_port   = local.container_port
  }

  tags = {
    "spot-failover:twin" = local.primary
  }

  # How many tasks the twin has is the failover's to say: an apply in the middle of a shortage must not take them away.
  lifecycle {
    ignore_changes = [desired_count]
  }

  depends_on = [aws_ecs_cluster_capacity_providers.this, aws_lb_listener.http]
}
