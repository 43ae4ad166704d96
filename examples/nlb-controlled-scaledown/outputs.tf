locals {
  execution_input = {
    cluster             = aws_ecs_cluster.this.name
    serviceName         = aws_ecs_service.this.name
    nlb                 = aws_lb.this.name
    taskDefinition      = aws_ecs_task_definition.this.arn
    subnets             = [for subnet in aws_subnet.private : subnet.id]
    task_sg             = aws_security_group.tasks.id
    waitForService      = var.wait_for_service
    scaledown_decrement = var.scaledown_decrement
    scaledown_wait      = var.scaledown_wait
  }
}

output "state_machine_arn" {
  description = "ARN of the state machine."
  value       = module.controlled_scaledown.state_machine_arn
}

output "execution_input" {
  description = "Input of an execution, as JSON: terraform output -raw execution_input."
  value       = jsonencode(local.execution_input)
}

output "start_execution" {
  description = "The command that replaces the service's task set: terraform output -raw start_execution | sh."
  value       = "aws stepfunctions start-execution --region ${var.region} --state-machine-arn ${module.controlled_scaledown.state_machine_arn} --input '${jsonencode(local.execution_input)}'"
}

output "dns_name" {
  description = "DNS name of the load balancer."
  value       = aws_lb.this.dns_name
}

output "cluster" {
  description = "Name of the cluster."
  value       = aws_ecs_cluster.this.name
}

output "service" {
  description = "Name of the service."
  value       = aws_ecs_service.this.name
}

output "target_groups" {
  description = "ARNs of the target groups: `blue`, which is production at first, and `green`."
  value       = { for key, group in aws_lb_target_group.this : key => group.arn }
}

output "listeners" {
  description = "ARNs of the listeners: `production` and `test`."
  value       = { production = aws_lb_listener.production.arn, test = aws_lb_listener.test.arn }
}

output "functions" {
  description = "The state machine's functions."
  value       = module.controlled_scaledown.functions
}
