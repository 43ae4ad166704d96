"""What EventBridge publishes about a rule in CloudWatch.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html

Each metric comes only where it is not zero. A rule of the default bus has its name as the one dimension, any other that
of its bus as well. An event that its target did not get is a failed invocation whether a dead-letter queue took it or
not.
"""

from __future__ import annotations

from moto.events.models import Rule

from local_aws.eventbridge.deliveries import Outcome
from local_aws.world import World

DEFAULT_BUS = "default"

_METRICS = {
    Outcome.DELIVERED: ("Invocations",),
    Outcome.DEAD_LETTER: ("Invocations", "FailedInvocations", "InvocationsSentToDlq"),
    Outcome.DENIED: ("Invocations", "FailedInvocations"),
    Outcome.DROPPED: ("Invocations", "FailedInvocations"),
}


def measure(world: World, rule: Rule, outcome: Outcome, *, has_dead_letter_queue: bool) -> None:
    """Count the end of one delivery."""
    names = list(_METRICS.get(outcome, ()))
    if has_dead_letter_queue and outcome in {Outcome.DENIED, Outcome.DROPPED}:
        names.append("InvocationsFailedToBeSentToDlq")
    dimensions = {"RuleName": rule.name}
    if rule.event_bus_name != DEFAULT_BUS:
        dimensions["EventBusName"] = rule.event_bus_name
    world.measure((rule.account_id, rule.region_name), "AWS/Events", dimensions, dict.fromkeys(names, 1.0))
