output "cluster" {
  description = "Name of the cluster."
  value       = aws_ecs_cluster.this.name
}

output "services" {
  description = "Names of the service and of its on-demand twin."
  value       = { primary = aws_ecs_service.web.name, twin = aws_ecs_service.twin.name }
}

output "target_group_arn" {
  description = "The target group that both services are in."
  value       = aws_lb_target_group.web.arn
}

output "url" {
  description = "Where the load balancer answers those in `allowed_cidrs`."
  value       = "http://${aws_lb.this.dns_name}"
}

output "functions" {
  description = "The functions of the installation."
  value       = module.spot_failover.functions
}

output "dead_letter_queues" {
  description = "The queues that should stay empty."
  value       = module.spot_failover.dead_letter_queues
}
