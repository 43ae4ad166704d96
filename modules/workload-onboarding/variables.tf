variable "central" {
  description = <<-EOT
    The central installation: give the output `onboarding` of the module `central`, or the same values by hand:
    - `account_id`: account of the installation.
    - `event_bus_arn`: its event bus.
    - `handler_role_arns`: roles of its functions and of its operators, with their paths.
    - `external_id`: ExternalId that its functions give.
    - `automation_role_name`, `automation_role_path`: the role that its functions enter in this account.
    - `synthetic_event_sources`: sources of made-up events that are forwarded too; empty: none.
    - `failover_service`: whether the installation has on-demand twins.
    - `silent_after_minutes`: after so long without a heartbeat it raises an alarm.
    - `state_machine_name`: name of the state machines that it starts; null: none, or not known.
  EOT
  type = object({
    account_id              = string
    event_bus_arn           = string
    handler_role_arns       = list(string)
    external_id             = string
    automation_role_name    = optional(string, "CentralSpotAutomationRole")
    automation_role_path    = optional(string, "/")
    synthetic_event_sources = optional(list(string), [])
    failover_service        = optional(bool, false)
    silent_after_minutes    = optional(number, 15)
    state_machine_name      = optional(string)
  })
  nullable = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.central.account_id))
    error_message = "central.account_id is \"${var.central.account_id}\". An account id has 12 digits, as text: \"012345678901\"."
  }

  validation {
    condition     = can(regex("^arn:[a-z-]+:events:[a-z0-9-]+:[0-9]{12}:event-bus/.+$", var.central.event_bus_arn))
    error_message = "central.event_bus_arn is \"${var.central.event_bus_arn}\". It must be the ARN of the central bus, such as \"arn:aws:events:us-east-1:123456789012:event-bus/ecs-spot-failover\"."
  }

  validation {
    condition     = try(split(":", var.central.event_bus_arn)[4], var.central.account_id) == var.central.account_id
    error_message = "central.event_bus_arn is \"${var.central.event_bus_arn}\", but central.account_id is \"${var.central.account_id}\". The bus must be in the central account: take both from the same output `onboarding`."
  }

  validation {
    condition     = length(var.central.handler_role_arns) > 0 && alltrue([for arn in var.central.handler_role_arns : can(regex("^arn:[a-z-]+:iam::${var.central.account_id}:role/[A-Za-z0-9_+=,.@/-]+$", arn))])
    error_message = "central.handler_role_arns is ${jsonencode(var.central.handler_role_arns)}. It must name at least one role of the central account ${var.central.account_id}, without the wildcards * and ?, such as \"arn:aws:iam::${var.central.account_id}:role/fargate-spot-restore-handler\"."
  }

  validation {
    condition     = can(regex("^[A-Za-z0-9_+=,.@:/-]{2,256}$", var.central.external_id))
    error_message = "central.external_id is \"${var.central.external_id}\". It must be 2 to 256 letters, digits and _+=,.@:/-, the same as in the central installation."
  }

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.central.automation_role_name))
    error_message = "central.automation_role_name is \"${var.central.automation_role_name}\". It must be 1 to 64 letters, digits, - and _, without a path: that is automation_role_path."
  }

  validation {
    condition     = can(regex("^/([A-Za-z0-9._+=,@-]+/)*$", var.central.automation_role_path))
    error_message = "central.automation_role_path is \"${var.central.automation_role_path}\". It must begin and end with /, such as \"/platform/\"."
  }

  validation {
    condition     = alltrue([for source in var.central.synthetic_event_sources : can(regex("^[A-Za-z0-9._/-]{1,256}$", source)) && !startswith(source, "aws.")])
    error_message = "central.synthetic_event_sources is ${jsonencode(var.central.synthetic_event_sources)}. A source is made of letters, digits and ._/- and does not begin with \"aws.\" (only AWS may send those), such as \"test.aws.ecs\"."
  }

  validation {
    condition     = var.central.state_machine_name == null || can(regex("^[A-Za-z0-9_-]{1,80}$", var.central.state_machine_name))
    error_message = "central.state_machine_name is \"${coalesce(var.central.state_machine_name, "null")}\". It must be a state machine's name, not its ARN: 1 to 80 letters, digits, - and _, such as \"controlled-scaledown\"."
  }
}

variable "name_prefix" {
  description = "Goes before every name that is made here, such as `dev-`. Two installations in one account need different ones."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{0,32}$", var.name_prefix))
    error_message = "name_prefix is \"${var.name_prefix}\". It must be at most 32 letters, digits, - and _, such as \"dev-\"."
  }
}

