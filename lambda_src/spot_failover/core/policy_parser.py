"""Reads the POLICY setting; every complaint names the key, what was given and what would be right."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar

from spot_failover.core.errors import SettingsError
from spot_failover.core.policy import (
    AccountOverride,
    Enrollment,
    InterruptionPolicy,
    InterruptionResponse,
    Mode,
    Policy,
    RestorePolicy,
    Scope,
    SyntheticPolicy,
    TaskSetPolicy,
    TwinPolicy,
)
from spot_failover.core.profiles import PROFILES, Profile
from spot_failover.core.scaledown_limits import MAX_SCALEDOWN_WAIT, MAX_WAIT_FOR_SERVICE
from spot_failover.core.windows import Window

_Choice = TypeVar("_Choice", bound=StrEnum)
_ACCOUNT = re.compile(r"\d{12}")


class _Section:
    """One JSON object of the setting. Every key must be there, and no other: a misspelt one is an error."""

    def __init__(self, path: str, value: object) -> None:
        if not isinstance(value, dict):
            raise SettingsError(f"{path}: got {value!r}; must be a JSON object")
        self._path = path
        self._values: dict[str, Any] = dict(value)

    def wrong(self, key: str, value: object, right: str) -> SettingsError:
        return SettingsError(f"{self._path}.{key}: got {value!r}; must be {right}")

    def take(self, key: str, right: str, fits: Callable[[Any], bool]) -> Any:
        if key not in self._values:
            raise SettingsError(f"{self._path}.{key}: missing; must be {right}")
        value = self._values.pop(key)
        if not fits(value):
            raise self.wrong(key, value, right)
        return value

    def section(self, key: str) -> _Section:
        return _Section(f"{self._path}.{key}", self.take(key, "a JSON object", lambda v: isinstance(v, dict)))

    def flag(self, key: str) -> bool:
        return bool(self.take(key, "true or false", lambda v: isinstance(v, bool)))

    def number(self, key: str, least: float, most: float) -> float:
        def fits(value: Any) -> bool:
            return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most

        return float(self.take(key, f"a number from {least:g} to {most:g}", fits))

    def whole(self, key: str, least: int, most: int) -> int:
        def fits(value: Any) -> bool:
            return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most

        return int(self.take(key, f"a whole number from {least} to {most}", fits))

    def minutes(self, key: str, least: float, most: float) -> timedelta:
        return timedelta(minutes=self.number(key, least, most))

    def choice(self, key: str, choices: type[_Choice]) -> _Choice:
        names = [choice.value for choice in choices]
        return choices(self.take(key, f"one of {', '.join(names)}", lambda v: v in names))

    def given(self, key: str) -> bool:
        """Whether an optional key holds a value; a null counts as absent."""
        if self._values.get(key) is None:
            self._values.pop(key, None)
            return False
        return True

    def texts(self, key: str) -> tuple[str, ...]:
        def fits(value: Any) -> bool:
            return isinstance(value, list) and all(isinstance(text, str) and text for text in value)

        return tuple(self.take(key, "a list of texts", fits))

    def names(self) -> list[str]:
        return list(self._values)

    def done(self) -> None:
        if self._values:
            raise SettingsError(f"{self._path}: unknown keys {', '.join(sorted(self._values))}")


def parse_policy(text: str, name: str = "POLICY") -> Policy:
    """The policy of an installation from its JSON text.

    Raises
    ------
    SettingsError
        Names the key that is missing, unknown or wrong.
    """
    try:
        root = _Section(name, json.loads(text))
    except json.JSONDecodeError as error:
        raise SettingsError(f"{name}: not JSON: {error}") from error
    sweep = root.section("sweep")
    policy = Policy(
        enabled=root.flag("enabled"),
        mode=root.choice("mode", Mode),
        enrollment=root.choice("enrollment", Enrollment),
        fallback_pairs=_pairs(root),
        fallback_weight=root.whole("fallback_weight", 1, 1000),
        scope=_scope(root.section("scope")),
        account_overrides=_overrides(root.section("account_overrides")),
        max_event_age=root.minutes("max_event_age_minutes", 1, 1440),
        failover_deadline=root.minutes("failover_deadline_minutes", 1, 1440),
        interruption=_interruption(root.section("spot_interruption")),
        max_failovers_per_hour=root.whole("max_failovers_per_hour", 0, 100000),
        restore=_restore(root.section("restore")),
        shortage_threshold=sweep.minutes("threshold_minutes", 1, 1440),
        silent_after=sweep.minutes("silent_after_minutes", 1, 1440),
        twin=_twin(root.section("failover_service")),
        task_set=_task_set(root.section("task_set")),
        synthetic=_synthetic(root.section("synthetic_events")),
    )
    sweep.done()
    root.done()
    return policy


def _pairs(root: _Section) -> Mapping[str, str]:
    def fits(value: Any) -> bool:
        texts = isinstance(value, dict) and bool(value) and all(isinstance(v, str) and v for v in value.values())
        if not texts or any(spot.startswith("/") for spot in value):
            return False  # a pair of a cluster without a name would never hold
        return all(map(_fits, (Policy(fallback_pairs=value).for_cluster(name) for name in _clusters(value))))

    right = (
        "an object of Spot provider (or CLUSTER/PROVIDER) -> on-demand provider, in which no provider of a cluster "
        "stands on both sides, and FARGATE_SPOT and FARGATE pair with each other alone"
    )
    return dict(root.take("fallback_pairs", right, fits))


def _clusters(pairs: Mapping[str, str]) -> set[str]:
    """The clusters that have pairs of their own, and an empty name for all others."""
    return {spot.rpartition("/")[0] for spot in pairs} | {""}


def _fits(policy: Policy) -> bool:
    """Whether the pairs that hold in one cluster make sense together."""
    pairs = policy.fallback_pairs
    fargate = all((spot == "FARGATE_SPOT") == (target == "FARGATE") for spot, target in pairs.items())
    return fargate and not policy.spot_providers & policy.on_demand_providers and all(pairs)


def _scope(section: _Section) -> Scope:
    scope = Scope(
        accounts=section.texts("accounts"),
        exclude_accounts=section.texts("exclude_accounts"),
        clusters=section.texts("clusters"),
        exclude_clusters=section.texts("exclude_clusters"),
        services=section.texts("services"),
        exclude_services=section.texts("exclude_services"),
    )
    section.done()
    return scope


def _overrides(section: _Section) -> Mapping[str, AccountOverride]:
    overrides = {}
    for account in section.names():
        if not _ACCOUNT.fullmatch(account):
            raise section.wrong(account, account, "keyed by account ids of 12 digits")
        inner = section.section(account)
        overrides[account] = AccountOverride(
            enabled=inner.flag("enabled") if inner.given("enabled") else None,
            mode=inner.choice("mode", Mode) if inner.given("mode") else None,
            enrollment=inner.choice("enrollment", Enrollment) if inner.given("enrollment") else None,
            interruption_response=inner.choice("interruption_response", InterruptionResponse)
            if inner.given("interruption_response")
            else None,
            task_set=inner.flag("task_set") if inner.given("task_set") else None,
        )
        inner.done()
    return overrides


def _interruption(section: _Section) -> InterruptionPolicy:
    policy = InterruptionPolicy(
        response=section.choice("response", InterruptionResponse),
        # A redeployment inside the two-minute notice would replace tasks that are about to be told themselves.
        min_interval=section.minutes("min_interval_minutes", 2, 1440),
        failover_after=section.whole("failover_after", 1, 1000),
        failover_percent=section.whole("failover_percent", 1, 100),
        window=section.minutes("window_minutes", 1, 1440),
    )
    section.done()
    return policy


def _restore(section: _Section) -> RestorePolicy:
    profile = PROFILES[section.choice("profile", Profile)]

    def minutes(key: str, default: timedelta, least: float, most: float) -> timedelta:
        return section.minutes(key, least, most) if section.given(key) else default

    policy = RestorePolicy(
        initial_delay=minutes("initial_delay_minutes", profile.initial_delay, 1, 1440),
        factor=section.number("factor", 1, 10) if section.given("factor") else profile.factor,
        max_delay=minutes("max_delay_minutes", profile.max_delay, 1, 1440),
        patience=minutes("patience_minutes", profile.patience, 1, 1440),
        stable_for=minutes("stable_for_minutes", profile.stable_for, 1, 10080),
        max_per_day=section.whole("max_per_day", 1, 1440) if section.given("max_per_day") else profile.max_per_day,
        max_proving=section.whole("max_proving", 1, 1000) if section.given("max_proving") else profile.max_proving,
        max_postpone=minutes("max_postpone_minutes", profile.max_postpone, 0, 1440),
        allow_disruption=section.flag("allow_disruption"),
        window=_window(section) if section.given("window") else None,
        probe_time=minutes("probe_minutes", profile.probe_time, 1, 1440),
    )
    section.done()
    if policy.max_delay < policy.initial_delay:
        raise section.wrong(
            "max_delay_minutes", policy.max_delay, f"not less than initial_delay_minutes ({policy.initial_delay})"
        )
    return policy


def _window(section: _Section) -> Window:
    text = section.take("window", "a text", lambda value: isinstance(value, str))
    try:
        return Window.parse(text)
    except ValueError as error:
        raise section.wrong("window", text, f"a window: {error}") from error


def _twin(section: _Section) -> TwinPolicy:
    policy = TwinPolicy(
        enabled=section.flag("enabled"),
        max_tasks=section.whole("max_tasks", 1, 5000),
        whole_for=section.minutes("whole_for_minutes", 1, 1440),
        step_percent=section.whole("step_percent", 1, 100),
        step_wait=section.minutes("step_wait_minutes", 0, 1440),
    )
    section.done()
    return policy


def _task_set(section: _Section) -> TaskSetPolicy:
    policy = TaskSetPolicy(
        enabled=section.flag("enabled"),
        state_machine=section.take(
            "state_machine_name",
            "the name of a state machine, not its ARN",
            lambda value: isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,80}", value) is not None,
        ),
        # The state machine takes no other values (scaledown_limits.py).
        wait_for_service=timedelta(seconds=section.whole("wait_for_service_seconds", 1, MAX_WAIT_FOR_SERVICE)),
        decrement=section.whole("scaledown_decrement", 1, 100),
        scaledown_wait=timedelta(seconds=section.whole("scaledown_wait_seconds", 1, MAX_SCALEDOWN_WAIT)),
    )
    section.done()
    return policy


def _synthetic(section: _Section) -> SyntheticPolicy:
    policy = SyntheticPolicy(
        enabled=section.flag("enabled"),
        sources=section.texts("sources"),
        act_from_central=section.flag("act_from_central"),
    )
    section.done()
    if any(source.startswith("aws.") for source in policy.sources):
        raise section.wrong(
            "sources", list(policy.sources), "sources that do not start with `aws.`: those are AWS's own"
        )
    return policy
