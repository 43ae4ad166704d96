variable "clusters" {
  description = "Names of the clusters whose services the state machine may work on; `*` stands for any characters."
  type        = list(string)
  default     = ["*"]
  nullable    = false

  validation {
    condition     = length(var.clusters) > 0 && alltrue([for name in var.clusters : can(regex("^[A-Za-z0-9_*-]{1,255}$", name))])
    error_message = "clusters is ${jsonencode(var.clusters)}. It must be a list of clusters' names, not ARNs, such as [\"shop\"] or [\"prod-*\"]."
  }
}

variable "load_balancers" {
  description = "Names of the Network Load Balancers whose listeners the state machine may move; `*` stands for any characters."
  type        = list(string)
  default     = ["*"]
  nullable    = false

  validation {
    condition     = length(var.load_balancers) > 0 && alltrue([for name in var.load_balancers : can(regex("^[A-Za-z0-9*-]{1,32}$", name))])
    error_message = "load_balancers is ${jsonencode(var.load_balancers)}. It must be a list of load balancers' names, not ARNs, such as [\"stream\"]."
  }
}

variable "target_groups" {
  description = "Names of the target groups whose tag `isProduction` the state machine may move; `*` stands for any characters."
  type        = list(string)
  default     = ["*"]
  nullable    = false

  validation {
    condition     = length(var.target_groups) > 0 && alltrue([for name in var.target_groups : can(regex("^[A-Za-z0-9*-]{1,32}$", name))])
    error_message = "target_groups is ${jsonencode(var.target_groups)}. It must be a list of target groups' names, not ARNs, such as [\"stream-blue\", \"stream-green\"]."
  }
}

variable "pass_role_arns" {
  description = "Task roles and execution roles of the task definitions: ECS demands `iam:PassRole` of whoever makes a task set with them. Empty: none, for task definitions without roles."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.pass_role_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+$", arn))])
    error_message = "pass_role_arns is ${jsonencode(var.pass_role_arns)}. It must be a list of roles' ARNs, without the wildcards * and ?, such as \"arn:aws:iam::123456789012:role/stream-task\": whoever may pass any role may become any role."
  }
}

variable "time_limit_minutes" {
  description = "How long an execution may take, all waits included, before all is put back as it was."
  type        = number
  default     = 720
  nullable    = false

  validation {
    condition     = var.time_limit_minutes >= 5 && var.time_limit_minutes <= 43200 && floor(var.time_limit_minutes) == var.time_limit_minutes
    error_message = "time_limit_minutes is ${var.time_limit_minutes}. It must be a whole number from 5 to 43200 (30 days)."
  }
}

variable "functions" {
  description = "What each of the three functions gets. One step makes a handful of calls: `timeout_seconds` is also how long a service stays taken after an execution was stopped."
  type = object({
    timeout_seconds = optional(number, 60)
    memory_mb       = optional(number, 256)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.functions.timeout_seconds >= 30 && var.functions.timeout_seconds <= 900
    error_message = "functions.timeout_seconds is ${var.functions.timeout_seconds}. It must be from 30, for calls that are repeated, to 900, Lambda's limit."
  }

  validation {
    condition     = var.functions.memory_mb >= 128 && var.functions.memory_mb <= 10240
    error_message = "functions.memory_mb is ${var.functions.memory_mb}. It must be from 128 to 10240."
  }
}

variable "names" {
  description = "Names of the things that are made here, without `name_prefix`, which goes before each. Functions' names are also those of their roles and log groups, the state machine's that of its role and log group."
  type = object({
    state_machine    = optional(string, "controlled-scaledown")
    create_function  = optional(string, "controlled-scaledown-create")
    traffic_function = optional(string, "controlled-scaledown-traffic")
    tasks_function   = optional(string, "controlled-scaledown-tasks")
    ledger_table     = optional(string, "controlled-scaledown-ledger")
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in values(var.names) : can(regex("^[A-Za-z0-9_-]{1,64}$", name))])
    error_message = "names is ${jsonencode(var.names)}. Each must be 1 to 64 letters, digits, - and _."
  }

  # IAM tells roles apart without regard to case.
  validation {
    condition     = length(distinct([for thing, name in var.names : lower(name) if thing != "ledger_table"])) == 4
    error_message = "names is ${jsonencode(var.names)}. State machine and functions have roles of their names: each needs another name."
  }
}
