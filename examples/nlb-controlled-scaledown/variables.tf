variable "region" {
  description = "Region of everything."
  type        = string
  default     = "us-east-1"

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is ${jsonencode(var.region)}. Give the code of a Region, such as us-east-1."
  }
}

variable "name" {
  description = "What the names of all that is made here begin with."
  type        = string
  default     = "stream"

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$", var.name)) && !startswith(var.name, "internal-")
    error_message = "name is ${jsonencode(var.name)}. Give 1 to 20 lower-case letters, digits and -, beginning with a letter and not ending with -; load balancers take none that begins with internal-."
  }
}

variable "vpc_cidr" {
  description = "Addresses of the VPC that is made."
  type        = string
  default     = "10.50.0.0/16"

  validation {
    condition     = can(cidrnetmask(var.vpc_cidr)) && try(tonumber(split("/", var.vpc_cidr)[1]) >= 16 && tonumber(split("/", var.vpc_cidr)[1]) <= 24, false)
    error_message = "vpc_cidr is ${jsonencode(var.vpc_cidr)}. Give an IPv4 block between /16 and /24, such as 10.50.0.0/16."
  }
}

variable "port" {
  description = "Port of the listener for production."
  type        = number
  default     = 80

  validation {
    condition     = var.port >= 1 && var.port <= 65535 && floor(var.port) == var.port
    error_message = "port is ${var.port}. Give a port from 1 to 65535."
  }
}

variable "test_port" {
  description = "Port of the listener for the other target group, open inside the VPC only."
  type        = number
  default     = 8080

  validation {
    condition     = var.test_port >= 1 && var.test_port <= 65535 && floor(var.test_port) == var.test_port
    error_message = "test_port is ${var.test_port}. Give a port from 1 to 65535."
  }

  validation {
    condition     = var.test_port != var.port
    error_message = "test_port is ${var.test_port}, as is port. Give another one: a load balancer has one listener on each port."
  }
}

variable "desired_count" {
  description = "Tasks of the service."
  type        = number
  default     = 2

  validation {
    condition     = var.desired_count >= 1 && var.desired_count <= 5000 && floor(var.desired_count) == var.desired_count
    error_message = "desired_count is ${var.desired_count}. Give a whole number from 1 to 5000, of which ECS runs no more in a service."
  }
}

variable "first_task_set" {
  description = "Whether Terraform makes a first task set. false once the state machine has replaced it."
  type        = bool
  default     = true
}

variable "image" {
  description = "Image of the service, pinned."
  type        = string
  default     = "public.ecr.aws/nginx/nginx:1.27.4"

  validation {
    condition     = can(regex("^[^[:space:]]+(:[A-Za-z0-9_][A-Za-z0-9_.-]*|@sha256:[0-9a-f]{64})$", var.image)) && !endswith(var.image, ":latest")
    error_message = "image is ${jsonencode(var.image)}. Give it with a tag that stays, or with a digest: a new task set must not run another image."
  }
}

variable "wait_for_service" {
  description = "Seconds that new tasks get to become healthy, in the execution input that is shown."
  type        = number
  default     = 600

  validation {
    condition     = var.wait_for_service >= 1 && var.wait_for_service <= 3600 && floor(var.wait_for_service) == var.wait_for_service
    error_message = "wait_for_service is ${var.wait_for_service}. The state machine takes whole seconds from 1 to 3600."
  }
}

variable "scaledown_decrement" {
  description = "Percent points by which the old task set is scaled down, in the execution input that is shown."
  type        = number
  default     = 50

  validation {
    condition     = var.scaledown_decrement >= 1 && var.scaledown_decrement <= 100 && floor(var.scaledown_decrement) == var.scaledown_decrement
    error_message = "scaledown_decrement is ${var.scaledown_decrement}. The state machine takes whole percent points from 1 to 100."
  }
}

variable "scaledown_wait" {
  description = "Seconds after each of these steps, in the execution input that is shown."
  type        = number
  default     = 120

  validation {
    condition     = var.scaledown_wait >= 1 && var.scaledown_wait <= 86400 && floor(var.scaledown_wait) == var.scaledown_wait
    error_message = "scaledown_wait is ${var.scaledown_wait}. The state machine takes whole seconds from 1 to 86400."
  }

  # As the state machine, whose time_limit_minutes is left at 720 here.
  validation {
    condition     = var.wait_for_service + ceil(100 / max(var.scaledown_decrement, 1)) * var.scaledown_wait <= 43200
    error_message = "scaledown_wait is ${var.scaledown_wait}: with steps of scaledown_decrement = ${var.scaledown_decrement} and wait_for_service = ${var.wait_for_service} an execution may take longer than 43200 s, its time limit. Give a shorter wait or larger steps."
  }
}

variable "alarm_actions" {
  description = "ARNs that the alarms notify, such as an SNS topic's."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.alarm_actions : can(regex("^arn:[a-z-]+:[a-z0-9-]+:", arn))]) && length(var.alarm_actions) <= 5
    error_message = "alarm_actions is ${jsonencode(var.alarm_actions)}. Give at most 5 ARNs, such as arn:aws:sns:us-east-1:123456789012:on-call."
  }
}
