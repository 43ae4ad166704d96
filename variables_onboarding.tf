# What only the onboarding of this account itself needs; everything else is given to both modules.

variable "onboarding_names" {
  description = "Names of the things that onboarding makes, without `name_prefix`, which goes before each."
  type = object({
    dead_letter_queue      = optional(string, "fargate-spot-forward-dlq")
    forward_role           = optional(string, "fargate-spot-forward")
    heartbeat_role         = optional(string, "fargate-spot-heartbeat")
    heartbeat_rule         = optional(string, "fargate-spot-heartbeat-forward")
    heartbeat_schedule     = optional(string, "fargate-spot-heartbeat")
    placement_failure_rule = optional(string, "fargate-spot-placement-failure-forward")
    spot_interruption_rule = optional(string, "fargate-spot-interruption-forward")
    task_state_rule        = optional(string, "fargate-spot-task-state-forward")
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in values(var.onboarding_names) : can(regex("^[A-Za-z0-9_-]+$", name))])
    error_message = "onboarding_names has ${jsonencode({ for thing, name in var.onboarding_names : thing => name if !can(regex("^[A-Za-z0-9_-]+$", name)) })}. A name must be made of letters, digits, - and _."
  }

  validation {
    condition     = length(distinct(concat([for thing, name in var.onboarding_names : name if endswith(thing, "_rule")], distinct([var.names.restore_rule, var.names.sweep_rule])))) == 4 + length(distinct([var.names.restore_rule, var.names.sweep_rule]))
    error_message = "onboarding_names gives the rules the names ${jsonencode({ for thing, name in var.onboarding_names : thing => name if endswith(thing, "_rule") })}; names.restore_rule is \"${var.names.restore_rule}\" and names.sweep_rule \"${var.names.sweep_rule}\". All are on the default bus: each needs its own."
  }

  validation {
    condition     = alltrue([for role in [var.onboarding_names.forward_role, var.onboarding_names.heartbeat_role] : !contains([for thing, name in var.names : lower(name) if endswith(thing, "_function") || contains(["automation_role", "operator_role"], thing)], lower(role))])
    error_message = "onboarding_names.forward_role is \"${var.onboarding_names.forward_role}\" and onboarding_names.heartbeat_role \"${var.onboarding_names.heartbeat_role}\": one of them is also the name of a function, and so of its role, or of the automation or the operator role. Each role needs its own."
  }

  validation {
    condition     = lower(var.onboarding_names.forward_role) != lower(var.onboarding_names.heartbeat_role)
    error_message = "onboarding_names.forward_role and onboarding_names.heartbeat_role are both \"${var.onboarding_names.heartbeat_role}\". Each role needs its own name."
  }

  # SQS makes no second queue of a name: it gives the one that is there, or refuses.
  validation {
    condition     = !contains(flatten(["${var.names.restore_function}-dlq", [for thing, name in var.names : [name, "${name}-dlq"] if endswith(thing, "_queue")]]), var.onboarding_names.dead_letter_queue)
    error_message = "onboarding_names.dead_letter_queue is \"${var.onboarding_names.dead_letter_queue}\", which is also the name of a queue in names, or of the dead-letter queue of one or of the restore function (with -dlq). Each queue needs its own."
  }
}

variable "heartbeat_interval_minutes" {
  description = "Every so often this account sends a heartbeat to the central account. At most half of `sweep.silent_after_minutes` there, so that one that is lost is no alarm."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.heartbeat_interval_minutes >= 1 && var.heartbeat_interval_minutes <= 15 && floor(var.heartbeat_interval_minutes) == var.heartbeat_interval_minutes
    error_message = "heartbeat_interval_minutes is ${var.heartbeat_interval_minutes}. It must be a whole number from 1 to 15."
  }

  validation {
    condition     = 2 * var.heartbeat_interval_minutes <= var.sweep.silent_after_minutes
    error_message = "heartbeat_interval_minutes is ${var.heartbeat_interval_minutes}, while the central installation calls an account and Region silent after ${var.sweep.silent_after_minutes} minutes (sweep.silent_after_minutes). One lost heartbeat would be an alarm: give at most half of that here, or raise it there."
  }
}

