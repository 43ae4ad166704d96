"""The stories that are attacked. Each ends with a record at rest, so that the end can be compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.faults import dead_letters, task_sets, twins
from tests.faults.case import Case, NotReachedError
from tests.faults.installation import TICK

THRESHOLD = 600.0
"""Seconds for which pending tasks count as coming: the default of the sweep."""
MIXED = [
    {"capacityProvider": "FARGATE", "weight": 1, "base": 1},
    {"capacityProvider": "FARGATE_SPOT", "weight": 3},
]


def _nothing(case: Case) -> None:
    """The service is as it was created."""


def _fail_over_and_regain_spot(case: Case) -> None:
    case.fail_over()
    case.regain_spot()


@dataclass(frozen=True)
class Scenario:
    """`arrange` is never attacked; what functions do while `act` runs is. `finish` leads on to the end."""

    name: str
    act: Callable[[Case], None]
    arrange: Callable[[Case], None] = _nothing
    finish: Callable[[Case], None] = _nothing
    options: Mapping[str, Any] = field(default_factory=dict)
    """Of the service."""
    twin: bool = False
    """Whether the service has an on-demand twin."""
    external: bool = False
    """Whether it has the EXTERNAL deployment controller, and a state machine replaces its task set."""


def _placement_failure(case: Case) -> None:
    case.fail_over()


def _interruption(case: Case) -> None:
    with case.without_placement_failures():
        case.fail_over()


def _redeploy(case: Case) -> None:
    case.interrupt()
    case.until(lambda: len(case.state.updates) > 0 and not case.state.messages, minutes=30)


def _restored(case: Case) -> None:
    case.until_phase("closed")


def _restore_failed(case: Case) -> None:
    case.until_phase("proving")
    case.update(desiredCount=3)
    case.until_phase("failed_over", failures=1)
    case.until(lambda: not case.installation.messages(), minutes=5)


def _superseded(case: Case) -> None:
    case.update(capacityProviderStrategy=MIXED, forceNewDeployment=True)
    case.until_phase("closed")


def _deleted(case: Case) -> None:
    case.delete()
    case.until_phase("closed")


def _scaled_to_zero(case: Case) -> None:
    case.update(desiredCount=0)
    case.until_phase("closed")


def _access(case: Case) -> None:
    with case.without_permissions():
        case.until(lambda: "ecs:DescribeServices" in case.recorded_actions(), minutes=30)
    case.until_phase("closed")


def _short_and_silent(case: Case) -> None:
    """ECS tells of nothing, and the shortage is old enough for the sweep."""
    _heartbeat(case)
    case.installation.organization.aws.ecs_events(enabled=False)
    case.lose_spot()
    case.installation.advance(THRESHOLD + 2 * TICK)
    case.installation.to_before_tick()


def _swept(case: Case) -> None:
    _sweep_until(case, lambda: case.record.get("phase") == "failed_over")


def _swept_twin(case: Case) -> None:
    _sweep_until(case, lambda: twins.carries(case, 2))


def _sweep_until(case: Case, reached: Callable[[], bool]) -> None:
    case.installation.sweeps(enabled=True)
    try:
        if not case.until(reached, minutes=60):
            raise NotReachedError(f"no sweep helped {case.cluster}: {case.record}")
    finally:
        case.installation.sweeps(enabled=False)


def _tell_again(case: Case) -> None:
    case.installation.organization.aws.ecs_events()
    case.regain_spot()


def _heartbeat(case: Case) -> None:
    case.installation.heartbeats(enabled=True)
    try:
        if not case.until(lambda: bool(case.installation.heard()), minutes=30):
            raise NotReachedError("no heartbeat was heard")
    finally:
        case.installation.heartbeats(enabled=False)


SCENARIOS = (
    Scenario("placement failure", _placement_failure, finish=Case.regain_spot),
    Scenario("interruption", _interruption, finish=Case.regain_spot),
    Scenario(
        "redeploy",
        _redeploy,
        options={"tags": [{"key": "spot-failover:interruption-response", "value": "redeploy"}]},
    ),
    Scenario("restore proven", _restored, arrange=_fail_over_and_regain_spot),
    Scenario("restore failed", _restore_failed, arrange=Case.fail_over, finish=Case.regain_spot),
    Scenario("superseded", _superseded, arrange=_fail_over_and_regain_spot),
    Scenario("service deleted", _deleted, arrange=_fail_over_and_regain_spot),
    Scenario("scaled to zero", _scaled_to_zero, arrange=_fail_over_and_regain_spot),
    Scenario("access given back", _access, arrange=_fail_over_and_regain_spot),
    Scenario("heartbeat", _heartbeat),
    Scenario("sweep", _swept, arrange=_short_and_silent, finish=_tell_again),
    Scenario("twin, on a failure", twins.raised, finish=Case.regain_spot, options=twins.WITH_TWIN, twin=True),
    Scenario("twin, on a notice", twins.raised_by_notice, finish=Case.regain_spot, options=twins.WITH_TWIN, twin=True),
    Scenario("twin, follows", twins.followed, twins.arrange_raised, Case.regain_spot, twins.WITH_TWIN, twin=True),
    Scenario("twin, steps down", twins.stepped_down, twins.arrange_whole, options=twins.WITH_TWIN, twin=True),
    Scenario(
        "twin, on a stop", twins.raised_by_stop, twins.arrange_shared, Case.regain_spot, twins.WITH_TWIN, twin=True
    ),
    Scenario("dead letters", dead_letters.sent, finish=dead_letters.read),
    Scenario("task set, replaced", task_sets.replaced, finish=task_sets.put_back, external=True),
    Scenario("task set, restored", task_sets.put_back, arrange=task_sets.replaced, external=True),
    Scenario("twin, on a sweep", _swept_twin, _short_and_silent, _tell_again, twins.WITH_TWIN, twin=True),
)
