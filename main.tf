# One account in one block: the central installation and the onboarding of the account that holds it.

module "central" {
  source = "./modules/central"

  name_prefix               = var.name_prefix
  tags                      = var.tags
  organization_id           = var.organization_id
  organizational_unit_paths = var.organizational_unit_paths
  workload_account_ids      = var.workload_account_ids
  names                     = var.names
  external_id               = var.external_id
  role_path                 = var.role_path
  permissions_boundary      = var.permissions_boundary
  alarm_actions             = var.alarm_actions

  placement_failure_function = var.placement_failure_function
  spot_interruption_function = var.spot_interruption_function
  restore_function           = var.restore_function
  sweep_function             = var.sweep_function
  task_state_function        = var.task_state_function

  enabled                   = var.enabled
  mode                      = var.mode
  enrollment                = var.enrollment
  fallback_pairs            = var.fallback_pairs
  fallback_weight           = var.fallback_weight
  scope                     = var.scope
  account_overrides         = var.account_overrides
  max_event_age_minutes     = var.max_event_age_minutes
  failover_deadline_minutes = var.failover_deadline_minutes
  max_failovers_per_hour    = var.max_failovers_per_hour

  placement_failure_queue = var.placement_failure_queue
  spot_interruption_queue = var.spot_interruption_queue
  sweep_queue             = var.sweep_queue
  task_state_queue        = var.task_state_queue

  eventbridge_rule_state           = var.eventbridge_rule_state
  eventbridge_rule_state_overrides = var.eventbridge_rule_state_overrides
  state_table_deletion_protection  = var.state_table_deletion_protection
  runtime                          = var.runtime
  architecture                     = var.architecture
  tracing_mode                     = var.tracing_mode
  log_level                        = var.log_level
  log_retention_days               = var.log_retention_days
  kms_key_arn                      = var.kms_key_arn
  vpc_subnet_ids                   = var.vpc_subnet_ids
  vpc_security_group_ids           = var.vpc_security_group_ids

  spot_interruption = var.spot_interruption
  restore           = var.restore
  sweep             = var.sweep
  failover_service  = var.failover_service
  task_set          = var.task_set
  synthetic_events  = var.synthetic_events

  notifications       = var.notifications
  notification_format = var.notification_format
  alarms              = var.alarms
  dashboard           = var.dashboard
  operator_principals = var.operator_principals
}

module "workload_onboarding" {
  source = "./modules/workload-onboarding"

  central = module.central.onboarding
  names   = var.onboarding_names

  alarm_actions              = module.central.alarm_actions
  automation_scope           = var.automation_scope
  eventbridge_rule_state     = var.eventbridge_rule_state
  failover_service           = var.failover_service.enabled
  heartbeat_interval_minutes = var.heartbeat_interval_minutes
  kms_key_arn                = var.kms_key_arn
  name_prefix                = var.name_prefix
  pass_role_arns             = var.pass_role_arns
  permissions_boundary       = var.permissions_boundary
  role_path                  = var.role_path
  tags                       = var.tags

  controlled_scaledown_state_machine_arns = var.controlled_scaledown_state_machine_arns
}
