output "load_balancer_dns_name" {
  description = "Where the service answers; the name of the certificate has to point here."
  value       = aws_lb.this.dns_name
}

output "url" {
  description = "The same as a URL."
  value       = "${local.https ? "https" : "http"}://${aws_lb.this.dns_name}/"
}

output "cluster" {
  description = "Name of the cluster."
  value       = aws_ecs_cluster.this.name
}

output "service" {
  description = "Name of the service."
  value       = aws_ecs_service.web.name
}

output "functions" {
  description = "The functions of the installation."
  value       = module.spot_failover.functions
}

output "dead_letter_queues" {
  description = "The queues that should stay empty."
  value       = module.spot_failover.dead_letter_queues
}
