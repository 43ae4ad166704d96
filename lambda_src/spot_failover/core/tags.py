"""What a service's own tags say. A value that can't be read is taken in the way that leaves the service alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from enum import StrEnum
from typing import TypeVar

from spot_failover.core.policy import Enrollment, InterruptionResponse, Method, Mode, Policy
from spot_failover.core.service_key import NAME
from spot_failover.core.windows import Window

PREFIX = "spot-failover:"
_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True)
class ServiceWishes:
    """The policy of an account as it holds for one service."""

    enrolled: bool
    mode: Mode
    response: InterruptionResponse
    hold_until: datetime | None
    window: Window | None
    """When it may be restored; None: at any time."""
    window_unreadable: bool
    method: Method | None
    """None: unreadable, so nothing is done."""
    twin: str
    """Name of the twin, or on the twin that of its primary; empty: none."""
    probe: bool
    """Shows whether its pool has capacity; never switched itself."""
    unreadable: tuple[str, ...] = ()
    """Tags whose values could not be read."""

    def may_restore(self, now: datetime) -> bool:
        """Whether a restore may begin now."""
        return not self.window_unreadable and (self.window is None or self.window.holds(now))

    def held(self, now: datetime) -> bool:
        """Whether the owner asks to leave the service alone for now."""
        return self.hold_until is not None and now < self.hold_until


def service_wishes(tags: Mapping[str, str], policy: Policy) -> ServiceWishes:
    """Read the tags that begin with `spot-failover:`.

    `enabled`, `mode`, `method`, `interruption-response` and `probe` are choices, `twin` is a service's name.
    `hold-until` is an ISO 8601 date (until its end) or time, UTC where it names no zone; for windows see `Window`.
    """
    unreadable: list[str] = []

    def choice(name: str, choices: type[_Choice], default: _Choice, safe: _Choice) -> _Choice:
        value = tags.get(PREFIX + name)
        if value is None:
            return default
        try:
            return choices(value.strip().lower())
        except ValueError:
            unreadable.append(PREFIX + name)
            return safe

    def truth(name: str, *, default: bool, safe: bool) -> bool:
        match tags.get(PREFIX + name, str(default)).strip().lower():
            case "true":
                return True
            case "false":
                return False
        unreadable.append(PREFIX + name)
        return safe

    window, window_unreadable = _window(tags.get(PREFIX + "restore-window"), policy, unreadable)
    return ServiceWishes(
        window=window,
        window_unreadable=window_unreadable,
        enrolled=truth("enabled", default=policy.enrollment is Enrollment.OPT_OUT, safe=False),
        mode=choice("mode", Mode, policy.mode, Mode.OBSERVE),
        response=choice(
            "interruption-response", InterruptionResponse, policy.interruption.response, InterruptionResponse.NONE
        ),
        method=_method(tags.get(PREFIX + "method"), unreadable),
        twin=_twin(tags.get(PREFIX + "twin", ""), unreadable),
        probe=truth("probe", default=False, safe=True),
        hold_until=_hold_until(tags.get(PREFIX + "hold-until"), unreadable),
        unreadable=tuple(unreadable),
    )


def _twin(value: str, unreadable: list[str]) -> str:
    """The twin's name; nothing where it is none: for an ARN ECS would answer with another name, or not at all."""
    name = value.strip()
    if name and not NAME.fullmatch(name):
        unreadable.append(PREFIX + "twin")
        return ""
    return name


def _method(value: str | None, unreadable: list[str]) -> Method | None:
    if value is None:
        return Method.STRATEGY
    try:
        return Method(value.strip().lower())
    except ValueError:
        unreadable.append(PREFIX + "method")
        return None


def _window(value: str | None, policy: Policy, unreadable: list[str]) -> tuple[Window | None, bool]:
    if value is None:
        return policy.restore.window, False
    try:
        return Window.parse(value), False
    except ValueError:
        unreadable.append(PREFIX + "restore-window")
        return None, True


def _hold_until(value: str | None, unreadable: list[str]) -> datetime | None:
    if value is None:
        return None
    text = value.strip()
    try:
        until = datetime.fromisoformat(text)
    except ValueError:
        unreadable.append(PREFIX + "hold-until")
        return datetime.max.replace(tzinfo=UTC)
    date_only = 10
    if len(text) <= date_only:
        until = datetime.combine(until.date(), time.max)
    return until if until.tzinfo else until.replace(tzinfo=UTC)
