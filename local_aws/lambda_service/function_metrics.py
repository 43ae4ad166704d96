"""What Lambda publishes about a function in CloudWatch, as far as alarms use it.

https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html

The time of an invocation's values is that of its start. Only the dimension FunctionName is here.
"""

from __future__ import annotations

from local_aws.lambda_service.arns import FunctionArn
from local_aws.lambda_service.results import Result
from local_aws.world import World

NAMESPACE = "AWS/Lambda"


def ran(world: World, arn: FunctionArn, result: Result, started: float) -> None:
    """An invocation is over."""
    values = {"Invocations": 1.0, "Errors": float(result.failed), "Throttles": 0.0, "Duration": result.duration_ms}
    world.measure((arn.account, arn.region), NAMESPACE, {"FunctionName": arn.name}, values, time=started)


def throttled(world: World, arn: FunctionArn) -> None:
    """An invocation was refused for lack of concurrency: it is neither an invocation nor an error."""
    world.measure((arn.account, arn.region), NAMESPACE, {"FunctionName": arn.name}, {"Throttles": 1.0})
