# From top to bottom: are we healthy, who is on on-demand, what did it cost, what is failing.
locals {
  dashboard_region = data.aws_region.current.id

  # Put together from names: the dashboard is known at plan.
  all_alarm_arns = [for name in concat(
    [for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_name],
    [for alarm in aws_cloudwatch_metric_alarm.failed_runs : alarm.alarm_name],
    [aws_cloudwatch_metric_alarm.stuck_records.alarm_name, aws_cloudwatch_metric_alarm.silent_paths.alarm_name],
    [for function in concat([module.placement_failure, module.spot_interruption, module.restore, module.sweep], module.task_state) : "${function.dead_letter_queue.name}-not-empty"],
  ) : "arn:${local.partition}:cloudwatch:${local.dashboard_region}:${local.account_id}:alarm:${name}"]

  log_groups = join(" | ", [for name in concat(
    [module.placement_failure.log_group_name, module.spot_interruption.log_group_name, module.restore.log_group_name, module.sweep.log_group_name],
    module.task_state[*].log_group_name,
  ) : "SOURCE '${name}'"])

  cost_metrics = concat(
    [["EcsSpotFailover", "FallbackTaskMinutes", "service", local.installation, { id = "tasks", visible = false }]],
    [[{ id = "hours", expression = "tasks / 60", label = "task hours on on-demand", yAxis = "left" }]],
    var.dashboard.extra_cost_per_task_hour == null ? [] : [[{ id = "cost", expression = "tasks / 60 * ${var.dashboard.extra_cost_per_task_hour}", label = "extra cost", yAxis = "right" }]],
  )

  dashboard_widgets = [
    { height = 1, width = 24, type = "text", properties = { markdown = "## Are we healthy?" } },
    # An alarm widget takes at most 100 alarms.
    { height = 5, width = 24, type = "alarm", properties = { title = "Alarms; each says what to do", alarms = local.all_alarm_arns, sortBy = "stateUpdatedTimestamp" } },
    { height = 1, width = 24, type = "text", properties = { markdown = "## Who is on on-demand?" } },
    { height = 6, width = 8, type = "metric", properties = {
      title   = "Services on on-demand now", view = "timeSeries", region = local.dashboard_region, stat = "Maximum", period = 300
      metrics = [["EcsSpotFailover", "ServicesOnFallback", "service", local.installation]]
    } },
    { height = 6, width = 8, type = "metric", properties = {
      title = "Failovers, restores, redeploys", view = "timeSeries", region = local.dashboard_region, stat = "Sum", period = 300
      metrics = [
        for name in ["Failovers", "RestoresProven", "RestoresFailed", "Redeploys"] : ["EcsSpotFailover", name, "service", local.installation]
      ]
    } },
    { height = 6, width = 8, type = "log", properties = {
      title = "By account and Region", view = "table", region = local.dashboard_region
      query = "SOURCE '${module.restore.log_group_name}' | filter message = \"on fallback\" | stats latest(services) as services_last_seen, sum(minutes) as service_minutes, sum(task_minutes) as task_minutes by account, region | sort task_minutes desc"
    } },
    { height = 6, width = 24, type = "log", properties = {
      title = "What was done, newest first", view = "table", region = local.dashboard_region
      query = "${local.log_groups} | filter message = \"decision\" and action in [\"fail_over\", \"restore\", \"redeploy\", \"scale_twin\", \"close\", \"hold\"] | fields @timestamp, account, region, cluster, service, action, reason | sort @timestamp desc | limit 50"
    } },
    { height = 1, width = 24, type = "text", properties = { markdown = "## What did it cost?" } },
    { height = 6, width = 12, type = "metric", properties = {
      title   = "Task hours on on-demand${var.dashboard.extra_cost_per_task_hour == null ? "" : ", and what they cost more than Spot"}", view = "timeSeries", region = local.dashboard_region
      stat    = "Sum", period = 3600
      metrics = local.cost_metrics
    } },
    { height = 6, width = 12, type = "metric", properties = {
      title   = "From event to action, seconds", view = "timeSeries", region = local.dashboard_region, period = 300
      metrics = [for stat in ["p50", "p99", "Maximum"] : ["EcsSpotFailover", "TimeToAction", "service", local.installation, { stat = stat, label = stat }]]
    } },
    { height = 1, width = 24, type = "text", properties = { markdown = "## What is failing?" } },
    { height = 6, width = 8, type = "metric", properties = {
      title = "Messages that nobody handled", view = "timeSeries", region = local.dashboard_region, stat = "Maximum", period = 300
      metrics = [
        for queue in concat([module.placement_failure.dead_letter_queue, module.spot_interruption.dead_letter_queue, module.restore.dead_letter_queue, module.sweep.dead_letter_queue], module.task_state[*].dead_letter_queue) :
        ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue.name]
      ]
    } },
    { height = 6, width = 8, type = "metric", properties = {
      title = "Errors and throttles of the functions", view = "timeSeries", region = local.dashboard_region, stat = "Sum", period = 300
      metrics = [
        for one in setproduct(["Errors", "Throttles"], concat(values(local.queue_functions), [local.names.restore_function, local.names.sweep_function])) :
        ["AWS/Lambda", one[0], "FunctionName", one[1]]
      ]
    } },
    { height = 6, width = 8, type = "metric", properties = {
      title = "Stuck records, late restores, silent accounts", view = "timeSeries", region = local.dashboard_region, stat = "Maximum", period = 300
      metrics = [
        ["EcsSpotFailover", "StuckRecords", "service", local.names.restore_function],
        ["EcsSpotFailover", "SilentPaths", "service", local.names.sweep_function],
        ["EcsSpotFailover", "OldestDueRestoreAge", "service", local.installation, { yAxis = "right" }],
      ]
    } },
    { height = 6, width = 12, type = "metric", properties = {
      title   = "Alerts by reason", view = "timeSeries", region = local.dashboard_region, stacked = true
      metrics = [[{ expression = "SEARCH('{EcsSpotFailover,reason,service} MetricName=\"Alerts\" service=\"${local.installation}\"', 'Sum', 300)", id = "alerts" }]]
    } },
    { height = 6, width = 12, type = "metric", properties = {
      title   = "Ignored by reason", view = "timeSeries", region = local.dashboard_region, stacked = true
      metrics = [[{ expression = "SEARCH('{EcsSpotFailover,action,reason,service} MetricName=\"Decisions\" action=\"ignore\"', 'Sum', 300)", id = "ignored" }]]
    } },
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  count = var.dashboard.enabled ? 1 : 0

  dashboard_name = local.names.dashboard
  dashboard_body = jsonencode({ start = "-PT24H", widgets = local.dashboard_widgets })
}
