variable "placement_failure_function" {
  description = "Function that handles placement failures. `reserved_concurrency` null: none is set aside."
  type = object({
    timeout_seconds      = optional(number, 60)
    memory_mb            = optional(number, 256)
    reserved_concurrency = optional(number)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.placement_failure_function.timeout_seconds >= 1 && var.placement_failure_function.timeout_seconds <= 900
    error_message = "placement_failure_function.timeout_seconds is ${var.placement_failure_function.timeout_seconds}. It must be from 1 to 900, Lambda's limit."
  }

  validation {
    condition     = var.placement_failure_function.memory_mb >= 128 && var.placement_failure_function.memory_mb <= 10240
    error_message = "placement_failure_function.memory_mb is ${var.placement_failure_function.memory_mb}. It must be from 128 to 10240."
  }
}

variable "spot_interruption_function" {
  description = "Function that handles Spot interruptions. `reserved_concurrency` null: none is set aside."
  type = object({
    timeout_seconds      = optional(number, 60)
    memory_mb            = optional(number, 256)
    reserved_concurrency = optional(number)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.spot_interruption_function.timeout_seconds >= 1 && var.spot_interruption_function.timeout_seconds <= 900
    error_message = "spot_interruption_function.timeout_seconds is ${var.spot_interruption_function.timeout_seconds}. It must be from 1 to 900, Lambda's limit."
  }

  validation {
    condition     = var.spot_interruption_function.memory_mb >= 128 && var.spot_interruption_function.memory_mb <= 10240
    error_message = "spot_interruption_function.memory_mb is ${var.spot_interruption_function.memory_mb}. It must be from 128 to 10240."
  }
}

variable "restore_function" {
  description = "Function that restores services, on the schedule of `restore`. `reserved_concurrency` null: none is set aside."
  type = object({
    timeout_seconds      = optional(number, 300)
    memory_mb            = optional(number, 256)
    reserved_concurrency = optional(number)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.restore_function.timeout_seconds >= 1 && var.restore_function.timeout_seconds <= 900
    error_message = "restore_function.timeout_seconds is ${var.restore_function.timeout_seconds}. It must be from 1 to 900, Lambda's limit."
  }

  validation {
    condition     = var.restore_function.memory_mb >= 128 && var.restore_function.memory_mb <= 10240
    error_message = "restore_function.memory_mb is ${var.restore_function.memory_mb}. It must be from 128 to 10240."
  }

  validation {
    condition     = coalesce(var.restore_function.reserved_concurrency, 1) >= 1
    error_message = "restore_function.reserved_concurrency is ${coalesce(var.restore_function.reserved_concurrency, -1)}. It must be at least 1, or left out: with 0 the function never runs and no service is restored. To stop it set enabled = false."
  }
}

variable "sweep_function" {
  description = "Function that looks for services that run short without an event, on the schedule of `sweep`. `reserved_concurrency` null: none is set aside."
  type = object({
    timeout_seconds      = optional(number, 120)
    memory_mb            = optional(number, 256)
    reserved_concurrency = optional(number)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.sweep_function.timeout_seconds >= 1 && var.sweep_function.timeout_seconds <= 900
    error_message = "sweep_function.timeout_seconds is ${var.sweep_function.timeout_seconds}. It must be from 1 to 900, Lambda's limit."
  }

  validation {
    condition     = var.sweep_function.memory_mb >= 128 && var.sweep_function.memory_mb <= 10240
    error_message = "sweep_function.memory_mb is ${var.sweep_function.memory_mb}. It must be from 128 to 10240."
  }
}

variable "task_state_function" {
  description = "Function that scales on-demand twins, where `failover_service` is enabled. `reserved_concurrency` null: none is set aside."
  type = object({
    timeout_seconds      = optional(number, 60)
    memory_mb            = optional(number, 256)
    reserved_concurrency = optional(number)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.task_state_function.timeout_seconds >= 1 && var.task_state_function.timeout_seconds <= 900
    error_message = "task_state_function.timeout_seconds is ${var.task_state_function.timeout_seconds}. It must be from 1 to 900, Lambda's limit."
  }

  validation {
    condition     = var.task_state_function.memory_mb >= 128 && var.task_state_function.memory_mb <= 10240
    error_message = "task_state_function.memory_mb is ${var.task_state_function.memory_mb}. It must be from 128 to 10240."
  }
}
