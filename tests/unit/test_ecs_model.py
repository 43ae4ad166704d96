"""From what the ECS API answers to the model that decisions read."""

from __future__ import annotations

from typing import Any

from spot_failover.aws.ecs_model import live_service
from tests.doubles.builders import FALLBACK, LONG_AGO, MIXED, NO_CAPACITY, WEB
from tests.doubles.clock import START

ANSWER: dict[str, Any] = {
    "serviceName": "web",
    "status": "ACTIVE",
    "desiredCount": 4,
    "runningCount": 3,
    "pendingCount": 1,
    "capacityProviderStrategy": MIXED.to_api(),
    "deploymentConfiguration": {"maximumPercent": 150, "minimumHealthyPercent": 0},
    "deployments": [
        {
            "id": "ecs-svc/2",
            "status": "PRIMARY",
            "rolloutState": "IN_PROGRESS",
            "rolloutStateReason": "ECS deployment ecs-svc/2 in progress.",
            "createdAt": START,
            "desiredCount": 4,
            "runningCount": 1,
            "pendingCount": 1,
            "capacityProviderStrategy": MIXED.to_api(),
        },
        {
            "id": "ecs-svc/1",
            "status": "ACTIVE",
            "createdAt": LONG_AGO,
            "desiredCount": 4,
            "runningCount": 2,
            "pendingCount": 0,
            "capacityProviderStrategy": FALLBACK.to_api(),
        },
    ],
    "events": [{"id": "1", "createdAt": START, "message": NO_CAPACITY}],
    "tags": [{"key": "spot-failover:mode", "value": "observe"}, {"key": "team"}],
    "schedulingStrategy": "REPLICA",
    "deploymentController": {"type": "CODE_DEPLOY"},
}


def test_a_full_answer() -> None:
    live = live_service(WEB, ANSWER)
    assert (live.desired, live.running, live.pending, live.active) == (4, 3, 1, True)
    assert live.strategy == MIXED
    assert live.tags == {"spot-failover:mode": "observe", "team": ""}
    assert (live.scheduling, live.controller) == ("REPLICA", "CODE_DEPLOY")
    assert (live.minimum_healthy_percent, live.maximum_percent) == (0, 150)
    assert live.capacity_message_since(START)


def test_whole_as_a_service_and_short_as_a_primary() -> None:
    live = live_service(WEB, ANSWER)
    assert live.whole
    assert not live.primary_whole
    assert live.primary is not None
    assert (live.primary.id, live.primary.created_at, live.primary.completed) == ("ecs-svc/2", START, False)


def test_a_rollout_state_that_ecs_does_not_tell_is_none() -> None:
    assert live_service(WEB, ANSWER).deployments[1].rollout_state is None


def test_a_poor_answer_has_the_defaults_of_ecs() -> None:
    live = live_service(WEB, {"serviceName": "web", "status": "INACTIVE"})
    assert not live.active
    assert not live.strategy
    assert live.primary is None
    assert (live.scheduling, live.controller) == ("REPLICA", "ECS")
    assert (live.minimum_healthy_percent, live.maximum_percent, live.can_roll) == (100, 200, False)


def test_only_capacity_messages_are_evidence() -> None:
    other = {**ANSWER, "events": [{"createdAt": START, "message": "(service web) has reached a steady state."}]}
    assert not live_service(WEB, other).capacity_message_since(LONG_AGO)
