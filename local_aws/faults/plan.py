"""One fault: which call goes wrong, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self


class Kind(StrEnum):
    """How a call goes wrong."""

    BEFORE = "before"
    """HTTP 500, without effect."""
    AFTER = "after"
    """The effect stands; the answer is HTTP 500."""
    AFTER_TIMEOUT = "after_timeout"
    """The effect stands; the connection ends without an answer."""
    KILL_BEFORE = "kill_before"
    """The sandbox is killed, without effect."""
    KILL_AFTER = "kill_after"
    """The effect stands; the sandbox is killed before it hears of it."""
    THROTTLE = "throttle"
    """HTTP 400, ThrottlingException."""

    @property
    def takes_effect(self) -> bool:
        """Whether the call does what it is for."""
        return self in {Kind.AFTER, Kind.AFTER_TIMEOUT, Kind.KILL_AFTER}

    @property
    def kills(self) -> bool:
        """Whether the sandbox ends."""
        return self in {Kind.KILL_BEFORE, Kind.KILL_AFTER}


@dataclass(frozen=True)
class CallSite:
    """The n-th call (from 1) of an action by a function since recording began."""

    function: str
    action: str
    ordinal: int


@dataclass(frozen=True)
class Plan:
    """A fault that will happen once. With ``retries_fail`` the SDK's own retries of the call fail like it."""

    site: CallSite
    kind: Kind
    retries_fail: bool = False

    @classmethod
    def parse(cls, arguments: Mapping[str, Any]) -> Self:
        """Read a request's body; ``ValueError`` when it makes no plan."""
        known = {"function", "action", "ordinal", "kind", "retries_fail"}
        if unknown := sorted(arguments.keys() - known):
            raise ValueError(f"a plan has {', '.join(sorted(known))}, not {', '.join(unknown)}")
        kinds = ", ".join(Kind)
        match arguments:
            case {"function": str(function), "action": str(action)}:
                pass
            case _:
                raise ValueError("function and action are missing: give them as text")
        ordinal = arguments.get("ordinal", 1)
        if isinstance(ordinal, bool) or not isinstance(ordinal, int) or ordinal < 1:
            raise ValueError(f"ordinal must be a number from 1 up, not {ordinal!r}")
        if arguments.get("kind") not in set(Kind):
            raise ValueError(f"kind must be one of {kinds}, not {arguments.get('kind')!r}")
        retries_fail = arguments.get("retries_fail", False)
        if retries_fail not in {True, False}:
            raise ValueError(f"retries_fail must be true or false, not {retries_fail!r}")
        return cls(CallSite(function, action, ordinal), Kind(arguments["kind"]), bool(retries_fail))
