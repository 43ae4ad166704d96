variable "eventbridge_rule_state" {
  description = "`ENABLED`, or `DISABLED`: no event is taken, no service restored, no shortage looked for, and nobody told of incidents."
  type        = string
  default     = "ENABLED"
  nullable    = false

  validation {
    condition     = contains(["ENABLED", "DISABLED"], var.eventbridge_rule_state)
    error_message = "eventbridge_rule_state is \"${var.eventbridge_rule_state}\". It must be \"ENABLED\" or \"DISABLED\"."
  }
}

variable "eventbridge_rule_state_overrides" {
  description = "State of single rules where it is not `eventbridge_rule_state`: `placement_failure`, `spot_interruption`, `heartbeat`, `task_state`, `restore` and `sweep` (the schedules)."
  type = object({
    placement_failure = optional(string)
    spot_interruption = optional(string)
    heartbeat         = optional(string)
    task_state        = optional(string)
    restore           = optional(string)
    sweep             = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for state in values(var.eventbridge_rule_state_overrides) : contains(["ENABLED", "DISABLED"], coalesce(state, "ENABLED"))])
    error_message = "eventbridge_rule_state_overrides is ${jsonencode(var.eventbridge_rule_state_overrides)}. Each must be \"ENABLED\" or \"DISABLED\", or left out."
  }
}

variable "state_table_deletion_protection" {
  description = "Whether DynamoDB refuses to delete the state table. It holds the baselines of all services that are failed over: switch it on in production."
  type        = bool
  default     = false
  nullable    = false
}

variable "runtime" {
  description = "Lambda runtime: `python3.11`, `python3.12` or `python3.13`."
  type        = string
  default     = "python3.13"
  nullable    = false

  validation {
    condition     = contains(["python3.11", "python3.12", "python3.13"], var.runtime)
    error_message = "runtime is \"${var.runtime}\". It must be \"python3.11\", \"python3.12\" or \"python3.13\"."
  }
}

variable "architecture" {
  description = "`arm64` or `x86_64`."
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture is \"${var.architecture}\". It must be \"arm64\" or \"x86_64\"."
  }
}

variable "tracing_mode" {
  description = "X-Ray tracing of the functions: `Active`, or `PassThrough` (only where the caller traces)."
  type        = string
  default     = "Active"
  nullable    = false

  validation {
    condition     = contains(["Active", "PassThrough"], var.tracing_mode)
    error_message = "tracing_mode is \"${var.tracing_mode}\". It must be \"Active\" or \"PassThrough\"."
  }
}

variable "log_level" {
  description = "`DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`."
  type        = string
  default     = "INFO"
  nullable    = false

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], var.log_level)
    error_message = "log_level is \"${var.log_level}\". It must be \"DEBUG\", \"INFO\", \"WARNING\", \"ERROR\" or \"CRITICAL\"."
  }
}

variable "log_retention_days" {
  description = "How long the functions' log groups keep their lines. 0: for ever."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is ${var.log_retention_days}. CloudWatch Logs knows 0 (for ever), 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 and 3653."
  }
}

variable "kms_key_arn" {
  description = "Customer key for queues, table, topic, log groups and the functions' environment. Its policy must let events.amazonaws.com, logs.REGION.amazonaws.com and, for alarms that go to the topic, cloudwatch.amazonaws.com use it. null: SSE-SQS and AWS's own keys."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn is \"${coalesce(var.kms_key_arn, "null")}\". It must be the ARN of a key, not of an alias, such as \"arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab\": EventBridge and CloudWatch cannot use AWS-managed keys such as alias/aws/sqs."
  }
}

variable "vpc_subnet_ids" {
  description = "Private subnets for the functions, with a way to the endpoints of STS and ECS in every Region of yours and of DynamoDB, SQS, EventBridge, SNS and CloudWatch Logs in this one. Empty: not in a VPC."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = (length(var.vpc_subnet_ids) == 0) == (length(var.vpc_security_group_ids) == 0)
    error_message = "vpc_subnet_ids has ${length(var.vpc_subnet_ids)} entries and vpc_security_group_ids ${length(var.vpc_security_group_ids)}. Give both, or neither for functions outside a VPC."
  }

  validation {
    condition     = alltrue([for id in var.vpc_subnet_ids : can(regex("^subnet-[0-9a-f]+$", id))]) && length(var.vpc_subnet_ids) <= 16
    error_message = "vpc_subnet_ids is ${jsonencode(var.vpc_subnet_ids)}. A subnet's id looks like \"subnet-0a1b2c3d4e5f67890\", and Lambda takes at most 16."
  }
}

variable "vpc_security_group_ids" {
  description = "Security groups for the functions, which let HTTPS out. Empty: not in a VPC."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.vpc_security_group_ids : can(regex("^sg-[0-9a-f]+$", id))]) && length(var.vpc_security_group_ids) <= 5
    error_message = "vpc_security_group_ids is ${jsonencode(var.vpc_security_group_ids)}. A security group's id looks like \"sg-0a1b2c3d4e5f67890\", and Lambda takes at most 5."
  }
}
