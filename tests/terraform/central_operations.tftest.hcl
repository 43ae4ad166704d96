# What people are told by: the topic, the alarms and the dashboard.
mock_provider "aws" {
  source = "./tests/terraform/mocks"
}

run "a_topic_is_made_and_alarms_go_there" {
  command = plan

  module {
    source = "./modules/central"
  }

  assert {
    condition     = length(aws_sns_topic.notifications) == 1 && aws_sns_topic.notifications[0].name == "ecs-spot-failover-notifications" && aws_sns_topic.notifications[0].kms_master_key_id == null
    error_message = "The topic is ${jsonencode(aws_sns_topic.notifications)}."
  }

  assert {
    condition     = output.alarm_actions == tolist(["arn:aws:sns:us-east-1:123456789012:ecs-spot-failover-notifications"])
    error_message = "The alarms notify ${jsonencode(output.alarm_actions)}."
  }

  assert {
    condition     = local.notification_environment == tomap({ NOTIFICATION_FORMAT = "text", NOTIFICATION_TOPIC_ARN = "arn:aws:sns:us-east-1:123456789012:ecs-spot-failover-notifications" })
    error_message = "The restore function is told ${jsonencode(local.notification_environment)}."
  }

  assert {
    condition     = output.audit_events.source == "ecs.spot-failover" && output.audit_events.detail_type == "Spot Failover Decision" && output.audit_events.event_bus_name == "ecs-spot-failover"
    error_message = "Audit events are ${jsonencode(output.audit_events)}."
  }

  # What the functions put on the bus must not come back to them, nor come from elsewhere.
  assert {
    condition     = !contains(local.bus_detail_types, output.audit_events.detail_type) && jsondecode(aws_cloudwatch_event_rule.heartbeat.event_pattern)["detail-type"] == ["Spot Failover Heartbeat"]
    error_message = "The bus lets others send ${jsonencode(local.bus_detail_types)}."
  }
}

run "a_topic_of_ones_own_with_its_key_for_a_chat" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    notifications = {
      topic_arn         = "arn:aws:sns:eu-west-1:123456789012:on-call"
      topic_kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    }
    notification_format = "chatbot"
  }

  assert {
    condition     = length(aws_sns_topic.notifications) == 0 && output.notification_topic_arn == "arn:aws:sns:eu-west-1:123456789012:on-call" && local.notification_environment.NOTIFICATION_FORMAT == "chatbot"
    error_message = "People are told by ${jsonencode(local.notification_environment)}."
  }

  # An alarm can't notify a topic of another Region: its PutMetricAlarm would fail at apply.
  assert {
    condition     = length(output.alarm_actions) == 0
    error_message = "Alarms in us-east-1 notify ${jsonencode(output.alarm_actions)}."
  }

  assert {
    condition     = one(data.aws_iam_policy_document.tells_people.statement[1].resources) == "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" && data.aws_iam_policy_document.tells_people.statement[1].actions == toset(["kms:Decrypt", "kms:GenerateDataKey"])
    error_message = "The restore function may ${jsonencode(data.aws_iam_policy_document.tells_people.statement)}."
  }
}

run "alarms_go_to_a_topic_of_ones_own_in_this_region" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    notifications = { topic_arn = "arn:aws:sns:us-east-1:123456789012:on-call" }
  }

  assert {
    condition     = output.alarm_actions == tolist(["arn:aws:sns:us-east-1:123456789012:on-call"])
    error_message = "The alarms notify ${jsonencode(output.alarm_actions)}."
  }
}

run "a_topic_that_the_same_configuration_makes" {
  command = plan

  module {
    source = "./tests/terraform/own_topic"
  }
}

run "a_topic_that_is_asked_for" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    notifications = { create_topic = true }
  }

  assert {
    condition     = length(aws_sns_topic.notifications) == 1
    error_message = "No topic is made."
  }
}

run "nobody_is_told" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    notifications = { enabled = false }
  }

  assert {
    condition     = length(aws_sns_topic.notifications) == 0 && output.notification_topic_arn == null && length(output.alarm_actions) == 0 && length(data.aws_iam_policy_document.tells_people.statement) == 0
    error_message = "There is a topic, ${jsonencode(output.notification_topic_arn)}, or a permission for one."
  }
}

run "alarms_of_ones_own" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    alarm_actions = ["arn:aws:sns:us-east-1:123456789012:on-call"]
    alarms        = { queue_age_minutes = 5, failed_restores_per_hour = 2, pool_open_hours = 1, restore_late_minutes = 20 }
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_actions == toset(var.alarm_actions) && alarm.ok_actions == toset(var.alarm_actions)])
    error_message = "An alarm notifies somebody else."
  }

  assert {
    condition = { for key in ["placement_failure_queue_age", "restores_failing", "pool_open", "restore_late"] : key => aws_cloudwatch_metric_alarm.this[key].threshold } == {
      placement_failure_queue_age = 300
      restores_failing            = 1
      pool_open                   = 60
      restore_late                = 1200
    }
    error_message = "The thresholds are ${jsonencode({ for key, alarm in aws_cloudwatch_metric_alarm.this : key => alarm.threshold })}."
  }
}

