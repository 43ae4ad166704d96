output "functions" {
  description = "The functions of the installation."
  value       = module.spot_failover.functions
}

output "queues" {
  description = "The queues that feed the functions."
  value       = module.spot_failover.queues
}

output "dead_letter_queues" {
  description = "The queues that should stay empty."
  value       = module.spot_failover.dead_letter_queues
}

output "state_table" {
  description = "The table with a record of every service that was failed over."
  value       = module.spot_failover.state_table
}

output "notification_topic_arn" {
  description = "The topic by which people are told: subscribe to it."
  value       = module.spot_failover.notification_topic_arn
}

output "operator_role_arn" {
  description = "The role of the command line `spotctl`: the `role_arn` of a profile of the AWS CLI."
  value       = module.spot_failover.operator_role_arn
}
