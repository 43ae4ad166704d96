"""CloudWatch, X-Ray and SNS: what functions publish, and what operators read."""

from __future__ import annotations

from local_aws.iam.actions.rows import Call, Context, Row, Table, row, unrestricted


def _namespace(call: Call) -> Context:
    return {"cloudwatch:namespace": (call.text("Namespace"),)}


def _topic(call: Call) -> list[str]:
    return [call.text("TopicArn") or call.text("TargetArn")]


def _alarms(call: Call) -> list[str]:
    return [call.arn(f"alarm:{name}") for name in call.params.get("AlarmNames") or ["*"]]


_ANYWHERE: Row = row(unrestricted)

CLOUDWATCH: Table = {
    "DescribeAlarms": row(_alarms),
    "GetMetricData": _ANYWHERE,
    "GetMetricStatistics": _ANYWHERE,
    "ListMetrics": _ANYWHERE,
    "PutMetricData": row(unrestricted, _namespace),
}
XRAY: Table = {
    "GetSamplingRules": _ANYWHERE,
    "GetSamplingTargets": _ANYWHERE,
    "PutTelemetryRecords": _ANYWHERE,
    "PutTraceSegments": _ANYWHERE,
}
SNS: Table = {"Publish": row(_topic), "PublishBatch": row(_topic, action="Publish")}
