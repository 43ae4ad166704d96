"""What every scenario leads to without a fault.

An end in which nothing happened is the same whatever goes wrong: compared with itself alone, all faults are survived.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.faults.state import State

_OVER, _BACK = "automation: FARGATE_SPOT 0, FARGATE 10", "automation: FARGATE_SPOT 1"
_INCIDENT = ("opened web", "over")
_RESTORED: Mapping[str, Any] = {"reason": "RESTORED", "updates": (_OVER, _BACK), "told": _INCIDENT}
_CARRIED: Mapping[str, Any] = {"twin": (2, 0), "told": _INCIDENT}
_HEARD: Mapping[str, Any] = {"heard": ("path::111111111111",)}
_SILENT: Mapping[str, Any] = {**_HEARD, "alerts": ("PATH_SILENT",)}
_LETTERS = (
    "interruption-queue: MALFORMED_EVENT",
    "placement-failure-queue: FOREIGN_RESOURCE",
    "placement-failure-queue: MALFORMED_EVENT",
    "sweep-queue: MALFORMED_EVENT",
    "task-state-queue: MALFORMED_EVENT",
)

ENDS: Mapping[str, Mapping[str, Any]] = {
    "placement failure": _RESTORED,
    "interruption": _RESTORED,
    "redeploy": {"updates": (_BACK,)},
    "restore proven": _RESTORED,
    "restore failed": {
        **_RESTORED,
        "failures": 1,
        "updates": (_OVER, _BACK, "owner: FARGATE_SPOT 1", _OVER, _BACK),
        "pools": ("pool::111111111111::::FARGATE_SPOT",),
    },
    "superseded": {
        "reason": "SUPERSEDED",
        "updates": (_OVER, "owner: FARGATE 1 base 1, FARGATE_SPOT 3"),
        "told": _INCIDENT,
    },
    "service deleted": {"reason": "SERVICE_GONE", "updates": (_OVER,), "told": _INCIDENT},
    "scaled to zero": {
        "reason": "RESTORED_AT_ZERO",
        "updates": (_OVER, "owner: FARGATE_SPOT 0, FARGATE 10", _BACK),
        "told": _INCIDENT,
    },
    "access given back": _RESTORED,
    "heartbeat": _HEARD,
    "sweep": {**_RESTORED, **_SILENT},
    "twin, on a failure": _CARRIED,
    "twin, on a notice": _CARRIED,
    "twin, follows": _CARRIED,
    "twin, steps down": _CARRIED,
    "twin, on a stop": {**_CARRIED, "twin": (2, 1, 2, 0)},
    "dead letters": {"letters": _LETTERS},
    "twin, on a sweep": {**_CARRIED, **_SILENT},
}
"""By scenario, in this process; what is not named is as of a service to which nothing happened."""
_NOTHING: Mapping[str, Any] = {
    name: getattr(State("", "", "", 0, (), (), ()), name)
    for name in (
        "reason",
        "failures",
        "updates",
        "told",
        "alerts",
        "pools",
        "letters",
        "heard",
        "twin",
        "held",
        "stuck",
    )
}


def not_led_to(scenario: str, end: State) -> str:
    """What is not as the scenario is about; empty where all is."""
    letters = tuple(": ".join(letter.removeprefix("fargate-spot-").split(": ", 2)[:2]) for letter in end.letters)
    found = {name: getattr(end, name) for name in _NOTHING} | {"letters": letters}
    wanted = {**_NOTHING, **ENDS[scenario]}
    return "; ".join(f"{name}: {found[name]!r}, not {wanted[name]!r}" for name in wanted if found[name] != wanted[name])
