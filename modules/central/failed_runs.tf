# The functions that a schedule starts: nothing keeps a run that failed, so these alarms tell that runs keep failing.
locals {
  scheduled_functions = {
    restore = { name = local.names.restore_function, schedule = var.restore.schedule, lost = "services stay on on-demand capacity" }
    sweep   = { name = local.names.sweep_function, schedule = var.sweep.schedule, lost = "silent shortages and silent accounts are not found" }
  }

  # Seconds from one tick to the next; no schedule is slower than the last of these.
  ticks = { for key, function in local.scheduled_functions : key => try(60 * tonumber(regex("^rate\\(([0-9]+) ", function.schedule)[0]), 900) }

  # For alarms on what every tick publishes. Two ticks, so that one is in it however the two are aligned; no longer:
  # CloudWatch takes missing data as such only when there was none for some periods, three as far as can be seen.
  watch_seconds = { for key, tick in local.ticks : key => max(600, 2 * tick) }

  failed_run_alarms = merge([
    for key, function in local.scheduled_functions : {
      "${key}_errors" = merge(function, {
        metric = "Errors"
        suffix = "errors"
        period = local.ticks[key]
        advice = "Runs of ${function.name} fail: at least two ticks (${function.schedule}) of late, with a time-out, an account that refuses it, or an error that the log group /aws/lambda/${function.name} names. What a run could do it has done, and the next one tries the rest; while it lasts ${function.lost}. Mend the cause: there is nothing to move back. What to do: docs/operations.md#function-errors"
      })
      "${key}_throttles" = merge(function, {
        metric = "Throttles"
        suffix = "throttles"
        period = local.ticks[key]
        advice = "${function.name} could not start at least twice of late, for lack of concurrency; a start that waits for a minute is given up, and while it lasts ${function.lost}. Raise the account's concurrency or ${key}_function.reserved_concurrency; where one run lasts until the next is due (${function.schedule}), see what holds it up in /aws/lambda/${function.name}. What to do: docs/operations.md#function-throttles"
      })
    }
  ]...)
}

resource "aws_cloudwatch_metric_alarm" "failed_runs" {
  for_each = local.failed_run_alarms

  alarm_name          = "${each.value.name}-${each.value.suffix}"
  alarm_description   = each.value.advice
  namespace           = "AWS/Lambda"
  metric_name         = each.value.metric
  dimensions          = { FunctionName = each.value.name }
  statistic           = "Sum"
  period              = each.value.period # one tick
  evaluation_periods  = 3
  datapoints_to_alarm = 2 # one failure may be chance
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
  tags                = var.tags
}
