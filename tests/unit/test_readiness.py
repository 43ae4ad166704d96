"""What would stop a failover, told before one is needed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spot_failover.core.policy import Policy, TaskSetPolicy
from spot_failover.core.readiness import finding
from spot_failover.core.reason import Action, Reason
from spot_failover.core.service import LiveService
from spot_failover.core.strategy import Strategy
from tests.doubles.builders import FALLBACK, ON_DEMAND, deployment, service

BOTH = {"FARGATE", "FARGATE_SPOT"}
FULL = Strategy.of(("FARGATE_SPOT", 1, 0), *((f"other-{number}", 1, 0) for number in range(19)))


def reason(live: LiveService, attached: set[str] | None = None) -> Reason | None:
    found = finding(live, attached if attached is not None else BOTH, Policy())
    if found is None:
        return None
    assert (found.action, found.record, found.target) == (Action.REPORT, None, None)
    assert found.note
    return found.reason


def test_nothing_stops_an_ordinary_service() -> None:
    assert reason(service()) is None


@pytest.mark.parametrize(
    ("live", "attached", "stops"),
    [
        (service(), {"FARGATE_SPOT"}, Reason.FALLBACK_PROVIDER_MISSING),
        (service(strategy=FULL), BOTH, Reason.FALLBACK_IMPOSSIBLE),
        (service(controller="CODE_DEPLOY"), BOTH, Reason.UNSUPPORTED_CONTROLLER),
        (service(scheduling="DAEMON"), BOTH, Reason.UNSUPPORTED_CONTROLLER),
        (service(minimum_healthy_percent=100, maximum_percent=100), BOTH, Reason.CANNOT_ROLL),
        # One task: half of it is rounded up to one, and one and a half down to one.
        (
            service(deployment(desired=1, running=1), desired=1, minimum_healthy_percent=50, maximum_percent=150),
            BOTH,
            Reason.CANNOT_ROLL,
        ),
    ],
)
def test_what_stops_one(live: LiveService, attached: set[str], stops: Reason) -> None:
    live = replace(live, desired=1) if len(live.deployments) == 1 and live.deployments[0].desired == 1 else live
    assert reason(live, attached) is stops


EXTERNAL = service(controller="EXTERNAL", minimum_healthy_percent=100, maximum_percent=100)


@pytest.mark.parametrize("enabled", [True, False])
def test_where_task_sets_are_replaced_no_deployment_has_to_roll(*, enabled: bool) -> None:
    policy = Policy(task_set=TaskSetPolicy(enabled=enabled))
    found = finding(EXTERNAL, BOTH, policy)
    assert (found.reason if found else None) is (None if enabled else Reason.UNSUPPORTED_CONTROLLER)
    missing = finding(EXTERNAL, {"FARGATE_SPOT"}, policy)
    assert missing is not None
    assert missing.reason is (Reason.FALLBACK_PROVIDER_MISSING if enabled else Reason.UNSUPPORTED_CONTROLLER)


@pytest.mark.parametrize("method", ["strategy", "task_set"])
def test_whichever_method_is_to_switch_it_what_stops_it_is_told(method: str) -> None:
    tagged = service(controller="EXTERNAL", tags={"spot-failover:method": method})
    found = finding(tagged, {"FARGATE_SPOT"}, Policy(task_set=TaskSetPolicy(enabled=True)))
    assert found is not None
    assert found.reason is Reason.FALLBACK_PROVIDER_MISSING
    found = finding(tagged, BOTH, Policy())
    assert found is not None
    assert found.reason is Reason.UNSUPPORTED_CONTROLLER


def test_what_a_person_mends_in_the_cluster_is_told_before_what_lies_in_the_service() -> None:
    both = service(minimum_healthy_percent=100, maximum_percent=100)
    assert reason(both, {"FARGATE_SPOT"}) is Reason.FALLBACK_PROVIDER_MISSING


def test_a_hundred_percent_is_every_task_however_many() -> None:
    assert reason(service(desired=101, minimum_healthy_percent=100, maximum_percent=100)) is Reason.CANNOT_ROLL
    assert reason(service(desired=101, minimum_healthy_percent=99, maximum_percent=100)) is None


@pytest.mark.parametrize(("minimum", "maximum"), [(75, 100), (100, 125), (0, 100)])
def test_room_on_either_side_is_enough(minimum: int, maximum: int) -> None:
    assert reason(service(minimum_healthy_percent=minimum, maximum_percent=maximum)) is None


@pytest.mark.parametrize(
    "live",
    [
        service(strategy=ON_DEMAND),
        service(strategy=ON_DEMAND, scheduling="DAEMON"),
        service(strategy=FALLBACK),
        service(status="INACTIVE"),
        replace(service(), desired=0),
        service(tags={"spot-failover:enabled": "false"}),
        service(tags={"spot-failover:probe": "true"}),
        service(tags={"spot-failover:method": "failover_service"}),
    ],
    ids=["on-demand", "on-demand daemon", "failed over", "gone", "wants nothing", "opted out", "probe", "has a twin"],
)
def test_what_never_fails_over_by_its_strategy_is_not_told(live: LiveService) -> None:
    assert reason(live, {"FARGATE_SPOT"}) is None
