# The forward rules: what they let through is what the rules on the central bus match.
locals {
  event_sources = concat(["aws.ecs"], var.central.synthetic_event_sources)

  forward_rules = { for key, rule in {
    placement_failure = {
      name        = local.names.placement_failure_rule
      description = "Placement failures of ECS services, to the central bus of ECS Spot failover"
      pattern = {
        source        = local.event_sources
        "detail-type" = ["ECS Service Action"]
        detail        = { eventName = ["SERVICE_TASK_PLACEMENT_FAILURE"] }
      }
    }
    spot_interruption = {
      name        = local.names.spot_interruption_rule
      description = "Spot interruptions of ECS tasks, to the central bus of ECS Spot failover"
      pattern = {
        source        = local.event_sources
        "detail-type" = ["ECS Task State Change"]
        detail = {
          # Nothing is decided about a task without a service, and what RunTask overrides in one stays in its account.
          group = [{ prefix = "service:" }]
          "$or" = [
            { stopCode = ["SpotInterruption", "TerminationNotice"] },
            { stoppedReason = ["Your Spot Task was interrupted."] },
          ]
        }
      }
    }
    heartbeat = {
      name        = local.names.heartbeat_rule
      description = "Heartbeats of this account and Region, to the central bus of ECS Spot failover"
      pattern = {
        source        = [local.heartbeat_source]
        "detail-type" = [local.heartbeat_detail_type]
      }
    }
    task_state = {
      name        = local.names.task_state_rule
      description = "Starts and stops of tasks of ECS services, to the central bus of ECS Spot failover"
      pattern = {
        source        = local.event_sources
        "detail-type" = ["ECS Task State Change"]
        detail = {
          lastStatus = ["RUNNING", "STOPPED"]
          group      = [{ prefix = "service:" }]
        }
      }
    }
  } : key => rule if key != "task_state" || local.failover_service }

  # Where the central account and this one both have on-demand twins.
  failover_service = var.central.failover_service && var.failover_service
}

resource "aws_cloudwatch_event_rule" "forward" {
  for_each = local.forward_rules

  name          = each.value.name
  description   = each.value.description
  state         = var.eventbridge_rule_state
  event_pattern = jsonencode(each.value.pattern)
  tags          = var.tags
}

resource "aws_cloudwatch_event_target" "forward" {
  for_each = local.forward_rules

  rule      = aws_cloudwatch_event_rule.forward[each.key].name
  target_id = "central-bus"
  arn       = var.central.event_bus_arn
  role_arn  = local.forward_role_arn

  dead_letter_config {
    arn = aws_sqs_queue.dead_letters.arn
  }

  # An event that comes before the role may forward it would end in the dead letters: EventBridge does not try again.
  depends_on = [aws_iam_role_policy.forward]
}
