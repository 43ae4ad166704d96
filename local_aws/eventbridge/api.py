"""Where moto's EventBridge API is replaced by ours: events, rules, targets."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.events.exceptions import ResourceNotFoundException, ValidationException
from moto.events.models import EventPattern, EventsBackend, Rule
from moto.events.responses import EventsHandler
from moto.utilities.arns import parse_arn

from local_aws import schedules
from local_aws.eventbridge import permissions, targets
from local_aws.eventbridge.put_events import Origin, put_events
from local_aws.eventbridge.router import Router
from local_aws.schedules import Schedules
from local_aws.world import World

MAX_TARGETS = 5
DELIVERABLE = frozenset({"events", "lambda", "logs", "sqs"})
"""Services of targets that events are delivered to here; AWS has more."""

_put_rule = EventsBackend.put_rule
_put_targets = EventsBackend.put_targets


def install(world: World, router: Router) -> None:
    """Patch moto's EventBridge for this world."""
    timers = Schedules(world, router.send)

    def put_events_answer(self: EventsHandler) -> str:
        origin = Origin(self.current_account, self.region)
        entries = put_events(world, router, origin, self._get_param("Entries") or [])
        failed = sum("ErrorCode" in entry for entry in entries)
        return json.dumps({"FailedEntryCount": failed, "Entries": entries})

    @functools.wraps(_put_rule)
    def put_rule(self: EventsBackend, name: str, *rest: Any, **named: Any) -> Rule:
        expression = named.get("scheduled_expression")
        if expression:
            try:
                schedules.parse(expression)
            except ValueError as error:
                raise ValidationException("Parameter ScheduleExpression is not valid.") from error
        rule = _put_rule(self, name, *rest, **named)
        timers.arm(rule)
        return rule

    def send_to_targets(self: Rule, original_event: Any, transform_input: bool = True) -> None:  # noqa: ARG001
        router.offer(self, original_event)

    EventsHandler.put_events = put_events_answer  # type: ignore[method-assign]
    EventsHandler.test_event_pattern = _test_event_pattern  # type: ignore[method-assign,assignment]
    EventsBackend.put_rule = put_rule  # type: ignore[method-assign]
    EventsBackend.put_targets = _put_targets_checked(world)  # type: ignore[method-assign]
    Rule.send_to_targets = send_to_targets  # type: ignore[method-assign]


def _put_targets_checked(world: World) -> Callable[..., None]:
    def put_targets_checked(
        self: EventsBackend, name: str, event_bus_arn: str | None, targets: list[dict[str, Any]]
    ) -> None:
        rule = self.describe_rule(name, event_bus_arn)
        ids = {target["Id"] for target in (*rule.targets, *targets)}
        if len(ids) > MAX_TARGETS:
            raise JsonRESTError(
                "LimitExceededException",
                f"The rule {rule.arn} would have {len(ids)} targets, {MAX_TARGETS} are allowed.",
            )
        for target in targets:
            _check_target(world, rule, target)
        _put_targets(self, name, event_bus_arn, targets)

    return put_targets_checked


def _check_target(world: World, rule: Rule, target: dict[str, Any]) -> None:
    inputs = [name for name in ("Input", "InputPath", "InputTransformer") if target.get(name) is not None]
    if len(inputs) > 1:
        raise ValidationException(
            f"Only one of Input, InputPath, or InputTransformer must be provided for target {target['Id']}."
        )
    arn = parse_arn(target["Arn"])
    if arn.service not in DELIVERABLE:
        raise ValidationException(f"local_aws delivers to {', '.join(sorted(DELIVERABLE))}, not to {target['Arn']}.")
    if arn.service != "events" or arn.resource_type != "event-bus":
        return
    elsewhere = (arn.account, arn.region) != (rule.account_id, rule.region_name)
    role_arn = target.get("RoleArn")
    if elsewhere and not role_arn:
        raise ValidationException(f"RoleArn is required for target {target['Arn']}.")
    bus = targets.find_bus(arn)
    if bus is None:
        raise ResourceNotFoundException(f"Event bus {target['Arn']} does not exist.")
    if arn.account != rule.account_id and not permissions.bus_admits(world, bus.arn, rule.account_id, str(role_arn)):
        raise JsonRESTError(
            "AccessDeniedException",
            f"The policy of {bus.arn} does not let account {rule.account_id} put events: make it before this target.",
        )


def _test_event_pattern(self: EventsHandler) -> str:
    pattern = EventPattern.load(self._get_param("EventPattern"))
    return json.dumps({"Result": pattern.matches_event(json.loads(self._get_param("Event")))})
