"""Reads the fields of an execution's input, and collects what is wrong with all of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

from spot_failover.core.errors import InputError
from spot_failover.core.strategy import MAX_ITEMS, MAX_WEIGHT, Strategy

MAX_BASE = 100_000
"""Largest base of an item (ECS API reference, CapacityProviderStrategyItem)."""
_SHOWN = 120
_NAMES = {"cluster": r"[A-Za-z0-9_-]{1,255}", "service": r"[A-Za-z0-9_-]{1,255}"}

T = TypeVar("T")


class ExecutionInput:
    """The fields of one input. A reader of a field raises ValueError with what would be right."""

    def __init__(self, given: Mapping[str, Any], place: str) -> None:
        """`place` is what ARNs of the right account and Region hold: `:REGION:ACCOUNT:`."""
        self._given = given
        self._place = place
        self._wrong: list[str] = []

    @staticmethod
    def shown(value: object) -> str:
        """A value as a message shows it."""
        text = json.dumps(value, default=str)
        return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."

    def require(self, name: str) -> None:
        """Note it where a field is missing."""
        if self._given.get(name) is None:
            self._wrong.append(f"{name}: missing")

    def know(self, names: Collection[str]) -> None:
        """Note every field that nobody knows: it is most likely misspelt."""
        for name in self._given:
            if name not in names:
                self._wrong.append(f"{name}: not a field; there are {', '.join(names)}")

    def read(self, name: str, read: Callable[[Any], T]) -> T | None:
        """A field's value; None where it is not given, or wrong."""
        value = self._given.get(name)
        if value is None:
            return None
        try:
            self._check_place(value)
            return read(value)
        except ValueError as error:
            self._wrong.append(f"{name}: got {self.shown(value)}; must be {error}")
            return None

    def _check_place(self, value: Any) -> None:
        if isinstance(value, str) and value.startswith("arn:") and self._place not in value:
            raise ValueError(f"in the state machine's own Region and account ({self._place.strip(':')})")

    def finish(self) -> None:
        """Raise what was noted.

        Raises
        ------
        InputError
            There was something.
        """
        if self._wrong:
            raise InputError("; ".join(self._wrong))


def name_or_arn(value: Any, kind: str) -> str:
    """The name of a cluster or service that is given by name or ARN."""
    name = _NAMES[kind]
    arn = rf"arn:[a-z-]+:ecs:[a-z0-9-]+:\d{{12}}:{kind}/({name}/)?"
    if isinstance(value, str) and re.fullmatch(f"({arn})?{name}", value):
        return value.rpartition("/")[2]
    raise ValueError(f"the name or ARN of an ECS {kind}")


def whole_number(value: Any, least: int, most: int, unit: str) -> int:
    """A count; numbers with a fraction of zero and numbers in text are not taken."""
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
        return value
    raise ValueError(f"a whole number of {unit} from {least} to {most}")


def seconds(value: Any, least: int, most: int) -> int:
    """A count of seconds."""
    return whole_number(value, least, most, "seconds")


def some_ids(value: Any, prefix: str, most: int) -> tuple[str, ...]:
    """One id, or a list of them, each once."""
    ids = [value] if isinstance(value, str) else value
    good = isinstance(ids, list) and all(
        isinstance(each, str) and re.fullmatch(rf"{prefix}-[0-9a-f]{{1,32}}", each) for each in ids
    )
    if good and 0 < len(ids) <= most and len(set(ids)) == len(ids):
        return tuple(ids)
    raise ValueError(f'a list of 1 to {most} different ids such as "{prefix}-0a1b2c3d4e5f67890"')


def strategy(value: Any) -> Strategy:
    """A capacity provider strategy, as the ECS API writes it."""
    right = (
        f'a list of 1 to {MAX_ITEMS} items like {{"capacityProvider": "FARGATE", "weight": 1, "base": 0}}, each '
        f"provider once, weights to {MAX_WEIGHT} and one of them over 0, at most one base over 0, to {MAX_BASE}"
    )
    if not isinstance(value, list) or not all(_is_item(item) for item in value):
        raise ValueError(right)
    found = Strategy.from_api(value)
    names = [item.provider for item in found]
    based = sum(item.base > 0 for item in found)
    if 0 < len(names) <= MAX_ITEMS and len(set(names)) == len(names) and based <= 1 and any(i.weight for i in found):
        return found
    raise ValueError(right)


def _is_item(item: Any) -> bool:
    if not isinstance(item, dict) or not set(item) <= {"capacityProvider", "weight", "base"}:
        return False
    name = item.get("capacityProvider")
    return (
        isinstance(name, str)
        and bool(name)
        and _is_share(item, "weight", MAX_WEIGHT)
        and _is_share(item, "base", MAX_BASE)
    )


def _is_share(item: Mapping[str, Any], name: str, most: int) -> bool:
    value = item.get(name, 0)
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most
