variable "name_prefix" {
  description = "Goes before every name that is made here, such as `dev-`. Two installations in one account need different ones. Another one later replaces everything, the state table with all open baselines too: restore first what is failed over (`docs/upgrade-and-remove.md`)."
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

variable "organization_id" {
  description = "The AWS organization (`o-...`) whose accounts may send events. Give this, or `organizational_unit_paths`, or `workload_account_ids`; the account of this module always may."
  type        = string
  default     = null

  validation {
    condition     = var.organization_id == null || can(regex("^o-[a-z0-9]{10,32}$", var.organization_id))
    error_message = "organization_id is \"${coalesce(var.organization_id, "null")}\". It must look like \"o-a1b2c3d4e5\": see `aws organizations describe-organization`."
  }
}

variable "organizational_unit_paths" {
  description = "Paths of organizational units whose accounts may send events, such as `o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*`: with `/*` units below it too, with `/` only its own accounts."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for path in var.organizational_unit_paths : can(regex("^o-[a-z0-9]{10,32}/r-[a-z0-9]{4,32}(/ou-[a-z0-9]{4,32}-[a-z0-9]{8,32})*/((ou-)?\\*)?$", path))])
    error_message = "organizational_unit_paths has ${jsonencode([for path in var.organizational_unit_paths : path if !can(regex("^o-[a-z0-9]{10,32}/r-[a-z0-9]{4,32}(/ou-[a-z0-9]{4,32}-[a-z0-9]{8,32})*/((ou-)?\\*)?$", path))])}. A path names organization, root and units and ends with / or /*, such as \"o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*\"."
  }

  validation {
    condition     = var.organization_id == null || length(var.organizational_unit_paths) == 0
    error_message = "organization_id ${coalesce(var.organization_id, "null")} and ${length(var.organizational_unit_paths)} organizational_unit_paths are both given. The organization would let every unit in: give only the paths, to let in these units alone, or only the organization."
  }
}

variable "workload_account_ids" {
  description = "Accounts that may send events, for those outside the organization or units, or instead of them."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.workload_account_ids : can(regex("^[0-9]{12}$", id))])
    error_message = "workload_account_ids has ${jsonencode([for id in var.workload_account_ids : id if !can(regex("^[0-9]{12}$", id))])}. An account id has 12 digits, as text: \"012345678901\"."
  }

  validation {
    condition     = length(distinct(var.workload_account_ids)) == length(var.workload_account_ids)
    error_message = "workload_account_ids names ${jsonencode(distinct([for id in var.workload_account_ids : id if length([for other in var.workload_account_ids : other if other == id]) > 1]))} more than once. Name each account once."
  }
}