variable "automation_scope" {
  description = <<-EOT
    Which services the automation role may switch, whatever the central installation decides; null: all of them. At least one of:
    - `clusters`: names of clusters; they may hold `*` and `?`.
    - `service_tags`: tags that a service must carry, all of them, with these very values.

    A switch of any other service is refused by IAM, and told as an error of that service. Let the inputs `scope` and `enrollment` leave such services out, too.
  EOT
  type = object({
    clusters     = optional(list(string))
    service_tags = optional(map(string))
  })
  default = null

  # Terraform drops attributes that the type does not know: a misspelt one would leave every service to the role.
  validation {
    condition     = var.automation_scope == null || try(anytrue([for value in values(var.automation_scope) : value != null]), false)
    error_message = "automation_scope narrows nothing. Give at least one of clusters and service_tags, spelt so, or leave it out."
  }

  validation {
    condition     = try(var.automation_scope.clusters, null) == null || try(length(var.automation_scope.clusters) > 0 && alltrue([for name in var.automation_scope.clusters : can(regex("^[A-Za-z0-9_*?-]{1,255}$", name))]), false)
    error_message = "automation_scope.clusters is ${try(jsonencode(var.automation_scope.clusters), "null")}. It must name at least one cluster, by its name and not by its ARN; * and ? may stand in it, such as \"prod-*\"."
  }

  validation {
    condition     = try(var.automation_scope.service_tags, null) == null || try(alltrue([for key, value in var.automation_scope.service_tags : can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]{1,128}$", key)) && can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]{0,256}$", value))]), false)
    error_message = "automation_scope.service_tags is ${try(jsonencode(var.automation_scope.service_tags), "null")}. A key has 1 to 128 characters, a value up to 256, of letters, digits, spaces and _.:/=+-@. A value is compared as it stands: wildcards have no meaning."
  }
}

variable "pass_role_arns" {
  description = "Roles of tasks that the automation may pass to ECS, where UpdateService demands `iam:PassRole`. Default: none."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.pass_role_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+$", arn))])
    error_message = "pass_role_arns is ${jsonencode(var.pass_role_arns)}. It must be a list of roles' ARNs, without the wildcards * and ?, such as \"arn:aws:iam::123456789012:role/orders-task\": whoever may pass any role may become any role."
  }
}

variable "controlled_scaledown_state_machine_arns" {
  description = "State machines of the module `controlled-scaledown` in this account that the automation may start, one in each Region that has one: its output `state_machine_arn`. Needed where `task_set` of the central installation is enabled for this account. Empty: none."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.controlled_scaledown_state_machine_arns : can(regex("^arn:[a-z-]+:states:[a-z0-9-]+:[0-9]{12}:stateMachine:[A-Za-z0-9_-]{1,80}$", arn))])
    error_message = "controlled_scaledown_state_machine_arns is ${jsonencode(var.controlled_scaledown_state_machine_arns)}. It must be a list of state machines' ARNs, without the wildcards * and ?, such as \"arn:aws:states:us-east-1:123456789012:stateMachine:controlled-scaledown\"."
  }

  validation {
    condition     = length(var.controlled_scaledown_state_machine_arns) == 0 || var.task_set.enabled || anytrue([for override in values(var.account_overrides) : coalesce(override.task_set, false)])
    error_message = "controlled_scaledown_state_machine_arns is ${jsonencode(var.controlled_scaledown_state_machine_arns)}, but task_set is not enabled: nothing would start them. Set task_set = { enabled = true }, or leave them out."
  }

  # The functions start the machine of that name: IAM would refuse them another.
  validation {
    condition     = alltrue([for arn in var.controlled_scaledown_state_machine_arns : try(split(":", arn)[6], var.task_set.state_machine_name) == var.task_set.state_machine_name])
    error_message = "controlled_scaledown_state_machine_arns is ${jsonencode(var.controlled_scaledown_state_machine_arns)}, but task_set.state_machine_name is \"${var.task_set.state_machine_name}\", which is the one that would be started. Give task_set the name at the end of the ARNs; it is the same in all accounts and Regions."
  }
}
