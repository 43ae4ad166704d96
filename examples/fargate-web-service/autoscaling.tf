# A failover sets the strategy and never the count, so that neither gets in the other's way. AWS scales out during a
# deployment, too, and in only when none is in progress.

resource "aws_appautoscaling_target" "web" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${aws_ecs_cluster.this.name}/${aws_ecs_service.web.name}"
  min_capacity       = var.min_tasks
  max_capacity       = var.max_tasks
}

resource "aws_appautoscaling_policy" "web" {
  for_each = {
    cpu    = { metric = "ECSServiceAverageCPUUtilization", percent = var.cpu_target_percent }
    memory = { metric = "ECSServiceAverageMemoryUtilization", percent = var.memory_target_percent }
  }

  name               = "${var.name}-${each.key}"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.web.service_namespace
  scalable_dimension = aws_appautoscaling_target.web.scalable_dimension
  resource_id        = aws_appautoscaling_target.web.resource_id

  target_tracking_scaling_policy_configuration {
    target_value       = each.value.percent
    scale_out_cooldown = 120 # about the time in which a task starts and becomes healthy
    scale_in_cooldown  = 300

    predefined_metric_specification {
      predefined_metric_type = each.value.metric
    }
  }
}
