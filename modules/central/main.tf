data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  module_name    = "ecs-spot-failover/central"
  module_version = trimspace(file("${path.module}/../../VERSION"))

  account_id  = data.aws_caller_identity.current.account_id
  partition   = data.aws_partition.current.partition
  external_id = coalesce(var.external_id, "${var.name_prefix}ecs-spot-failover")

  package = "${path.module}/../../lambda_src/dist/spot_failover.zip"

  # As the functions use it to build the ARN of the role in another account: with its path, without the first slash.
  automation_role = trimprefix("${var.role_path}${local.names.automation_role}", "/")

  environment = {
    AUTOMATION_ROLE_NAME = local.automation_role
    CENTRAL_ACCOUNT_ID   = local.account_id
    EVENT_BUS_NAME       = local.names.event_bus
    EXTERNAL_ID          = local.external_id
    POLICY               = jsonencode(local.policy)
    POWERTOOLS_LOG_LEVEL = var.log_level
    STATE_TABLE_NAME     = aws_dynamodb_table.state.name

    # Before boto3 1.40 STS is asked at its global endpoint in most Regions: a runtime's boto3 may be older than that.
    AWS_STS_REGIONAL_ENDPOINTS = "regional"
  }

  # What the product listens to: the bus policy, the rules here and the forward rules of the accounts name the same.
  event_sources = concat(["aws.ecs"], var.synthetic_events.enabled ? var.synthetic_events.sources : [])

  # Sent by a schedule of every account and Region that is onboarded.
  heartbeat_source      = "ecs.spot-failover"
  heartbeat_detail_type = "Spot Failover Heartbeat"

  # What the functions put on the bus themselves. No rule here matches it, and no other account may put it there.
  audit_detail_type = "Spot Failover Decision"

  bus_sources      = concat(local.event_sources, [local.heartbeat_source])
  bus_detail_types = ["ECS Service Action", "ECS Task State Change", local.heartbeat_detail_type]
}
