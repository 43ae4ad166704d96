resource "aws_ecs_cluster" "this" {
  # checkov:skip=CKV_AWS_65:Container Insights costs money and shows nothing here
  name = var.name

  setting {
    name  = "containerInsights"
    value = var.container_insights
  }
}

# A failover needs FARGATE here, whatever the service's own strategy names.
resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]
}

resource "aws_ecs_service" "web" {
  name                              = "web"
  cluster                           = aws_ecs_cluster.this.id
  task_definition                   = aws_ecs_task_definition.this.arn
  desired_count                     = var.min_tasks
  health_check_grace_period_seconds = 60
  propagate_tags                    = "SERVICE"

  # One task stays whatever happens to Spot; of the others three in four are on Spot.
  capacity_provider_strategy {
    capacity_provider = "FARGATE"
    base              = 1
    weight            = 1
  }

  capacity_provider_strategy {
    capacity_provider = "FARGATE_SPOT"
    weight            = 3
  }

  network_configuration {
    subnets          = local.network.task_subnet_ids
    security_groups  = [aws_security_group.tasks.id]
    assign_public_ip = local.network.assign_public_ip
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.this.arn
    container_name   = "web"
    container_port   = var.container_port
  }

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  # After a failover the live strategy is another one, and autoscaling owns the count: leave both alone.
  lifecycle {
    ignore_changes = [capacity_provider_strategy, desired_count]
  }

  # A target group must be behind a listener when the service is made; and a destroy must end the service first.
  depends_on = [
    aws_ecs_cluster_capacity_providers.this,
    aws_iam_role_policy_attachment.execution,
    aws_lb_listener.http,
    aws_lb_listener.https,
  ]
}