variable "names" {
  description = "Names of the things that are made here, without `name_prefix`, which goes before each. Functions' names are also those of their roles and log groups; dead-letter queues are named after their queue or function, with `-dlq`. Another `state_table` later replaces the table with all open baselines: restore first what is failed over (`docs/upgrade-and-remove.md`); `state_table_deletion_protection` guards it."
  type = object({
    automation_role            = optional(string, "CentralSpotAutomationRole")
    event_bus                  = optional(string, "ecs-spot-failover")
    placement_failure_function = optional(string, "fargate-spot-task-placement-failure-handler")
    placement_failure_queue    = optional(string, "fargate-spot-placement-failure-queue")
    placement_failure_rule     = optional(string, "fargate-spot-placement-failure")
    spot_interruption_function = optional(string, "fargate-spot-interruption-handler")
    spot_interruption_queue    = optional(string, "fargate-spot-interruption-queue")
    spot_interruption_rule     = optional(string, "fargate-spot-interruption")
    restore_function           = optional(string, "fargate-spot-restore-handler")
    restore_rule               = optional(string, "fargate-spot-restore-schedule")
    sweep_function             = optional(string, "fargate-spot-sweep-handler")
    sweep_queue                = optional(string, "fargate-spot-sweep-queue")
    sweep_rule                 = optional(string, "fargate-spot-sweep-schedule")
    heartbeat_rule             = optional(string, "fargate-spot-heartbeat")
    task_state_function        = optional(string, "fargate-spot-task-state-handler")
    task_state_queue           = optional(string, "fargate-spot-task-state-queue")
    task_state_rule            = optional(string, "fargate-spot-task-state")
    state_table                = optional(string, "ecs_cp_restore_state")
    notification_topic         = optional(string, "ecs-spot-failover-notifications")
    operator_role              = optional(string, "EcsSpotFailoverOperator")
    dashboard                  = optional(string, "ecs-spot-failover")
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in values(var.names) : can(regex("^[A-Za-z0-9_-]+$", name))])
    error_message = "names has ${jsonencode({ for thing, name in var.names : thing => name if !can(regex("^[A-Za-z0-9_-]+$", name)) })}. A name must be made of letters, digits, - and _."
  }

  # IAM tells roles apart without regard to case.
  validation {
    condition     = length(distinct([for thing, name in var.names : lower(name) if endswith(thing, "_function") || endswith(thing, "_role")])) == 7
    error_message = "names gives two roles the same name: ${jsonencode({ for thing, name in var.names : thing => name if endswith(thing, "_function") || endswith(thing, "_role") })}. Each function needs its own name, which is its role's too, and so do the automation role and the operator role."
  }

  validation {
    condition     = length(distinct(flatten(["${var.names.restore_function}-dlq", [for thing, name in var.names : [name, "${name}-dlq"] if endswith(thing, "_queue")]]))) == 9
    error_message = "names gives two queues the same name: ${jsonencode({ for thing, name in var.names : thing => name if endswith(thing, "_queue") || thing == "restore_function" })}. Each needs its own, and so do the dead-letter queues: that of the restore function is named after it."
  }

  validation {
    condition     = length(distinct([for thing, name in var.names : name if endswith(thing, "_rule") && !contains(["restore_rule", "sweep_rule"], thing)])) == 4
    error_message = "names gives two rules of the event bus the same name: ${jsonencode({ for thing, name in var.names : thing => name if endswith(thing, "_rule") && !contains(["restore_rule", "sweep_rule"], thing) })}. Each needs its own."
  }

  validation {
    condition     = var.names.restore_rule != var.names.sweep_rule
    error_message = "names.restore_rule and names.sweep_rule are both \"${var.names.restore_rule}\". The two schedules are on the default bus: each needs its own name."
  }

  validation {
    condition     = length(var.names.state_table) >= 3
    error_message = "names.state_table is \"${var.names.state_table}\". A table's name has at least 3 characters."
  }

  validation {
    condition     = var.names.event_bus != "default"
    error_message = "names.event_bus is \"default\", which is the name of the account's own bus. Give another, such as \"ecs-spot-failover\"."
  }
}

variable "external_id" {
  description = "ExternalId with which the functions enter the automation roles. null: `NAME_PREFIXecs-spot-failover`."
  type        = string
  default     = null

  validation {
    condition     = var.external_id == null || can(regex("^[A-Za-z0-9_+=,.@:/-]{2,256}$", var.external_id))
    error_message = "external_id is \"${coalesce(var.external_id, "null")}\". It must be 2 to 256 letters, digits and _+=,.@:/-."
  }
}

variable "role_path" {
  description = "Path of all roles, the automation roles in the workload accounts included, such as `/platform/`."
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

variable "alarm_actions" {
  description = "ARNs that every alarm notifies when it goes off and when it is over, such as an SNS topic's. Empty: the topic of the `notifications`, if it is in this Region."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.alarm_actions : can(regex("^arn:[a-z-]+:[a-z0-9-]+:", arn))]) && length(var.alarm_actions) <= 5
    error_message = "alarm_actions is ${jsonencode(var.alarm_actions)}. It must be a list of at most 5 ARNs, such as \"arn:aws:sns:us-east-1:123456789012:on-call\"."
  }
}
