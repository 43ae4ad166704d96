"""The state of an alarm by the latest periods of what it watches.

CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data": its two tables of examples are tests.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

Values = Sequence[float | None]
"""One value for each period, the oldest first; None where there is no data."""

EXTRA_PERIODS = 2
"""How many periods CloudWatch looks at beyond those that are evaluated. It says only that there are some; its examples
have 5 for 3 evaluation periods."""


class State(StrEnum):
    """Of an alarm."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


@dataclass(frozen=True)
class Rule:
    """When an alarm is in ALARM. ``missing`` is ``missing``, ``ignore``, ``breaching`` or ``notBreaching``."""

    comparison: str
    threshold: float
    periods: int
    datapoints: int
    missing: str = "missing"

    @property
    def range(self) -> int:
        """How many periods are looked at: the evaluation range."""
        return self.periods + EXTRA_PERIODS

    def breaching(self, value: float) -> bool:
        """Whether a value is outside the threshold."""
        return COMPARISONS[self.comparison](value, self.threshold)


COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
    "LessThanOrEqualToThreshold": lambda value, threshold: value <= threshold,
}


def evaluate(rule: Rule, values: Values, state: State) -> State:
    """The state after a look at the values of the evaluation range; ``state`` is the one before."""
    real = [value for value in values[-rule.range :] if value is not None]
    if not real:
        return _without_data(rule, state)
    if len(real) >= rule.periods:
        latest = real[-rule.periods :]
        return _by_count(sum(map(rule.breaching, latest)), rule)
    breaching, filled = sum(map(rule.breaching, real)), rule.periods - len(real)
    match rule.missing:
        case "breaching":
            return _by_count(breaching + filled, rule)
        case "notBreaching":
            return _by_count(breaching, rule)
    if breaching >= rule.datapoints:
        return State.ALARM
    if breaching < len(real):
        return State.OK
    # All that is known is bad, and there is too little of it.
    old_enough = _age_of_oldest(values) >= rule.datapoints
    return State.ALARM if rule.missing == "missing" and old_enough else state


def _without_data(rule: Rule, state: State) -> State:
    match rule.missing:
        case "breaching":
            return State.ALARM
        case "notBreaching":
            return State.OK
        case "ignore":
            return state
    return State.INSUFFICIENT_DATA


def _by_count(breaching: int, rule: Rule) -> State:
    return State.ALARM if breaching >= rule.datapoints else State.OK


def _age_of_oldest(values: Values) -> int:
    """In periods, the latest being 1."""
    return next(len(values) - place for place, value in enumerate(values) if value is not None)
