output "probe" {
  description = "Cluster and name of the probe's service."
  value       = module.probe.service
}

output "functions" {
  description = "The functions of the installation."
  value       = module.spot_failover.functions
}

output "dead_letter_queues" {
  description = "The queues that should stay empty."
  value       = module.spot_failover.dead_letter_queues
}
