# What only the onboarding of this account itself needs; everything else is given to both modules.

variable "onboarding_names" {
  description = "Names of the things that onboarding makes, without `name_prefix`, which goes before each."
  type = object({
    dead_letter_queue      = optional(string, "fargate-spot-forward-dlq")
    forward_role           = optional(string, "fargate-spot-forward")
    placement_failure_rule = optional(string, "fargate-spot-placement-failure-forward")
    spot_interruption_rule = optional(string, "fargate-spot-interruption-forward")
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in values(var.onboarding_names) : can(regex("^[A-Za-z0-9_-]+$", name))])
    error_message = "onboarding_names has ${jsonencode({ for thing, name in var.onboarding_names : thing => name if !can(regex("^[A-Za-z0-9_-]+$", name)) })}. A name must be made of letters, digits, - and _."
  }

  validation {
    condition     = length(distinct([var.onboarding_names.placement_failure_rule, var.onboarding_names.spot_interruption_rule, var.names.restore_rule])) == 3
    error_message = "onboarding_names gives the rules the names ${jsonencode([var.onboarding_names.placement_failure_rule, var.onboarding_names.spot_interruption_rule])}, and names.restore_rule is \"${var.names.restore_rule}\". All three are on the default bus: each needs its own."
  }

  validation {
    condition     = !contains([for thing, name in var.names : lower(name) if endswith(thing, "_function") || thing == "automation_role"], lower(var.onboarding_names.forward_role))
    error_message = "onboarding_names.forward_role is \"${var.onboarding_names.forward_role}\", which is also the name of a function, and so of its role, or of the automation role. Each role needs its own."
  }
}

variable "pass_role_arns" {
  description = "Roles of tasks that the automation may pass to ECS, where UpdateService demands `iam:PassRole`. Default: none."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.pass_role_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/.+$", arn))])
    error_message = "pass_role_arns is ${jsonencode(var.pass_role_arns)}. It must be a list of roles' ARNs, such as \"arn:aws:iam::123456789012:role/tasks/*\"."
  }
}
