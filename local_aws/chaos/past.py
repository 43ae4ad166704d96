"""Reads that may be late: what things were before their latest changes, for as long as a read may still see that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from local_aws.chaos.dice import Dice

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass
class Staleness:
    """How late reads are: up to ``seconds`` (virtual), each with ``probability``. Nothing is late at first."""

    seconds: float = 0.0
    probability: float = 1.0
    dice: Dice = field(default_factory=Dice)
    seen: int = 0
    """How many reads were answered from the past."""

    @property
    def enabled(self) -> bool:
        """Whether any read may be late."""
        return self.seconds > 0

    def set(self, seconds: float, probability: float, dice: Dice) -> None:
        """Change it for reads from now on."""
        self.seconds, self.probability, self.dice = seconds, probability, dice


class Past(Generic[Key, Value]):
    """What was changed lately: for each key what was there before, None for nothing.

    Parameters
    ----------
    staleness
        How late reads are.
    now
        Virtual time in epoch seconds.
    """

    def __init__(self, staleness: Staleness, now: Callable[[], float]) -> None:
        self._staleness = staleness
        self._now = now
        self._changes: list[tuple[float, Key, Value | None]] = []

    def remember(self, key: Key, before: Value | None) -> None:
        """Note that something is being changed."""
        if self._staleness.enabled:
            self._forget()
            self._changes.append((self._now(), key, before))

    def seen(self) -> dict[Key, Value | None]:
        """What a read gets to see of the past: the oldest state for each key. Empty when it sees the present."""
        self._forget()
        if not self._changes or not self._staleness.dice.happens(self._staleness.probability):
            return {}
        self._staleness.seen += 1
        oldest: dict[Key, Value | None] = {}
        for _, key, before in self._changes:
            oldest.setdefault(key, before)
        return oldest

    def _forget(self) -> None:
        begin = self._now() - self._staleness.seconds
        self._changes = [change for change in self._changes if change[0] > begin]
