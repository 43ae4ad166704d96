variable "spot_interruption" {
  description = <<-EOT
    What an interruption of a Spot task leads to:
    - `response`: `auto` (fail over where the service is short), `redeploy` (force one deployment on the same strategy), `failover` (without asking whether it is short), `none` (count only).
    - `min_interval_minutes`: at most one redeploy of a service in this time.
    - `failover_after`, `failover_percent`, `window_minutes`: under every response but `none` a service fails over that loses so many tasks, and so much of its desired count, in this time.
    - `look_after_seconds`: how long after the notice the function looks at the service; ECS has had the time to replace the task by then.
  EOT
  type = object({
    response             = optional(string, "auto")
    min_interval_minutes = optional(number, 10)
    failover_after       = optional(number, 3)
    failover_percent     = optional(number, 50)
    window_minutes       = optional(number, 10)
    look_after_seconds   = optional(number, 30)
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["auto", "redeploy", "failover", "none"], var.spot_interruption.response)
    error_message = "spot_interruption.response is \"${var.spot_interruption.response}\". It must be \"auto\", \"redeploy\", \"failover\" or \"none\"."
  }

  validation {
    condition     = var.spot_interruption.min_interval_minutes >= 2 && var.spot_interruption.min_interval_minutes <= 1440
    error_message = "spot_interruption.min_interval_minutes is ${var.spot_interruption.min_interval_minutes}. It must be from 2 (the time of a Spot notice) to 1440 (a day)."
  }

  validation {
    condition     = var.spot_interruption.failover_after >= 1 && var.spot_interruption.failover_after <= 1000 && floor(var.spot_interruption.failover_after) == var.spot_interruption.failover_after
    error_message = "spot_interruption.failover_after is ${var.spot_interruption.failover_after}. It must be a whole number of tasks from 1 to 1000."
  }

  validation {
    condition     = var.spot_interruption.failover_percent >= 1 && var.spot_interruption.failover_percent <= 100 && floor(var.spot_interruption.failover_percent) == var.spot_interruption.failover_percent
    error_message = "spot_interruption.failover_percent is ${var.spot_interruption.failover_percent}. It must be a whole number from 1 to 100, percent of the desired count."
  }

  validation {
    condition     = var.spot_interruption.window_minutes >= 1 && var.spot_interruption.window_minutes <= 1440
    error_message = "spot_interruption.window_minutes is ${var.spot_interruption.window_minutes}. It must be from 1 to 1440 (a day)."
  }

  validation {
    condition     = var.spot_interruption.look_after_seconds >= 0 && var.spot_interruption.look_after_seconds <= 900 && floor(var.spot_interruption.look_after_seconds) == var.spot_interruption.look_after_seconds
    error_message = "spot_interruption.look_after_seconds is ${var.spot_interruption.look_after_seconds}. It must be a whole number from 0 to 900, which is the longest that SQS delays a message."
  }
}

