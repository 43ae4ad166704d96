variable "enabled" {
  description = "The kill switch: false stops every changing call in every account; events are still read and logged."
  type        = bool
  default     = true
  nullable    = false
}

variable "mode" {
  description = "`act`, or `observe`: decide, log what would be done, and change no service but those tagged `spot-failover:mode` = `act`. What is on on-demand by then stays there."
  type        = string
  default     = "act"
  nullable    = false

  validation {
    condition     = contains(["act", "observe"], var.mode)
    error_message = "mode is \"${var.mode}\". It must be \"act\" or \"observe\"."
  }
}

variable "enrollment" {
  description = "`opt_out`: every service with active Spot, but for those tagged `spot-failover:enabled` = `false`; `opt_in`: only those tagged `true`."
  type        = string
  default     = "opt_out"
  nullable    = false

  validation {
    condition     = contains(["opt_out", "opt_in"], var.enrollment)
    error_message = "enrollment is \"${var.enrollment}\". It must be \"opt_out\" or \"opt_in\"."
  }
}

variable "fallback_pairs" {
  description = "Spot capacity provider => the on-demand capacity provider that stands in for it. Providers of Auto Scaling groups and Managed Instances go by their names. `CLUSTER/PROVIDER` => holds in that cluster only, and wins there."
  type        = map(string)
  default     = { FARGATE_SPOT = "FARGATE" }
  nullable    = false

  validation {
    condition     = length(var.fallback_pairs) > 0
    error_message = "fallback_pairs is empty, so no service could ever fail over. Give at least one pair, such as { FARGATE_SPOT = \"FARGATE\" }; to stop everything set enabled = false."
  }

  validation {
    condition = alltrue([
      for name in concat([for spot in keys(var.fallback_pairs) : try(regex("^[A-Za-z0-9_-]{1,255}/(.*)$", spot)[0], spot)], values(var.fallback_pairs)) :
      contains(["FARGATE", "FARGATE_SPOT"], name) || (can(regex("^[A-Za-z0-9_-]{1,255}$", name)) && !can(regex("^(?i:aws|ecs|fargate)", name)))
    ])
    error_message = "fallback_pairs is ${jsonencode(var.fallback_pairs)}. A provider is FARGATE, FARGATE_SPOT or the name of one of your own: up to 255 letters, digits, - and _, not beginning with aws, ecs or fargate. Before a Spot provider there may be a cluster's name and a /, such as { \"prod/workers-spot\" = \"workers\" }."
  }

  validation {
    condition     = alltrue([for spot, on_demand in var.fallback_pairs : reverse(split("/", spot))[0] != on_demand])
    error_message = "fallback_pairs pairs ${join(", ", [for spot, on_demand in var.fallback_pairs : spot if reverse(split("/", spot))[0] == on_demand])} with itself. Give the on-demand provider that stands in for it, such as { FARGATE_SPOT = \"FARGATE\" }."
  }

  # The pairs of a cluster are those of all clusters and its own, which win. The first here is any other cluster.
  validation {
    condition = alltrue([
      for cluster in distinct(concat([""], [for spot in keys(var.fallback_pairs) : split("/", spot)[0] if strcontains(spot, "/")])) : alltrue([
        for pairs in [merge(
          { for spot, on_demand in var.fallback_pairs : spot => on_demand if !strcontains(spot, "/") },
          { for spot, on_demand in var.fallback_pairs : reverse(split("/", spot))[0] => on_demand if startswith(spot, "${cluster}/") },
        )] : alltrue([for spot, on_demand in pairs : spot == on_demand || !contains(keys(pairs), on_demand)])
      ])
    ])
    error_message = "fallback_pairs is ${jsonencode(var.fallback_pairs)}: in one cluster ${join(", ", distinct([for on_demand in values(var.fallback_pairs) : on_demand if contains([for spot in keys(var.fallback_pairs) : reverse(split("/", spot))[0]], on_demand)]))} would be the on-demand side of one pair and the Spot side of another. A provider is one or the other: pair each Spot provider with an on-demand provider."
  }

  validation {
    condition     = alltrue([for spot, on_demand in var.fallback_pairs : reverse(split("/", spot))[0] != "FARGATE" && on_demand != "FARGATE_SPOT" && (reverse(split("/", spot))[0] == "FARGATE_SPOT") == (on_demand == "FARGATE")])
    error_message = "fallback_pairs has ${jsonencode({ for spot, on_demand in var.fallback_pairs : spot => on_demand if reverse(split("/", spot))[0] == "FARGATE" || on_demand == "FARGATE_SPOT" || (reverse(split("/", spot))[0] == "FARGATE_SPOT") != (on_demand == "FARGATE") })}. FARGATE_SPOT goes with FARGATE, and a provider of your own with another of your own: ECS does not mix the two in one strategy."
  }
}

variable "fallback_weight" {
  description = "Weight of the on-demand provider in the fallback strategy, where that carries the service alone. Beside other providers its weight is its own and that of the Spot providers for which it stands in, together: every share stays."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.fallback_weight >= 1 && var.fallback_weight <= 1000 && floor(var.fallback_weight) == var.fallback_weight
    error_message = "fallback_weight is ${var.fallback_weight}. It must be a whole number from 1 to 1000: with 0 nothing would be placed."
  }
}

