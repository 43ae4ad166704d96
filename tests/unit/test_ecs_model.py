"""From what the ECS API answers to the model that decisions read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from spot_failover.aws.ecs_model import live_service
from spot_failover.core.service import LiveService
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


def task_set(number: int, status: str, **changed: Any) -> dict[str, Any]:
    return {
        "id": f"ecs-svc/{number}",
        "status": status,
        "createdAt": LONG_AGO + timedelta(hours=number),
        "computedDesiredCount": 4,
        "runningCount": 3,
        "pendingCount": 1,
        "stabilityStatus": "STABILIZING",
        "capacityProviderStrategy": FALLBACK.to_api(),
    } | changed


def external(*task_sets: dict[str, Any]) -> LiveService:
    answer = {**ANSWER, "deploymentController": {"type": "EXTERNAL"}, "deployments": [], "taskSets": list(task_sets)}
    return live_service(WEB, answer)


def test_task_sets_stand_as_deployments_and_the_primary_one_s_strategy_is_the_service_s() -> None:
    live = external(
        task_set(1, "ACTIVE", capacityProviderStrategy=MIXED.to_api()),
        task_set(2, "PRIMARY", stabilityStatus="STEADY_STATE"),
        task_set(3, "DRAINING"),
    )
    assert live.external
    assert live.strategy == FALLBACK
    assert [(each.id, each.status) for each in live.deployments] == [("ecs-svc/2", "PRIMARY"), ("ecs-svc/1", "ACTIVE")]
    primary, other = live.deployments
    assert live.primary is primary
    assert (primary.desired, primary.running, primary.pending, primary.completed) == (4, 3, 1, True)
    assert (primary.created_at, primary.strategy) == (LONG_AGO + timedelta(hours=2), FALLBACK)
    assert (other.rollout_state, other.strategy) == ("IN_PROGRESS", MIXED)


def test_where_none_is_primary_the_oldest_task_set_is_the_current_one() -> None:
    live = external(task_set(2, "ACTIVE"), task_set(1, "ACTIVE", capacityProviderStrategy=MIXED.to_api()))
    assert [(each.id, each.status) for each in live.deployments] == [("ecs-svc/1", "PRIMARY"), ("ecs-svc/2", "ACTIVE")]
    assert live.strategy == MIXED


def test_without_a_task_set_there_is_nothing_to_switch() -> None:
    live = external()
    assert live.primary is None
    assert live.strategy == MIXED
    assert live.can_roll
