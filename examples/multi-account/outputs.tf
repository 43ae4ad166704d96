output "functions" {
  description = "The functions in the central account."
  value       = module.central.functions
}

output "queues" {
  description = "The queues that feed the functions."
  value       = module.central.queues
}

output "dead_letter_queues" {
  description = "The queues that should stay empty: of the central account, and of each account and Region."
  value = merge(module.central.dead_letter_queues, {
    orders_forward          = module.orders.dead_letter_queue
    media_eu_west_1_forward = module.media_eu_west_1.dead_letter_queue
    media_us_west_2_forward = module.media_us_west_2.dead_letter_queue
  })
}

output "state_table" {
  description = "The table with a record of every service that was failed over."
  value       = module.central.state_table
}

output "onboarding" {
  description = "What a workload account that is managed elsewhere needs as its input `central`."
  value       = module.central.onboarding
}

output "notification_topic_arn" {
  description = "The topic by which people are told: subscribe to it."
  value       = module.central.notification_topic_arn
}
