locals {
  name_limits = {
    automation_role            = 64
    dashboard                  = 255
    event_bus                  = 238 # an alarm's 255, less "-restores-failing", the longest that alarms.tf puts after it
    heartbeat_rule             = 64
    notification_topic         = 256
    operator_role              = 64
    spot_interruption_function = 64
    spot_interruption_queue    = 76 # 80, less "-dlq"
    spot_interruption_rule     = 64
    placement_failure_function = 64
    placement_failure_queue    = 76
    placement_failure_rule     = 64
    restore_function           = 64
    restore_rule               = 64
    state_table                = 255
    sweep_function             = 64
    sweep_queue                = 76
    sweep_rule                 = 64
    task_state_function        = 64
    task_state_queue           = 76
    task_state_rule            = 64
  }

  wanted_names = { for thing, name in var.names : thing => "${var.name_prefix}${name}" }

  # Over AWS's limit a name is cut and ends with a hash of the whole, so that two long names never become one.
  names = {
    for thing, name in local.wanted_names : thing => (
      length(name) <= local.name_limits[thing]
      ? name
      : "${substr(name, 0, local.name_limits[thing] - 9)}-${substr(sha256(name), 0, 8)}"
    )
  }
}
