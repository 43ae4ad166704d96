# What the functions are told about when and how to act, as one JSON object in their environment.
locals {
  policy = {
    enabled         = var.enabled
    mode            = var.mode
    enrollment      = var.enrollment
    fallback_pairs  = var.fallback_pairs
    fallback_weight = var.fallback_weight

    # A list that is not given names and excludes nothing.
    scope = {
      for list in ["accounts", "exclude_accounts", "clusters", "exclude_clusters", "services", "exclude_services"] :
      list => coalesce(try(var.scope[list], null), [])
    }

    account_overrides = {
      for account, override in var.account_overrides :
      account => { for name, value in override : name => value if value != null }
    }

    max_event_age_minutes     = var.max_event_age_minutes
    failover_deadline_minutes = var.failover_deadline_minutes
    max_failovers_per_hour    = var.max_failovers_per_hour

    spot_interruption = { for name, value in var.spot_interruption : name => value if name != "look_after_seconds" }
    restore           = { for name, value in var.restore : name => value if name != "schedule" && value != null }
    sweep             = { for name, value in var.sweep : name => value if name != "schedule" }
    failover_service  = var.failover_service
    task_set          = var.task_set
    synthetic_events  = var.synthetic_events
  }
}
