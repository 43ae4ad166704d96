"""The hops of a drill, and when each was passed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any


class Hop(Enum):
    """One hop of the path, in its order; the value is what it is called."""

    PUT = "event put"
    BUS = "event bus"
    QUEUE = "queue"
    FUNCTION = "function"
    RECORD = "record"
    UPDATE_SERVICE = "UpdateService"
    ON_DEMAND = "on-demand running"
    RESTORE = "restore"
    PROVEN = "proven"


@dataclass(frozen=True)
class Passed:
    """When a hop was passed; not `exact`: then at the latest, known by what came after it."""

    hop: Hop
    at: datetime
    note: str = ""
    exact: bool = True


@dataclass
class Hops:
    """How far a drill has come."""

    passed: list[Passed] = field(default_factory=list)

    @property
    def waits_for(self) -> Hop | None:
        """The hop that comes next; None: all are passed."""
        hops = list(Hop)
        return hops[len(self.passed)] if len(self.passed) < len(hops) else None

    def has(self, hop: Hop) -> bool:
        """Whether a hop was passed."""
        return any(each.hop is hop for each in self.passed)

    def reach(self, hop: Hop, at: datetime, note: str = "") -> list[Passed]:
        """A hop was passed, and with it those before; returns what is new. No hop is earlier than the one before."""
        new: list[Passed] = []
        if self.has(hop):
            return new
        if self.passed:
            at = max(at, self.passed[-1].at)
        for each in list(Hop)[len(self.passed) :]:
            exact = each is hop
            new.append(Passed(each, at, note if exact else "", exact))
            if exact:
                break
        self.passed += new
        return new

    def view(self) -> list[dict[str, Any]]:
        """As a JSON document: seconds count from the put."""
        begin = self.passed[0].at if self.passed else None
        return [
            {
                "hop": each.hop.value,
                "at": each.at,
                "seconds": round((each.at - begin).total_seconds(), 1) if begin else 0.0,
                "at_the_latest": not each.exact,
                "note": each.note,
            }
            for each in self.passed
        ]
