variable "placement_failure_queue" {
  description = "Queue of placement failures, and how the function reads it."
  type = object({
    visibility_timeout_seconds = optional(number, 90)
    max_receive_count          = optional(number, 10)
    batch_size                 = optional(number, 1000)
    batching_window_seconds    = optional(number, 2)
    maximum_concurrency        = optional(number, 2)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.placement_failure_queue.visibility_timeout_seconds >= var.placement_failure_function.timeout_seconds + var.placement_failure_queue.batching_window_seconds && var.placement_failure_queue.visibility_timeout_seconds <= 43200
    error_message = "placement_failure_queue.visibility_timeout_seconds is ${var.placement_failure_queue.visibility_timeout_seconds}. It must be from ${var.placement_failure_function.timeout_seconds + var.placement_failure_queue.batching_window_seconds} (the function's timeout and the batching window: before that a message would be handled a second time while the first still runs) to 43200."
  }

  validation {
    condition     = var.placement_failure_queue.max_receive_count >= 3 && var.placement_failure_queue.max_receive_count <= 1000 && floor(var.placement_failure_queue.max_receive_count) == var.placement_failure_queue.max_receive_count
    error_message = "placement_failure_queue.max_receive_count is ${var.placement_failure_queue.max_receive_count}. It must be a whole number from 3 to 1000: a service that another worker holds goes back to the queue, which is no failure."
  }

  # A message that SQS drops for its age never reaches the dead-letter queue.
  validation {
    condition     = var.placement_failure_queue.max_receive_count * var.placement_failure_queue.visibility_timeout_seconds <= 172800
    error_message = "placement_failure_queue.max_receive_count is ${var.placement_failure_queue.max_receive_count} with visibility_timeout_seconds ${var.placement_failure_queue.visibility_timeout_seconds}. Their product must be at most 172800 (2 days): messages are kept for 4, and one that fails has to reach the dead-letter queue before that."
  }

  validation {
    condition     = var.placement_failure_queue.batch_size >= 1 && var.placement_failure_queue.batch_size <= 10000 && (var.placement_failure_queue.batch_size <= 10 || var.placement_failure_queue.batching_window_seconds >= 1)
    error_message = "placement_failure_queue.batch_size is ${var.placement_failure_queue.batch_size} with batching_window_seconds ${var.placement_failure_queue.batching_window_seconds}. It must be from 1 to 10000; over 10 Lambda demands a batching window of at least 1 second."
  }

  validation {
    condition     = var.placement_failure_queue.batching_window_seconds >= 0 && var.placement_failure_queue.batching_window_seconds <= 300
    error_message = "placement_failure_queue.batching_window_seconds is ${var.placement_failure_queue.batching_window_seconds}. It must be from 0 to 300."
  }

  validation {
    condition     = var.placement_failure_queue.maximum_concurrency >= 2 && var.placement_failure_queue.maximum_concurrency <= 1000
    error_message = "placement_failure_queue.maximum_concurrency is ${var.placement_failure_queue.maximum_concurrency}. It must be from 2, the least that Lambda takes, to 1000."
  }

  validation {
    condition     = coalesce(var.placement_failure_function.reserved_concurrency, var.placement_failure_queue.maximum_concurrency) >= var.placement_failure_queue.maximum_concurrency
    error_message = "placement_failure_function.reserved_concurrency is ${coalesce(var.placement_failure_function.reserved_concurrency, -1)}, less than placement_failure_queue.maximum_concurrency (${var.placement_failure_queue.maximum_concurrency}). Messages that are throttled count as received and end in the dead-letter queue: raise it to at least ${var.placement_failure_queue.maximum_concurrency}, or lower maximum_concurrency."
  }
}

variable "spot_interruption_queue" {
  description = "Queue of Spot interruptions, and how the function reads it. Its delay is `spot_interruption.look_after_seconds`."
  type = object({
    visibility_timeout_seconds = optional(number, 90)
    max_receive_count          = optional(number, 10)
    batch_size                 = optional(number, 1000)
    batching_window_seconds    = optional(number, 2)
    maximum_concurrency        = optional(number, 2)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.spot_interruption_queue.visibility_timeout_seconds >= var.spot_interruption_function.timeout_seconds + var.spot_interruption_queue.batching_window_seconds && var.spot_interruption_queue.visibility_timeout_seconds <= 43200
    error_message = "spot_interruption_queue.visibility_timeout_seconds is ${var.spot_interruption_queue.visibility_timeout_seconds}. It must be from ${var.spot_interruption_function.timeout_seconds + var.spot_interruption_queue.batching_window_seconds} (the function's timeout and the batching window: before that a message would be handled a second time while the first still runs) to 43200."
  }

  validation {
    condition     = var.spot_interruption_queue.max_receive_count >= 3 && var.spot_interruption_queue.max_receive_count <= 1000 && floor(var.spot_interruption_queue.max_receive_count) == var.spot_interruption_queue.max_receive_count
    error_message = "spot_interruption_queue.max_receive_count is ${var.spot_interruption_queue.max_receive_count}. It must be a whole number from 3 to 1000: a service that another worker holds goes back to the queue, which is no failure."
  }

  # A message that SQS drops for its age never reaches the dead-letter queue.
  validation {
    condition     = var.spot_interruption_queue.max_receive_count * var.spot_interruption_queue.visibility_timeout_seconds <= 172800
    error_message = "spot_interruption_queue.max_receive_count is ${var.spot_interruption_queue.max_receive_count} with visibility_timeout_seconds ${var.spot_interruption_queue.visibility_timeout_seconds}. Their product must be at most 172800 (2 days): messages are kept for 4, and one that fails has to reach the dead-letter queue before that."
  }

  validation {
    condition     = var.spot_interruption_queue.batch_size >= 1 && var.spot_interruption_queue.batch_size <= 10000 && (var.spot_interruption_queue.batch_size <= 10 || var.spot_interruption_queue.batching_window_seconds >= 1)
    error_message = "spot_interruption_queue.batch_size is ${var.spot_interruption_queue.batch_size} with batching_window_seconds ${var.spot_interruption_queue.batching_window_seconds}. It must be from 1 to 10000; over 10 Lambda demands a batching window of at least 1 second."
  }

  validation {
    condition     = var.spot_interruption_queue.batching_window_seconds >= 0 && var.spot_interruption_queue.batching_window_seconds <= 300
    error_message = "spot_interruption_queue.batching_window_seconds is ${var.spot_interruption_queue.batching_window_seconds}. It must be from 0 to 300."
  }

  validation {
    condition     = var.spot_interruption_queue.maximum_concurrency >= 2 && var.spot_interruption_queue.maximum_concurrency <= 1000
    error_message = "spot_interruption_queue.maximum_concurrency is ${var.spot_interruption_queue.maximum_concurrency}. It must be from 2, the least that Lambda takes, to 1000."
  }

  validation {
    condition     = coalesce(var.spot_interruption_function.reserved_concurrency, var.spot_interruption_queue.maximum_concurrency) >= var.spot_interruption_queue.maximum_concurrency
    error_message = "spot_interruption_function.reserved_concurrency is ${coalesce(var.spot_interruption_function.reserved_concurrency, -1)}, less than spot_interruption_queue.maximum_concurrency (${var.spot_interruption_queue.maximum_concurrency}). Messages that are throttled count as received and end in the dead-letter queue: raise it to at least ${var.spot_interruption_queue.maximum_concurrency}, or lower maximum_concurrency."
  }
}

variable "sweep_queue" {
  description = "Queue of heartbeats and of the sweep's own messages, one per account and Region, and how the function reads it."
  type = object({
    visibility_timeout_seconds = optional(number, 180)
    max_receive_count          = optional(number, 10)
    batch_size                 = optional(number, 10)
    batching_window_seconds    = optional(number, 0)
    maximum_concurrency        = optional(number, 5)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.sweep_queue.visibility_timeout_seconds >= var.sweep_function.timeout_seconds + var.sweep_queue.batching_window_seconds && var.sweep_queue.visibility_timeout_seconds <= 43200
    error_message = "sweep_queue.visibility_timeout_seconds is ${var.sweep_queue.visibility_timeout_seconds}. It must be from ${var.sweep_function.timeout_seconds + var.sweep_queue.batching_window_seconds} (the function's timeout and the batching window: before that a message would be handled a second time while the first still runs) to 43200."
  }

  validation {
    condition     = var.sweep_queue.max_receive_count >= 3 && var.sweep_queue.max_receive_count <= 1000 && floor(var.sweep_queue.max_receive_count) == var.sweep_queue.max_receive_count
    error_message = "sweep_queue.max_receive_count is ${var.sweep_queue.max_receive_count}. It must be a whole number from 3 to 1000: a message of an account and Region that another worker sweeps goes back to the queue, which is no failure."
  }

  # A message that SQS drops for its age never reaches the dead-letter queue.
  validation {
    condition     = var.sweep_queue.max_receive_count * var.sweep_queue.visibility_timeout_seconds <= 172800
    error_message = "sweep_queue.max_receive_count is ${var.sweep_queue.max_receive_count} with visibility_timeout_seconds ${var.sweep_queue.visibility_timeout_seconds}. Their product must be at most 172800 (2 days): messages are kept for 4, and one that fails has to reach the dead-letter queue before that."
  }

  validation {
    condition     = var.sweep_queue.batch_size >= 1 && var.sweep_queue.batch_size <= 10000 && (var.sweep_queue.batch_size <= 10 || var.sweep_queue.batching_window_seconds >= 1)
    error_message = "sweep_queue.batch_size is ${var.sweep_queue.batch_size} with batching_window_seconds ${var.sweep_queue.batching_window_seconds}. It must be from 1 to 10000; over 10 Lambda demands a batching window of at least 1 second."
  }

  validation {
    condition     = var.sweep_queue.batching_window_seconds >= 0 && var.sweep_queue.batching_window_seconds <= 300
    error_message = "sweep_queue.batching_window_seconds is ${var.sweep_queue.batching_window_seconds}. It must be from 0 to 300."
  }

  validation {
    condition     = var.sweep_queue.maximum_concurrency >= 2 && var.sweep_queue.maximum_concurrency <= 1000
    error_message = "sweep_queue.maximum_concurrency is ${var.sweep_queue.maximum_concurrency}. It must be from 2, the least that Lambda takes, to 1000."
  }

  # The queue feeds the function, and so does the schedule.
  validation {
    condition     = coalesce(var.sweep_function.reserved_concurrency, var.sweep_queue.maximum_concurrency + 1) >= var.sweep_queue.maximum_concurrency + 1
    error_message = "sweep_function.reserved_concurrency is ${coalesce(var.sweep_function.reserved_concurrency, -1)}, with sweep_queue.maximum_concurrency ${var.sweep_queue.maximum_concurrency}. Messages that are throttled count as received and end in the dead-letter queue, and the schedule starts the function too: raise it to at least ${var.sweep_queue.maximum_concurrency + 1}, or lower maximum_concurrency."
  }
}

variable "task_state_queue" {
  description = "Queue of starts and stops of tasks, where `failover_service` is enabled, and how the function reads it."
  type = object({
    visibility_timeout_seconds = optional(number, 90)
    max_receive_count          = optional(number, 10)
    batch_size                 = optional(number, 100)
    batching_window_seconds    = optional(number, 5)
    maximum_concurrency        = optional(number, 10)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.task_state_queue.visibility_timeout_seconds >= var.task_state_function.timeout_seconds + var.task_state_queue.batching_window_seconds && var.task_state_queue.visibility_timeout_seconds <= 43200
    error_message = "task_state_queue.visibility_timeout_seconds is ${var.task_state_queue.visibility_timeout_seconds}. It must be from ${var.task_state_function.timeout_seconds + var.task_state_queue.batching_window_seconds} (the function's timeout and the batching window: before that a message would be handled a second time while the first still runs) to 43200."
  }

  validation {
    condition     = var.task_state_queue.max_receive_count >= 3 && var.task_state_queue.max_receive_count <= 1000 && floor(var.task_state_queue.max_receive_count) == var.task_state_queue.max_receive_count
    error_message = "task_state_queue.max_receive_count is ${var.task_state_queue.max_receive_count}. It must be a whole number from 3 to 1000: a service that another worker holds goes back to the queue, which is no failure."
  }

  # A message that SQS drops for its age never reaches the dead-letter queue.
  validation {
    condition     = var.task_state_queue.max_receive_count * var.task_state_queue.visibility_timeout_seconds <= 172800
    error_message = "task_state_queue.max_receive_count is ${var.task_state_queue.max_receive_count} with visibility_timeout_seconds ${var.task_state_queue.visibility_timeout_seconds}. Their product must be at most 172800 (2 days): messages are kept for 4, and one that fails has to reach the dead-letter queue before that."
  }

  validation {
    condition     = var.task_state_queue.batch_size >= 1 && var.task_state_queue.batch_size <= 10000 && (var.task_state_queue.batch_size <= 10 || var.task_state_queue.batching_window_seconds >= 1)
    error_message = "task_state_queue.batch_size is ${var.task_state_queue.batch_size} with batching_window_seconds ${var.task_state_queue.batching_window_seconds}. It must be from 1 to 10000; over 10 Lambda demands a batching window of at least 1 second."
  }

  validation {
    condition     = var.task_state_queue.batching_window_seconds >= 0 && var.task_state_queue.batching_window_seconds <= 300
    error_message = "task_state_queue.batching_window_seconds is ${var.task_state_queue.batching_window_seconds}. It must be from 0 to 300."
  }

  validation {
    condition     = var.task_state_queue.maximum_concurrency >= 2 && var.task_state_queue.maximum_concurrency <= 1000
    error_message = "task_state_queue.maximum_concurrency is ${var.task_state_queue.maximum_concurrency}. It must be from 2, the least that Lambda takes, to 1000."
  }

  validation {
    condition     = coalesce(var.task_state_function.reserved_concurrency, var.task_state_queue.maximum_concurrency) >= var.task_state_queue.maximum_concurrency
    error_message = "task_state_function.reserved_concurrency is ${coalesce(var.task_state_function.reserved_concurrency, -1)}, less than task_state_queue.maximum_concurrency (${var.task_state_queue.maximum_concurrency}). Messages that are throttled count as received and end in the dead-letter queue: raise it to at least ${var.task_state_queue.maximum_concurrency}, or lower maximum_concurrency."
  }
}
