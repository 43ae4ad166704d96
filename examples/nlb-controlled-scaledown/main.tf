provider "aws" {
  region = var.region

  default_tags {
    tags = { application = "ecs-spot-failover" }
  }
}

# The state machine that replaces the service's task set step by step. It may work on this cluster alone, move the
# listeners of this load balancer alone, and pass the roles of this task definition alone.
module "controlled_scaledown" {
  source = "../../modules/controlled-scaledown"

  name_prefix    = "${var.name}-"
  clusters       = [aws_ecs_cluster.this.name]
  load_balancers = [aws_lb.this.name]
  target_groups  = [for group in aws_lb_target_group.this : group.name]
  pass_role_arns = [aws_iam_role.execution.arn, aws_iam_role.task.arn]

  alarm_actions = var.alarm_actions
}
