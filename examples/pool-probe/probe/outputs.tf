output "service" {
  description = "Cluster and name of the probe's service."
  value       = { cluster = aws_ecs_cluster.this.name, name = aws_ecs_service.this.name }
}
