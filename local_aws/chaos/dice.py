"""Chance that comes out the same in every run with the same seed, and what the control API may ask of it."""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping
from typing import Any


class Dice:
    """Throws in the order in which they are asked for; safe for threads."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)  # noqa: S311  (repeatable, not secret)
        self._lock = threading.Lock()

    def happens(self, probability: float) -> bool:
        """Whether something of this probability comes about."""
        return self.share() < probability

    def share(self) -> float:
        """A number from 0 up to, but not including, 1."""
        with self._lock:
            return self._random.random()

    def seconds(self, most: float) -> float:
        """A time from 0 up to ``most``."""
        return self.share() * most

    def number(self, first: int, last: int) -> int:
        """A whole number, both ends included."""
        with self._lock:
            return self._random.randint(first, last)


class Wishes:
    """The body of a request of the control API. What makes no sense raises ``ValueError``."""

    def __init__(self, arguments: Mapping[str, Any], *known: str) -> None:
        if unknown := sorted(arguments.keys() - set(known)):
            raise ValueError(f"known are {', '.join(known)}, not {', '.join(unknown)}")
        self._arguments = arguments

    def switch(self, name: str) -> bool:
        """True or false; must be given."""
        value = self._arguments.get(name)
        if not isinstance(value, bool):
            raise ValueError(f"{name} must be true or false, not {value!r}")  # noqa: TRY004  (the control API answers 400)
        return value

    def probability(self, name: str, default: float = 0.0) -> float:
        """A number within 0 and 1."""
        value = self._number(name, default)
        if not 0 <= value <= 1:
            raise ValueError(f"{name} must be a probability within 0 and 1, not {value!r}")
        return value

    def seconds(self, name: str, default: float = 0.0) -> float:
        """A number from 0 up."""
        value = self._number(name, default)
        if value < 0:
            raise ValueError(f"{name} must be a number of seconds from 0 up, not {value!r}")
        return value

    def dice(self) -> Dice:
        """By ``seed``, a whole number, 0 if left out."""
        seed = self._arguments.get("seed", 0)
        if isinstance(seed, bool) or not isinstance(seed, int):
            raise ValueError(f"seed must be a whole number, not {seed!r}")  # noqa: TRY004  (the control API answers 400)
        return Dice(seed)

    def _number(self, name: str, default: float) -> float:
        value = self._arguments.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"{name} must be a number, not {value!r}")  # noqa: TRY004  (the control API answers 400)
        return float(value)