variable "restore" {
  description = <<-EOT
    When services go back to Spot:
    - `schedule`: when the function looks at what is due; `rate(1 minute)`, `rate(N minutes)` or a cron expression, at most 15 minutes apart.
    - `profile`: `balanced`, `cheapest` (back on Spot soon, more deployments) or `calm` (few deployments, more on-demand hours): chooses every number below that is not given.
    - `initial_delay_minutes`, `factor`, `max_delay_minutes`: the first restore's delay, what it grows by after each failed one, and its limit.
    - `patience_minutes`: how long a restore may wait for Spot before it has failed.
    - `stable_for_minutes`: after so long on Spot the delays begin anew.
    - `max_per_day`: restores of one service in a day (UTC).
    - `max_proving`: services of one Spot pool that may try at once; after a failed restore it is one.
    - `max_postpone_minutes`: how long placement failures may postpone that one's try, in all.
    - `probe_minutes`: where a pool has a probe (a small service that is tagged `spot-failover:probe` and always wants Spot), its task must have run for so long before restores begin.
    - `window`: restores begin only within, such as `22:00-06:00` or `Mon-Fri 22:00-06:00 +01:00`; UTC where no offset is given. A service's tag `spot-failover:restore-window` goes before it.
    - `allow_disruption`: also restore where the rolling deployment could drop healthy tasks.
  EOT
  type = object({
    schedule              = optional(string, "rate(5 minutes)")
    profile               = optional(string, "balanced")
    initial_delay_minutes = optional(number)
    factor                = optional(number)
    max_delay_minutes     = optional(number)
    patience_minutes      = optional(number)
    stable_for_minutes    = optional(number)
    max_per_day           = optional(number)
    max_proving           = optional(number)
    max_postpone_minutes  = optional(number)
    probe_minutes         = optional(number, 10)
    window                = optional(string)
    allow_disruption      = optional(bool, false)
  })
  default  = {}
  nullable = false

  # For cron: every stretch of 15 minutes of the hour must hold one of the minutes that the first field names.
  # A range that descends, which EventBridge refuses, has a step of 0, which `range` refuses.
  validation {
    condition = can(regex("^rate\\((1 minute|([2-9]|1[0-5]) minutes)\\)$", var.restore.schedule)) || try(alltrue([
      for minutes in [flatten([
        for part in split(",", replace(regex("^cron\\(([0-9*/,-]+) \\* (?:\\* \\* \\?|\\? \\* \\*) \\*\\)$", var.restore.schedule)[0], "*", "0-59")) : try(
          [for minute in range(split("-", split("/", part)[0])[0], split("-", split("/", part)[0])[1] + 1, split("-", split("/", part)[0])[0] <= split("-", split("/", part)[0])[1] ? 1 : 0) : minute if minute % split("/", part)[1] == 0],
          range(split("/", part)[0], 60, split("/", part)[1]),
          range(split("-", part)[0], split("-", part)[1] + 1, split("-", part)[0] <= split("-", part)[1] ? 1 : 0),
          [tonumber(part)],
        )
      ])] : alltrue([for minute in minutes : minute <= 59]) && alltrue([for start in range(60) : anytrue([for offset in range(15) : contains(minutes, (start + offset) % 60)])])
    ]), false)
    error_message = "restore.schedule is \"${var.restore.schedule}\". It must be \"rate(1 minute)\", \"rate(N minutes)\" with N from 2 to 15, or a cron expression of six fields that fires at least every 15 minutes of every hour and day, such as \"cron(0/5 * * * ? *)\"."
  }

  validation {
    condition     = contains(["balanced", "cheapest", "calm"], var.restore.profile)
    error_message = "restore.profile is \"${var.restore.profile}\". It must be \"balanced\", \"cheapest\" or \"calm\"."
  }

  validation {
    condition     = var.restore.initial_delay_minutes == null || try(var.restore.initial_delay_minutes >= 1 && var.restore.initial_delay_minutes <= 1440, false)
    error_message = "restore.initial_delay_minutes is ${coalesce(var.restore.initial_delay_minutes, 0)}. It must be from 1 to 1440 (a day)."
  }

  validation {
    condition     = var.restore.factor == null || try(var.restore.factor >= 1 && var.restore.factor <= 10, false)
    error_message = "restore.factor is ${coalesce(var.restore.factor, 0)}. It must be from 1 to 10; with 1 the delay never grows."
  }

  # What is not given comes from the profile (lambda_src/spot_failover/core/profiles.py).
  validation {
    condition = try(
      coalesce(var.restore.max_delay_minutes, { balanced = 60, cheapest = 15, calm = 240 }[var.restore.profile]) <= 1440 &&
      coalesce(var.restore.max_delay_minutes, { balanced = 60, cheapest = 15, calm = 240 }[var.restore.profile]) >=
      coalesce(var.restore.initial_delay_minutes, { balanced = 10, cheapest = 2, calm = 60 }[var.restore.profile]),
      true,
    )
    error_message = "restore.max_delay_minutes is ${coalesce(var.restore.max_delay_minutes, try({ balanced = 60, cheapest = 15, calm = 240 }[var.restore.profile], 0))}. It must be from initial_delay_minutes (${coalesce(var.restore.initial_delay_minutes, try({ balanced = 10, cheapest = 2, calm = 60 }[var.restore.profile], 0))}) to 1440 (a day); what is not given comes from the profile ${var.restore.profile}."
  }

  validation {
    condition     = var.restore.patience_minutes == null || try(var.restore.patience_minutes >= 10 && var.restore.patience_minutes <= 1440, false)
    error_message = "restore.patience_minutes is ${coalesce(var.restore.patience_minutes, 0)}. It must be from 10 to 1440 (a day): a rolling deployment needs some minutes, and one that hangs holds up the owner's next release."
  }

  validation {
    condition     = var.restore.stable_for_minutes == null || try(var.restore.stable_for_minutes >= 1 && var.restore.stable_for_minutes <= 10080, false)
    error_message = "restore.stable_for_minutes is ${coalesce(var.restore.stable_for_minutes, 0)}. It must be from 1 to 10080 (a week)."
  }

  validation {
    condition     = var.restore.max_per_day == null || try(var.restore.max_per_day >= 1 && var.restore.max_per_day <= 288 && floor(var.restore.max_per_day) == var.restore.max_per_day, false)
    error_message = "restore.max_per_day is ${coalesce(var.restore.max_per_day, 0)}. It must be a whole number from 1 to 288 (one every 5 minutes)."
  }

  validation {
    condition     = var.restore.max_proving == null || try(var.restore.max_proving >= 1 && var.restore.max_proving <= 1000 && floor(var.restore.max_proving) == var.restore.max_proving, false)
    error_message = "restore.max_proving is ${coalesce(var.restore.max_proving, 0)}. It must be a whole number from 1 to 1000."
  }

  validation {
    condition     = var.restore.max_postpone_minutes == null || try(var.restore.max_postpone_minutes >= 0 && var.restore.max_postpone_minutes <= 1440, false)
    error_message = "restore.max_postpone_minutes is ${coalesce(var.restore.max_postpone_minutes, 0)}. It must be from 0 to 1440 (a day)."
  }

  validation {
    condition     = var.restore.probe_minutes >= 1 && var.restore.probe_minutes <= 1440
    error_message = "restore.probe_minutes is ${var.restore.probe_minutes}. It must be from 1 to 1440 (a day)."
  }

  validation {
    condition     = var.restore.window == null || can(regex("^((Mon|Tue|Wed|Thu|Fri|Sat|Sun)(-(Mon|Tue|Wed|Thu|Fri|Sat|Sun))? )?([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)( [+-](0[0-9]|1[0-4]):[0-5][0-9])?$", var.restore.window)) && length(distinct(try(regex("([0-9:]{5})-([0-9:]{5})", var.restore.window), ["a", "b"]))) == 2
    error_message = "restore.window is \"${coalesce(var.restore.window, "null")}\". It must look like \"22:00-06:00\" or \"Mon-Fri 22:00-06:00 +01:00\", and not end when it begins."
  }
}

