# A record that does not end by itself: the restore function counts them at every tick, and marks each in the state table.
resource "aws_cloudwatch_metric_alarm" "stuck_records" {
  alarm_name          = "${local.names.restore_function}-stuck-records"
  alarm_description   = "A service is left to a person: its record in ${local.names.state_table} has the attribute stuck. Find the reason in the lines with \"STUCK\" in /aws/lambda/${local.names.restore_function}, and act by the record's phase and reason: a failover that ECS rolled back is tried again, and a restore that was overruled too, after spotctl hold SERVICE --release; a strategy that is neither the baseline nor the fallback closes the record. What to do: docs/operations.md#stuck-records"
  namespace           = "EcsSpotFailover"
  metric_name         = "StuckRecords"
  dimensions          = { service = local.names.restore_function }
  statistic           = "Maximum"
  period              = 1800 # a record that waits for a person is looked at every 15 minutes
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
  tags                = var.tags
}
