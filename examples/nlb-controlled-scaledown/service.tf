resource "aws_ecs_cluster" "this" {
  # checkov:skip=CKV_AWS_65:Container Insights costs money and shows nothing here
  name = var.name
}

resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]
}

data "aws_partition" "current" {}

data "aws_iam_policy_document" "tasks" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "execution" {
  name_prefix        = "${var.name}-execution-"
  assume_role_policy = data.aws_iam_policy_document.tasks.json
}

resource "aws_iam_role_policy_attachment" "execution" {
  role       = aws_iam_role.execution.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

resource "aws_iam_role" "task" {
  name_prefix        = "${var.name}-task-"
  assume_role_policy = data.aws_iam_policy_document.tasks.json
}

resource "aws_ecs_task_definition" "this" {
  # checkov:skip=CKV_AWS_336:the public image writes to its root file system
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = "256"
  memory                   = "512"
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn

  container_definitions = jsonencode([
    {
      name         = "stream"
      image        = var.image
      essential    = true
      portMappings = [{ containerPort = 80, protocol = "tcp" }]
    }
  ])
}

# Terraform owns the service, its task sets belong to whoever deploys: a pipeline, and the state machine.
resource "aws_ecs_service" "this" {
  name          = "sample-external-deployment"
  cluster       = aws_ecs_cluster.this.id
  desired_count = var.desired_count
  force_delete  = true # with the task set that the state machine has made

  deployment_controller {
    type = "EXTERNAL"
  }

  # With the first task set as the primary, its values show here.
  lifecycle {
    ignore_changes = [task_definition, launch_type, capacity_provider_strategy, network_configuration, load_balancer, platform_version]
  }

  depends_on = [aws_ecs_cluster_capacity_providers.this]
}

# The first task set, to have something to replace. After the first execution it is gone: then set first_task_set to
# false, or Terraform makes it again.
resource "aws_ecs_task_set" "first" {
  count = var.first_task_set ? 1 : 0

  cluster         = aws_ecs_cluster.this.id
  service         = aws_ecs_service.this.id
  task_definition = aws_ecs_task_definition.this.arn
  force_delete    = true

  capacity_provider_strategy {
    capacity_provider = "FARGATE_SPOT"
    weight            = 1
  }

  network_configuration {
    subnets         = [for subnet in aws_subnet.private : subnet.id]
    security_groups = [aws_security_group.tasks.id]
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.this["blue"].arn
    container_name   = "stream"
    container_port   = 80
  }

  scale {
    value = 100
  }

  lifecycle {
    ignore_changes = [scale, task_definition]
  }

  # ECS takes a target group only once a load balancer is in front of it.
  depends_on = [aws_lb_listener.production]
}
