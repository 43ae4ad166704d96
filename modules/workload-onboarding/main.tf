data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  module_name    = "ecs-spot-failover/workload-onboarding"
  module_version = trimspace(file("${path.module}/../../VERSION"))

  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition

  name_limits = {
    dead_letter_queue      = 80
    forward_role           = 64
    heartbeat_role         = 64
    heartbeat_rule         = 64
    heartbeat_schedule     = 64
    placement_failure_rule = 64
    spot_interruption_rule = 64
    task_state_rule        = 64
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

  # What is not given narrows nothing.
  automation_clusters     = coalesce(try(var.automation_scope.clusters, null), ["*"])
  automation_service_tags = coalesce(try(var.automation_scope.service_tags, null), {})

  forward_role_name = coalesce(var.forward_role_name, local.names.forward_role)
  forward_role_arn  = "arn:${local.partition}:iam::${local.account_id}:role${var.role_path}${local.forward_role_name}"

  heartbeat_role_name = coalesce(var.heartbeat_role_name, local.names.heartbeat_role)
  heartbeat_role_arn  = "arn:${local.partition}:iam::${local.account_id}:role${var.role_path}${local.heartbeat_role_name}"
}
