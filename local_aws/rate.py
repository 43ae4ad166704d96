"""Rate expressions, ``rate(5 minutes)``: the same for rules and for schedules."""

from __future__ import annotations

import re

_RATE = re.compile(r"rate\((\d+) (minute|minutes|hour|hours|day|days)\)")
_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}


def parse_rate(expression: str, *, any_number: bool = False) -> int | None:
    """Seconds from one time to the next; None for what is no rate expression.

    Raises ``ValueError`` for a rate of nothing and, unless ``any_number``, for a unit that is not singular for 1 and
    plural for all else: EventBridge refuses that, EventBridge Scheduler has ``rate(1 hours)`` in its own console.
    """
    match = _RATE.fullmatch(expression)
    if match is None:
        return None
    value, unit = int(match[1]), match[2]
    if value < 1:
        raise ValueError(f"{expression!r}: 0 is no rate")
    if not any_number and (value == 1) == unit.endswith("s"):
        raise ValueError(f"{expression!r}: the unit is singular for 1 and plural for more")
    return value * _SECONDS[unit.removesuffix("s")]