run "every_queue_function_and_rule_is_watched_and_says_what_to_do" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    failover_service = { enabled = true }
    name_prefix      = "a-prefix-of-32-characters-------"
  }

  assert {
    condition = toset(keys(aws_cloudwatch_metric_alarm.this)) == toset(concat(
      [for function in ["placement_failure", "spot_interruption", "task_state"] : "${function}_errors"],
      [for function in ["placement_failure", "spot_interruption", "task_state"] : "${function}_throttles"],
      [for queue in ["placement_failure", "spot_interruption", "sweep", "task_state"] : "${queue}_queue_age"],
      [for rule in ["placement_failure", "spot_interruption", "heartbeat", "task_state", "restore", "sweep"] : "${rule}_failed_invocations"],
      ["restores_failing", "pool_open", "restore_late", "fallback_short", "failover_limit", "audit_lost", "people_not_told"],
    ))
    error_message = "The alarms are ${jsonencode(keys(aws_cloudwatch_metric_alarm.this))}."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : length(alarm.alarm_description) <= 1024 && length(alarm.alarm_name) <= 255 && can(regex("docs/operations.md#[a-z-]+$", alarm.alarm_description))])
    error_message = "An alarm says nothing of what to do, or too much: ${jsonencode([for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_description])}."
  }

  # Rules of a bus have it as a dimension of their metrics, those of the default bus do not.
  assert {
    condition     = aws_cloudwatch_metric_alarm.this["heartbeat_failed_invocations"].dimensions == tomap({ RuleName = aws_cloudwatch_event_rule.heartbeat.name, EventBusName = output.event_bus_name }) && aws_cloudwatch_metric_alarm.this["sweep_failed_invocations"].dimensions == tomap({ RuleName = aws_cloudwatch_event_rule.sweep.name })
    error_message = "The dimensions are ${jsonencode(aws_cloudwatch_metric_alarm.this["heartbeat_failed_invocations"].dimensions)}."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["fallback_short"].dimensions == tomap({ reason = "FALLBACK_SHORT", service = output.event_bus_name })
    error_message = "The dimensions are ${jsonencode(aws_cloudwatch_metric_alarm.this["fallback_short"].dimensions)}."
  }
}

run "a_restore_function_that_does_not_run_is_an_alarm_unless_somebody_wants_it" {
  command = plan

  module {
    source = "./modules/central"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["restore_late"].treat_missing_data == "breaching" && aws_cloudwatch_metric_alarm.this["restores_failing"].treat_missing_data == "notBreaching"
    error_message = "Missing data is ${aws_cloudwatch_metric_alarm.this["restore_late"].treat_missing_data}."
  }
}

run "the_restore_schedule_is_off" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    eventbridge_rule_state_overrides = { restore = "DISABLED" }
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["restore_late"].treat_missing_data == "notBreaching" && aws_cloudwatch_event_rule.restore.state == "DISABLED"
    error_message = "Missing data is ${aws_cloudwatch_metric_alarm.this["restore_late"].treat_missing_data}."
  }
}

run "a_dashboard_with_costs" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    dashboard = { extra_cost_per_task_hour = 0.035 }
  }

  assert {
    condition     = output.dashboard_name == "ecs-spot-failover" && strcontains(aws_cloudwatch_dashboard.this[0].dashboard_body, "tasks / 60 * 0.035")
    error_message = "The dashboard is ${aws_cloudwatch_dashboard.this[0].dashboard_body}."
  }

  assert {
    condition     = [for widget in jsondecode(aws_cloudwatch_dashboard.this[0].dashboard_body).widgets : widget.properties.markdown if widget.type == "text"] == ["## Are we healthy?", "## Who is on on-demand?", "## What did it cost?", "## What is failing?"]
    error_message = "The dashboard does not answer from top to bottom."
  }

  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.this[0].dashboard_body).widgets[1].properties.alarms) == length(values(output.alarm_arns)) && length(values(output.alarm_arns)) <= 100
    error_message = "The dashboard shows ${length(jsondecode(aws_cloudwatch_dashboard.this[0].dashboard_body).widgets[1].properties.alarms)} of ${length(values(output.alarm_arns))} alarms."
  }
}

run "no_dashboard" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    dashboard = { enabled = false }
  }

  assert {
    condition     = length(aws_cloudwatch_dashboard.this) == 0 && output.dashboard_name == null
    error_message = "There is a dashboard."
  }
}