variable "sweep" {
  description = <<-EOT
    The search for services that run short without an event, and for accounts that are silent:
    - `schedule`: when it begins; `rate(1 minute)`, `rate(N minutes)` or a cron expression, at most 15 minutes apart.
    - `threshold_minutes`: pending tasks that are younger are thought to be coming. For so long ECS must have shown that Spot capacity lacks before the sweep fails a service over. A restore whose service has been short for so long has failed.
    - `silent_after_minutes`: an account and Region that has sent no heartbeat for so long is silent, and an alarm tells.
  EOT
  type = object({
    schedule             = optional(string, "rate(5 minutes)")
    threshold_minutes    = optional(number, 10)
    silent_after_minutes = optional(number, 15)
  })
  default  = {}
  nullable = false

  # For cron: every stretch of 15 minutes of the hour must hold one of the minutes that the first field names.
  # A range that descends, which EventBridge refuses, has a step of 0, which `range` refuses.
  validation {
    condition = can(regex("^rate\\((1 minute|([2-9]|1[0-5]) minutes)\\)$", var.sweep.schedule)) || try(alltrue([
      for minutes in [flatten([
        for part in split(",", replace(regex("^cron\\(([0-9*/,-]+) \\* (?:\\* \\* \\?|\\? \\* \\*) \\*\\)$", var.sweep.schedule)[0], "*", "0-59")) : try(
          [for minute in range(split("-", split("/", part)[0])[0], split("-", split("/", part)[0])[1] + 1, split("-", split("/", part)[0])[0] <= split("-", split("/", part)[0])[1] ? 1 : 0) : minute if minute % split("/", part)[1] == 0],
          range(split("/", part)[0], 60, split("/", part)[1]),
          range(split("-", part)[0], split("-", part)[1] + 1, split("-", part)[0] <= split("-", part)[1] ? 1 : 0),
          [tonumber(part)],
        )
      ])] : alltrue([for minute in minutes : minute <= 59]) && alltrue([for start in range(60) : anytrue([for offset in range(15) : contains(minutes, (start + offset) % 60)])])
    ]), false)
    error_message = "sweep.schedule is \"${var.sweep.schedule}\". It must be \"rate(1 minute)\", \"rate(N minutes)\" with N from 2 to 15, or a cron expression of six fields that fires at least every 15 minutes of every hour and day, such as \"cron(0/5 * * * ? *)\"."
  }

  validation {
    condition     = var.sweep.threshold_minutes >= 3 && var.sweep.threshold_minutes <= 60
    error_message = "sweep.threshold_minutes is ${var.sweep.threshold_minutes}. It must be from 3 (a task needs one or two to start) to 60 (ECS remembers for about an hour the tasks that found no instance)."
  }

  validation {
    condition     = var.sweep.silent_after_minutes >= 2 && var.sweep.silent_after_minutes <= 1440
    error_message = "sweep.silent_after_minutes is ${var.sweep.silent_after_minutes}. It must be from 2 (heartbeats come once a minute at most, and one may be lost) to 1440 (a day), and at least twice heartbeat_interval_minutes of every account that is onboarded."
  }
}