variable "tags" {
  description = "Tags of everything that takes tags."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key, value in var.tags : can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]{1,128}$", key)) && !startswith(lower(key), "aws:") && can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]{0,256}$", value))])
    error_message = "tags has ${jsonencode({ for key, value in var.tags : key => value if !(can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]{1,128}$", key)) && !startswith(lower(key), "aws:") && can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]{0,256}$", value))) })}. A key has 1 to 128 characters and does not begin with \"aws:\", a value has up to 256; both are of letters, digits, spaces and _.:/=+-@."
  }

  validation {
    condition     = length(var.tags) <= 50
    error_message = "tags has ${length(var.tags)} tags. AWS takes at most 50."
  }
}

variable "names" {
  description = "Names of the things that are made here, without `name_prefix`, which goes before each. The automation role's name comes with `central`."
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
    condition     = alltrue([for name in values(var.names) : can(regex("^[A-Za-z0-9_-]+$", name))])
    error_message = "names has ${jsonencode({ for thing, name in var.names : thing => name if !can(regex("^[A-Za-z0-9_-]+$", name)) })}. A name must be made of letters, digits, - and _."
  }

  validation {
    condition     = length(distinct([for thing, name in var.names : name if endswith(thing, "_rule")])) == 4
    error_message = "names gives two rules the same name: ${jsonencode({ for thing, name in var.names : thing => name if endswith(thing, "_rule") })}. Each needs its own."
  }

  # IAM tells roles apart without regard to case.
  validation {
    condition     = lower(var.names.forward_role) != lower(var.names.heartbeat_role)
    error_message = "names.forward_role and names.heartbeat_role are both \"${var.names.heartbeat_role}\". Each role needs its own name."
  }

  validation {
    condition     = !var.create_roles || !contains([for role in [var.names.forward_role, var.names.heartbeat_role] : lower("${var.name_prefix}${role}")], lower(var.central.automation_role_name))
    error_message = "names.forward_role is \"${var.names.forward_role}\" and names.heartbeat_role \"${var.names.heartbeat_role}\": with name_prefix \"${var.name_prefix}\" one of them is also the name of the automation role, \"${var.central.automation_role_name}\" (central.automation_role_name). Each role needs its own."
  }
}

variable "create_roles" {
  description = "Roles are made once per account: false in its further Regions, which refer to them by name."
  type        = bool
  default     = true
  nullable    = false
}

variable "forward_role_name" {
  description = "With `create_roles = false`: full name of the role in which EventBridge forwards, the output `forward_role_name` of the account's first Region. null: the name that this module would give it."
  type        = string
  default     = null

  validation {
    condition     = var.forward_role_name == null || can(regex("^[A-Za-z0-9_+=,.@-]{1,64}$", var.forward_role_name))
    error_message = "forward_role_name is \"${coalesce(var.forward_role_name, "null")}\". It must be a role's name of 1 to 64 characters, without path: that is role_path."
  }

  validation {
    condition     = var.forward_role_name == null || !var.create_roles
    error_message = "forward_role_name is \"${coalesce(var.forward_role_name, "null")}\" while create_roles is true. Set create_roles = false to use the role that is there, or name the new one by names.forward_role."
  }
}

variable "heartbeat_role_name" {
  description = "With `create_roles = false`: full name of the role in which the heartbeat is sent, the output `heartbeat_role_name` of the account's first Region. null: the name that this module would give it."
  type        = string
  default     = null

  validation {
    condition     = var.heartbeat_role_name == null || can(regex("^[A-Za-z0-9_+=,.@-]{1,64}$", var.heartbeat_role_name))
    error_message = "heartbeat_role_name is \"${coalesce(var.heartbeat_role_name, "null")}\". It must be a role's name of 1 to 64 characters, without path: that is role_path."
  }

  validation {
    condition     = var.heartbeat_role_name == null || !var.create_roles
    error_message = "heartbeat_role_name is \"${coalesce(var.heartbeat_role_name, "null")}\" while create_roles is true. Set create_roles = false to use the role that is there, or name the new one by names.heartbeat_role."
  }
}

