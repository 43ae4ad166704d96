data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  package = "${path.module}/../../lambda_src/dist/spot_failover.zip"

  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  region     = data.aws_region.current.id

  name_limits = {
    state_machine    = 64 # 80, but its role takes 64
    create_function  = 64
    traffic_function = 64
    tasks_function   = 64
    ledger_table     = 255
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

  environment = {
    LEDGER_TABLE_NAME    = local.names.ledger_table
    TIME_LIMIT_MINUTES   = tostring(var.time_limit_minutes)
    LONGEST_STEP_SECONDS = tostring(var.functions.timeout_seconds)
    POWERTOOLS_LOG_LEVEL = var.log_level
  }

  # Put together from names instead of read from the resources: known at plan, and free of cycles.
  state_machine_arn = "arn:${local.partition}:states:${local.region}:${local.account_id}:stateMachine:${local.names.state_machine}"
  execution_arns    = "arn:${local.partition}:states:${local.region}:${local.account_id}:execution:${local.names.state_machine}:*"

  in_ecs = "arn:${local.partition}:ecs:${local.region}:${local.account_id}"
  in_elb = "arn:${local.partition}:elasticloadbalancing:${local.region}:${local.account_id}"

  service_arns  = [for cluster in var.clusters : "${local.in_ecs}:service/${cluster}/*"]
  task_set_arns = [for cluster in var.clusters : "${local.in_ecs}:task-set/${cluster}/*"]
}
