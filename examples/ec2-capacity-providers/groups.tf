# The Spot group buys whichever of the instance types has the most spare capacity; the on-demand group stands at zero
# until a failover. ECS sets the size of both, by managed scaling.

resource "aws_autoscaling_group" "spot" {
  name                  = local.spot
  min_size              = 0
  max_size              = var.max_instances
  vpc_zone_identifier   = [for subnet in aws_subnet.this : subnet.id]
  protect_from_scale_in = true # managed termination protection needs it
  force_delete          = true # else a destroy waits for the protected instances for ever

  mixed_instances_policy {
    instances_distribution {
      on_demand_base_capacity                  = 0
      on_demand_percentage_above_base_capacity = 0
      spot_allocation_strategy                 = "price-capacity-optimized"
    }

    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.this.id
        version            = aws_launch_template.this.latest_version
      }

      dynamic "override" {
        for_each = var.instance_types

        content {
          instance_type = override.value
        }
      }
    }
  }

  # ECS adds this tag to the group of a provider with managed scaling; without it here, every apply would remove it.
  tag {
    key                 = "AmazonECSManaged"
    value               = "true"
    propagate_at_launch = true
  }
}

resource "aws_autoscaling_group" "on_demand" {
  name                  = local.on_demand
  min_size              = 0
  max_size              = var.max_instances
  vpc_zone_identifier   = [for subnet in aws_subnet.this : subnet.id]
  protect_from_scale_in = true
  force_delete          = true

  launch_template {
    id      = aws_launch_template.this.id
    version = aws_launch_template.this.latest_version
  }

  tag {
    key                 = "AmazonECSManaged"
    value               = "true"
    propagate_at_launch = true
  }
}

resource "aws_ecs_capacity_provider" "this" {
  for_each = {
    (local.spot)      = aws_autoscaling_group.spot.arn
    (local.on_demand) = aws_autoscaling_group.on_demand.arn
  }

  name = each.key

  auto_scaling_group_provider {
    auto_scaling_group_arn         = each.value
    managed_termination_protection = "ENABLED"

    # Tasks are moved before an instance is terminated, be it by scaling in or by an instance refresh.
    managed_draining = "ENABLED"

    managed_scaling {
      status          = "ENABLED"
      target_capacity = 100
    }
  }
}