variable "heartbeat_interval_minutes" {
  description = "Every so often this account and Region sends a heartbeat to the central account. At most half of `sweep.silent_after_minutes` there, so that one that is lost is no alarm."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.heartbeat_interval_minutes >= 1 && var.heartbeat_interval_minutes <= 15 && floor(var.heartbeat_interval_minutes) == var.heartbeat_interval_minutes
    error_message = "heartbeat_interval_minutes is ${var.heartbeat_interval_minutes}. It must be a whole number from 1 to 15."
  }

  validation {
    condition     = 2 * var.heartbeat_interval_minutes <= var.central.silent_after_minutes
    error_message = "heartbeat_interval_minutes is ${var.heartbeat_interval_minutes}, while the central installation calls an account and Region silent after ${var.central.silent_after_minutes} minutes (sweep.silent_after_minutes). One lost heartbeat would be an alarm: give at most half of that here, or raise it there."
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
    condition     = length(var.controlled_scaledown_state_machine_arns) == 0 || var.create_roles
    error_message = "controlled_scaledown_state_machine_arns is ${jsonencode(var.controlled_scaledown_state_machine_arns)}, while create_roles is false. The automation role is made in the account's first Region: name the state machines of all its Regions there."
  }

  # The central functions start the machine of that name: IAM would refuse them another.
  validation {
    condition     = alltrue([for arn in var.controlled_scaledown_state_machine_arns : var.central.state_machine_name == null || try(split(":", arn)[6], var.central.state_machine_name) == var.central.state_machine_name])
    error_message = "controlled_scaledown_state_machine_arns is ${jsonencode(var.controlled_scaledown_state_machine_arns)}, but the central installation starts state machines named \"${coalesce(var.central.state_machine_name, "null")}\" (task_set.state_machine_name). Give the module controlled-scaledown that name here, or task_set there the name at the end of the ARNs."
  }
}

variable "failover_service" {
  description = "Whether services of this account may have on-demand twins: starts and stops of its tasks are forwarded. The automation role is made with what twins need only where this is true in the Region that makes the roles, too."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.failover_service || var.central.failover_service
    error_message = "failover_service is true, but the central installation of account ${var.central.account_id} has no on-demand twins. Set failover_service = { enabled = true } there first, or leave it out here."
  }
}

variable "role_path" {
  description = "Path of the roles in which EventBridge forwards and the heartbeat is sent, such as `/platform/`. The automation role's path comes with `central`."
  type        = string
  default     = "/"
  nullable    = false

  validation {
    condition     = can(regex("^/([A-Za-z0-9._+=,@-]+/)*$", var.role_path)) && length(var.role_path) <= 256
    error_message = "role_path is \"${var.role_path}\". It must begin and end with /, such as \"/platform/\", and have at most 256 characters."
  }
}

variable "permissions_boundary" {
  description = "ARN of the policy that bounds every role that is made here. null: none."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null || can(regex("^arn:[a-z-]+:iam::(aws|[0-9]{12}):policy/.+$", var.permissions_boundary))
    error_message = "permissions_boundary is \"${coalesce(var.permissions_boundary, "null")}\". It must be the ARN of a policy, such as \"arn:aws:iam::123456789012:policy/boundary\"."
  }
}

variable "automation_scope" {
  description = <<-EOT
    Which services of this account the automation role may switch, whatever the central installation decides; null: all of them. At least one of:
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

  validation {
    condition     = var.automation_scope == null || var.create_roles
    error_message = "automation_scope is ${jsonencode(var.automation_scope)} while create_roles is false: no role is made here that it could bind. Give it in the account's first Region, which makes the automation role for all of its Regions."
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

  validation {
    condition     = length(var.pass_role_arns) == 0 || var.create_roles
    error_message = "pass_role_arns is ${jsonencode(var.pass_role_arns)} while create_roles is false: no role is made here that could get them. Give them in the account's first Region, which makes the automation role for all of its Regions."
  }
}

variable "eventbridge_rule_state" {
  description = "`ENABLED`, or `DISABLED`: no event of this account and Region is forwarded."
  type        = string
  default     = "ENABLED"
  nullable    = false

  validation {
    condition     = contains(["ENABLED", "DISABLED"], var.eventbridge_rule_state)
    error_message = "eventbridge_rule_state is \"${var.eventbridge_rule_state}\". It must be \"ENABLED\" or \"DISABLED\"."
  }
}

variable "kms_key_arn" {
  description = "Customer key of this account and Region for the dead-letter queue. Its policy must let events.amazonaws.com use it. null: SSE-SQS."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn is \"${coalesce(var.kms_key_arn, "null")}\". It must be the ARN of a key, not of an alias, such as \"arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab\": EventBridge cannot use AWS-managed keys such as alias/aws/sqs."
  }
}

variable "alarm_actions" {
  description = "ARNs that every alarm notifies when it goes off and when it is over, such as that of an SNS topic of this Region. Empty: nobody."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.alarm_actions : can(regex("^arn:[a-z-]+:[a-z0-9-]+:", arn))]) && length(var.alarm_actions) <= 5
    error_message = "alarm_actions is ${jsonencode(var.alarm_actions)}. It must be a list of at most 5 ARNs, such as \"arn:aws:sns:us-east-1:123456789012:on-call\"."
  }
}
