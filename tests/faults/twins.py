"""What happens to a service with an on-demand twin: the twin carries what the service lacks, and goes back to 0."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.faults.case import Case, NotReachedError
from tests.faults.installation import TWIN

WITH_TWIN: Mapping[str, Any] = {
    "tags": [
        {"key": "spot-failover:method", "value": "failover_service"},
        {"key": "spot-failover:twin", "value": TWIN},
    ]
}
"""Options of the service."""
ENDED = 180.0
"""Seconds after which tasks that lost their places have ended, and their last events were looked at."""
AFTER_TICK = 60.0
"""Seconds from shortly before a tick to after it: the next is then some minutes away."""
NEARLY = 540.0
"""Seconds for which a primary is whole here before its twin may step down: a minute less than `whole_for_minutes`."""


def carries(case: Case, tasks: int) -> bool:
    """Whether the twin runs so many tasks, and nothing is left to be looked at."""
    return case.runs(TWIN) == tasks and not case.installation.messages()


def raised(case: Case) -> None:
    """Spot is lost: the twin carries both tasks."""
    case.lose_spot()
    _until_twin(case, 2)
    case.installation.advance(ENDED)
    _until_twin(case, 2)


def raised_by_notice(case: Case) -> None:
    """The same, and no placement failure tells of it."""
    with case.without_placement_failures():
        raised(case)


def followed(case: Case) -> None:
    """Spot has room for one task again: the twin keeps the other."""
    case.spot_for(1)
    _until_twin(case, 1)


def stepped_down(case: Case) -> None:
    """Step by step the twin goes back to 0, and rests."""
    case.until(lambda: not case.state.unfinished and not case.runs(TWIN), minutes=60)


def arrange_shared(case: Case) -> None:
    """Spot has room for one of two tasks, and the twin carries the other; all has settled after a tick."""
    raised(case)
    followed(case)
    case.installation.to_before_tick()
    case.installation.advance(AFTER_TICK)


def raised_by_stop(case: Case) -> None:
    """The primary's last task ends before its notice is looked at: its stop lets the twin carry both."""
    with case.without_placement_failures():
        case.spot_for(0)
        case.stop_tasks()
        _until_twin(case, 2)


def arrange_raised(case: Case) -> None:
    """The twin carries both tasks, shortly before a tick."""
    raised(case)
    case.installation.to_before_tick()


def arrange_whole(case: Case) -> None:
    """Spot is back, and the twin's first step is due with the next tick but one at the latest."""
    raised(case)
    case.regain_spot()
    if not case.until(lambda: case.runs() == 2, minutes=30):
        raise NotReachedError(f"{case.cluster} did not get its tasks back")
    case.installation.advance(NEARLY)
    case.installation.to_before_tick()


def _until_twin(case: Case, tasks: int) -> None:
    if not case.until(lambda: carries(case, tasks), minutes=60):
        raise NotReachedError(f"the twin of {case.cluster} runs {case.runs(TWIN)} tasks, not {tasks}")