variable "failover_service" {
  description = <<-EOT
    On-demand twins: a second service, named by the tag `spot-failover:twin` of the first, carries what the first lacks while it is short of Spot:
    - `enabled`: the method exists; starts and stops of tasks are listened to. Accounts take part by the same input of `workload-onboarding`.
    - `max_tasks`: tasks that one twin may have.
    - `whole_for_minutes`: for how long the first service must have been whole before its twin is scaled down.
    - `step_percent`, `step_wait_minutes`: the part of its tasks that a twin gives up in one step, and the least time between two steps; with `restore.schedule` at its default there is one every 5 minutes.
  EOT
  type = object({
    enabled           = optional(bool, false)
    max_tasks         = optional(number, 100)
    whole_for_minutes = optional(number, 10)
    step_percent      = optional(number, 25)
    step_wait_minutes = optional(number, 2)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.failover_service.max_tasks >= 1 && var.failover_service.max_tasks <= 5000 && floor(var.failover_service.max_tasks) == var.failover_service.max_tasks
    error_message = "failover_service.max_tasks is ${var.failover_service.max_tasks}. It must be a whole number from 1 to 5000, the most tasks that ECS gives one service."
  }

  validation {
    condition     = var.failover_service.whole_for_minutes >= 1 && var.failover_service.whole_for_minutes <= 1440
    error_message = "failover_service.whole_for_minutes is ${var.failover_service.whole_for_minutes}. It must be from 1 to 1440 (a day)."
  }

  validation {
    condition     = var.failover_service.step_percent >= 1 && var.failover_service.step_percent <= 100 && floor(var.failover_service.step_percent) == var.failover_service.step_percent
    error_message = "failover_service.step_percent is ${var.failover_service.step_percent}. It must be a whole number from 1 to 100; with 100 the twin goes back to 0 in one step."
  }

  validation {
    condition     = var.failover_service.step_wait_minutes >= 1 && var.failover_service.step_wait_minutes <= 1440
    error_message = "failover_service.step_wait_minutes is ${var.failover_service.step_wait_minutes}. It must be from 1 to 1440 (a day)."
  }
}

variable "task_set" {
  description = <<-EOT
    Services with the `EXTERNAL` deployment controller: a state machine in their account and Region, the module `controlled-scaledown`, replaces their task set:
    - `enabled`: where it is deployed. `account_overrides` says otherwise for single accounts. Accounts allow it by the input `controlled_scaledown_state_machine_arns` of `workload-onboarding`.
    - `state_machine_name`: its name, the same in all accounts: the output `state_machine_name` of that module.
    - `wait_for_service_seconds`: how long new tasks may take to become healthy.
    - `scaledown_decrement`, `scaledown_wait_seconds`: the percent points by which the old task set is scaled down in one step, and the time after each.
  EOT
  type = object({
    enabled                  = optional(bool, false)
    state_machine_name       = optional(string, "controlled-scaledown")
    wait_for_service_seconds = optional(number, 600)
    scaledown_decrement      = optional(number, 10)
    scaledown_wait_seconds   = optional(number, 60)
  })
  default  = {}
  nullable = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,80}$", var.task_set.state_machine_name))
    error_message = "task_set.state_machine_name is \"${var.task_set.state_machine_name}\". It must be a state machine's name, not its ARN: 1 to 80 letters, digits, - and _, such as \"controlled-scaledown\"."
  }

  validation {
    condition     = var.task_set.wait_for_service_seconds >= 1 && var.task_set.wait_for_service_seconds <= 3600 && floor(var.task_set.wait_for_service_seconds) == var.task_set.wait_for_service_seconds
    error_message = "task_set.wait_for_service_seconds is ${var.task_set.wait_for_service_seconds}. The state machine takes whole seconds from 1 to 3600."
  }

  validation {
    condition     = var.task_set.scaledown_decrement >= 1 && var.task_set.scaledown_decrement <= 100 && floor(var.task_set.scaledown_decrement) == var.task_set.scaledown_decrement
    error_message = "task_set.scaledown_decrement is ${var.task_set.scaledown_decrement}. The state machine takes whole percent points from 1 to 100."
  }

  validation {
    condition     = var.task_set.scaledown_wait_seconds >= 1 && var.task_set.scaledown_wait_seconds <= 86400 && floor(var.task_set.scaledown_wait_seconds) == var.task_set.scaledown_wait_seconds
    error_message = "task_set.scaledown_wait_seconds is ${var.task_set.scaledown_wait_seconds}. The state machine takes whole seconds from 1 to 86400."
  }
}

