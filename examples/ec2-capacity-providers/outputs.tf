output "cluster" {
  description = "Name of the cluster."
  value       = aws_ecs_cluster.this.name
}

output "service" {
  description = "Name of the service."
  value       = aws_ecs_service.web.name
}

output "capacity_providers" {
  description = "The pair: the Spot capacity provider, and the one that stands in for it."
  value       = { spot = local.spot, on_demand = local.on_demand }
}

output "functions" {
  description = "The functions of the installation."
  value       = module.spot_failover.functions
}

output "dead_letter_queues" {
  description = "The queues that should stay empty."
  value       = module.spot_failover.dead_letter_queues
}
