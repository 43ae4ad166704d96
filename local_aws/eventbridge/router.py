"""The way of an event: bus, rules that match, targets, and the dead-letter queue of a target that fails."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from moto.events.models import Rule, events_backends
from moto.utilities.arns import Arn, parse_arn

from local_aws.eventbridge import inputs, rule_metrics, targets
from local_aws.eventbridge.deliveries import (
    Delivery,
    DeliveryError,
    Outcome,
    dead_letter_attributes,
    no_permissions,
    no_resource,
)
from local_aws.eventbridge.patterns import concerns
from local_aws.world import Event, World

HOP_SECONDS = 0.5
"""Between an event's arrival at a bus and at a target. AWS's typical latency (EventBridge FAQ)."""

DEFAULT_BUS = "default"


class Router:
    """All event buses of all accounts. Its methods are called under ``World.lock``.

    ``delays`` tells how many seconds later than usual a target gets an event, once for each time that it gets it.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.deliveries: list[Delivery] = []
        self.delays: Callable[[Mapping[str, Any]], Sequence[float]] = lambda _target: (0.0,)

    def put_service_event(self, event: Event) -> None:
        """An AWS service's event arrives at the default bus of its account and Region."""
        self.put(event["account"], event["region"], DEFAULT_BUS, event)

    def put(self, account: str, region: str, bus_name: str, event: Event) -> None:
        """An event arrives at a bus."""
        for rule in list(events_backends[account][region].event_buses[bus_name].rules.values()):
            self.offer(rule, event)

    def offer(self, rule: Rule, event: Event) -> None:
        """Send the event to the rule's targets if the rule is enabled and matches. A schedule matches no event."""
        pattern = rule.event_pattern.get_pattern()
        if not pattern or not is_enabled(rule) or not concerns(pattern, event):
            return
        if rule.event_pattern.matches_event(event):  # type: ignore[arg-type]
            self.send(rule, event)

    def send(self, rule: Rule, event: Event) -> None:
        """Send the event to the rule's targets, which get it a moment later."""
        for target in rule.targets:
            delays = self.delays(target)
            if not delays:
                self._note(rule, target, event, Outcome.LOST, "on its way to the target")
            for delay in delays:
                self._world.clock.call_later(
                    HOP_SECONDS + delay,
                    partial(self._deliver, rule, copy.deepcopy(target), copy.deepcopy(event)),
                    name=f"deliver {event['detail-type']!r} by {rule.arn} to {target['Arn']}",
                )

    def _deliver(self, rule: Rule, target: dict[str, Any], event: Event) -> None:
        with self._world.lock:
            outcome, reason = Outcome.DELIVERED, ""
            try:
                self._hand_over(rule, target, event)
            except DeliveryError as error:
                outcome, reason = self._bury(rule, target, event, error)
            self._note(rule, target, event, outcome, reason)

    def _note(self, rule: Rule, target: Mapping[str, Any], event: Event, outcome: Outcome, reason: str) -> None:
        rule_metrics.measure(self._world, rule, outcome, has_dead_letter_queue="DeadLetterConfig" in target)
        self.deliveries.append(
            Delivery(
                time=self._world.clock.now(),
                account=rule.account_id,
                region=rule.region_name,
                rule=rule.name,
                target_arn=target["Arn"],
                event_id=event["id"],
                source=event["source"],
                detail_type=event["detail-type"],
                outcome=outcome,
                reason=reason,
            )
        )

    def _hand_over(self, rule: Rule, target: Mapping[str, Any], event: Event) -> None:
        arn, now = parse_arn(target["Arn"]), self._world.clock.now()
        match arn.service, arn.resource_type:
            case "events", "event-bus":
                self._pass_on(rule, target, arn, event)
            case "events", _:
                _archive(rule, event)
            case "sqs", _:
                targets.send_to_queue(self._world, target, arn, inputs.payload(target, event, rule.arn, now), rule.arn)
            case "lambda", "function":
                targets.invoke_function(
                    self._world, target, arn, inputs.payload(target, event, rule.arn, now), rule.arn
                )
            case "logs", "log-group":
                targets.write_to_log_group(target, arn, inputs.payload(target, event, rule.arn, now), now)
            case _:
                raise no_resource(f"local_aws does not deliver to {arn.service}: {target['Arn']}")

    def _pass_on(self, rule: Rule, target: Mapping[str, Any], arn: Arn, event: Event) -> None:
        """To another bus, unchanged: account, id, time, resources and Region stay those of the origin."""
        if event["account"] != rule.account_id != arn.account:
            raise no_permissions(
                f"an event of account {event['account']} that reached {rule.account_id} cannot go on to {arn.account}: "
                "events cross one account boundary only"
            )
        bus = targets.check_bus_target(self._world, target, arn, event, rule.arn)
        self.put(arn.account, arn.region, bus.name, event)

    def _bury(self, rule: Rule, target: Mapping[str, Any], event: Event, error: DeliveryError) -> tuple[Outcome, str]:
        lost = Outcome.DENIED if error.denied else Outcome.DROPPED
        queue_arn = target.get("DeadLetterConfig", {}).get("Arn")
        if queue_arn is None:
            return lost, f"{error}; the target has no dead-letter queue"
        body = json.dumps(event)
        attributes = dead_letter_attributes(rule.arn, target["Arn"], error)
        try:
            targets.send_to_queue(self._world, {"Arn": queue_arn}, parse_arn(queue_arn), body, rule.arn, attributes)
        except DeliveryError as second:
            return lost, f"{error}; nor could its dead-letter queue take it: {second}"
        return Outcome.DEAD_LETTER, str(error)


def is_enabled(rule: Rule) -> bool:
    """Whether the rule does anything."""
    return rule.state.startswith("ENABLED")


def _archive(rule: Rule, event: Event) -> None:
    name = rule.name.removeprefix("Events-Archive-")
    archive = events_backends[rule.account_id][rule.region_name].archives.get(name)
    if archive is not None:
        archive.events.append(event)  # type: ignore[arg-type]
