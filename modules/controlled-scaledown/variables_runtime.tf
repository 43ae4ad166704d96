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

variable "role_path" {
  description = "Path of the roles, such as `/platform/`."
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
  description = "X-Ray tracing of state machine and functions: `Active`, or `PassThrough` (none of its own)."
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
  description = "How long the log groups of state machine and functions keep their lines. 0: for ever."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is ${var.log_retention_days}. CloudWatch Logs knows 0 (for ever), 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 and 3653."
  }
}

variable "kms_key_arn" {
  description = "Customer key for table, log groups and the functions' environment. Its policy must let logs.REGION.amazonaws.com use it. null: AWS's own keys."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn is \"${coalesce(var.kms_key_arn, "null")}\". It must be the ARN of a key, not of an alias, such as \"arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab\": CloudWatch Logs cannot use AWS-managed keys."
  }
}

variable "vpc_subnet_ids" {
  description = "Private subnets for the functions, with a way to the endpoints of ECS, Elastic Load Balancing, DynamoDB, Step Functions and EventBridge. Empty: not in a VPC."
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
