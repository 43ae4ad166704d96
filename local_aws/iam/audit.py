"""The log of decisions: who asked for what, and which statement allowed or denied it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from local_aws.iam.evaluate import Ground, Verdict

LENGTH = 50_000
"""Decisions that are kept; older ones are forgotten."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One decision. `time` is virtual, in epoch seconds; `statement` the statement it comes from, or why none did.

    `grounds` are the statements without any one of which the request would have been refused.
    """

    time: float
    principal: str
    account: str
    action: str
    resource: str
    decision: str
    statement: str
    grounds: tuple[Ground, ...] = ()


class AuthorizationLog:
    """Keeps the latest decisions. Appending is atomic, so threads may share it."""

    def __init__(self, now: Callable[[], float], length: int = LENGTH) -> None:
        self._now = now
        self._entries: deque[Entry] = deque(maxlen=length)

    def add(self, principal: str, account: str, action: str, resource: str, verdict: Verdict) -> None:
        """Note a decision, made now."""
        statement = verdict.statement or verdict.reason
        self._entries.append(
            Entry(self._now(), principal, account, action, resource, verdict.decision.value, statement, verdict.grounds)
        )

    def entries(self, arguments: dict[str, Any]) -> list[dict[str, Any]]:
        """Return what was noted, oldest first; `arguments` narrow it by exact principal, account, action, decision."""
        names = ("time", "principal", "account", "action", "resource", "decision", "statement")
        unknown = set(arguments) - set(names)
        if unknown:
            raise ValueError(f"authorizations are not narrowed by {', '.join(sorted(unknown))}")
        return [
            asdict(entry)
            for entry in tuple(self._entries)
            if all(str(getattr(entry, name)) == str(value) for name, value in arguments.items())
        ]