variable "synthetic_events" {
  description = <<-EOT
    Made-up events, to prove the path before it is trusted:
    - `enabled`: accept them.
    - `sources`: their sources; none may begin with `aws.`.
    - `act_from_central`: one that is sent in the central account switches services too, instead of reporting what would be done.
  EOT
  type = object({
    enabled          = optional(bool, false)
    sources          = optional(list(string), ["test.aws.ecs"])
    act_from_central = optional(bool, false)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for source in var.synthetic_events.sources : can(regex("^[A-Za-z0-9._/-]{1,256}$", source)) && !startswith(source, "aws.")]) && length(var.synthetic_events.sources) > 0 && length(var.synthetic_events.sources) <= 10
    error_message = "synthetic_events.sources is ${jsonencode(var.synthetic_events.sources)}. It must name 1 to 10 sources, of letters, digits and ._/-, none of which begins with \"aws.\" (only AWS may send those), such as \"test.aws.ecs\"."
  }

  validation {
    condition     = !contains(var.synthetic_events.sources, "ecs.spot-failover")
    error_message = "synthetic_events.sources is ${jsonencode(var.synthetic_events.sources)}. \"ecs.spot-failover\" is the source of the heartbeats: give another, such as \"test.aws.ecs\"."
  }

  validation {
    condition     = var.synthetic_events.enabled || !var.synthetic_events.act_from_central
    error_message = "synthetic_events.act_from_central is true while synthetic_events.enabled is false. Set enabled = true too, or leave act_from_central out."
  }
}