variable "scope" {
  description = "What the automation looks after: at least one of these lists. A list that is not given or empty: everything; null: everything. Names of clusters and services may hold `*` and `?`; what is excluded is excluded whatever else names it."
  type = object({
    accounts         = optional(list(string))
    exclude_accounts = optional(list(string))
    clusters         = optional(list(string))
    exclude_clusters = optional(list(string))
    services         = optional(list(string))
    exclude_services = optional(list(string))
  })
  default = null

  # Terraform drops attributes that the type does not know: a misspelt one would exclude nothing.
  validation {
    condition     = var.scope == null || try(anytrue([for names in values(var.scope) : names != null]), false)
    error_message = "scope narrows nothing. Give at least one of accounts, exclude_accounts, clusters, exclude_clusters, services and exclude_services, spelt so, or leave it out."
  }

  validation {
    condition     = alltrue([for id in flatten([for list in ["accounts", "exclude_accounts"] : try(coalesce(var.scope[list], []), [])]) : can(regex("^[0-9]{12}$", id))])
    error_message = "scope.accounts or scope.exclude_accounts has ${jsonencode([for id in flatten([for list in ["accounts", "exclude_accounts"] : try(coalesce(var.scope[list], []), [])]) : id if !can(regex("^[0-9]{12}$", id))])}. An account id has 12 digits, as text: \"012345678901\"."
  }

  validation {
    condition = alltrue([
      for name in flatten([for list in ["clusters", "exclude_clusters", "services", "exclude_services"] : try(coalesce(var.scope[list], []), [])]) :
      can(regex("^[A-Za-z0-9_*?-]{1,255}$", name))
    ])
    error_message = "scope has ${jsonencode([for name in flatten([for list in ["clusters", "exclude_clusters", "services", "exclude_services"] : try(coalesce(var.scope[list], []), [])]) : name if !can(regex("^[A-Za-z0-9_*?-]{1,255}$", name))])}. Clusters and services go by name, not ARN: letters, digits, - and _, with * and ? as wildcards, such as \"prod-*\"."
  }

  validation {
    condition = alltrue([
      for list in ["accounts", "clusters", "services"] :
      length(setintersection(try(coalesce(var.scope[list], []), []), try(coalesce(var.scope["exclude_${list}"], []), []))) == 0
    ])
    error_message = "scope both names and excludes ${jsonencode(flatten([for list in ["accounts", "clusters", "services"] : tolist(setintersection(try(coalesce(var.scope[list], []), []), try(coalesce(var.scope["exclude_${list}"], []), [])))]))}. Name each in one of the two lists."
  }
}

variable "account_overrides" {
  description = "Account id => what is different there: `enabled`, `mode`, `enrollment`, `interruption_response`, `task_set` (true or false). What is not given is as for the others."
  type = map(object({
    enabled               = optional(bool)
    mode                  = optional(string)
    enrollment            = optional(string)
    interruption_response = optional(string)
    task_set              = optional(bool)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for account in keys(var.account_overrides) : can(regex("^[0-9]{12}$", account))])
    error_message = "account_overrides has ${jsonencode([for account in keys(var.account_overrides) : account if !can(regex("^[0-9]{12}$", account))])}. Its keys are account ids: 12 digits, as text."
  }

  # Terraform drops attributes that the type does not know: a misspelt one leaves nothing.
  validation {
    condition     = alltrue([for override in values(var.account_overrides) : anytrue([for value in values(override) : value != null])])
    error_message = "account_overrides changes nothing for ${jsonencode([for account, override in var.account_overrides : account if alltrue([for value in values(override) : value == null])])}. Give at least one of enabled, mode, enrollment, interruption_response and task_set, spelt so."
  }

  validation {
    condition = alltrue([for override in values(var.account_overrides) : alltrue([
      override.mode == null || contains(["act", "observe"], coalesce(override.mode, "?")),
      override.enrollment == null || contains(["opt_out", "opt_in"], coalesce(override.enrollment, "?")),
      override.interruption_response == null || contains(["auto", "redeploy", "failover", "none"], coalesce(override.interruption_response, "?")),
    ])])
    error_message = "account_overrides is ${jsonencode(var.account_overrides)}. mode must be act or observe, enrollment opt_out or opt_in, interruption_response auto, redeploy, failover or none."
  }
}

variable "max_event_age_minutes" {
  description = "Events that are older when they reach the queue are ignored."
  type        = number
  default     = 15
  nullable    = false

  validation {
    condition     = var.max_event_age_minutes >= 1 && var.max_event_age_minutes <= 1440
    error_message = "max_event_age_minutes is ${var.max_event_age_minutes}. It must be from 1 to 1440 (a day)."
  }
}

variable "failover_deadline_minutes" {
  description = "A service that is failed over and not whole after this time raises an alert."
  type        = number
  default     = 15
  nullable    = false

  validation {
    condition     = var.failover_deadline_minutes >= 1 && var.failover_deadline_minutes <= 1440
    error_message = "failover_deadline_minutes is ${var.failover_deadline_minutes}. It must be from 1 to 1440 (a day)."
  }
}

variable "max_failovers_per_hour" {
  description = "Failovers that one account may have in a clock hour; those over it wait for the next, with an alert. 0: no limit."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.max_failovers_per_hour >= 0 && var.max_failovers_per_hour <= 100000 && floor(var.max_failovers_per_hour) == var.max_failovers_per_hour
    error_message = "max_failovers_per_hour is ${var.max_failovers_per_hour}. It must be a whole number from 0 (no limit) to 100000."
  }
}
