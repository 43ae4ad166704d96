"""The POLICY setting: complete or refused, and the complaint names the key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from spot_failover.core.errors import SettingsError
from spot_failover.core.policy import AccountOverride, Enrollment, InterruptionResponse, Mode, Policy
from spot_failover.core.policy_parser import parse_policy
from spot_failover.core.profiles import PROFILES, Profile
from spot_failover.core.windows import Window
from tests.unit.policy_text import policy_object

OBJECTS = ("scope", "spot_interruption", "restore", "sweep", "failover_service", "task_set", "synthetic_events")
OF_THE_PROFILE = frozenset(
    {
        "initial_delay_minutes",
        "factor",
        "max_delay_minutes",
        "patience_minutes",
        "stable_for_minutes",
        "max_per_day",
        "max_proving",
        "max_postpone_minutes",
        "probe_minutes",
    }
)
"""Keys of `restore` that may be absent: the profile has a value for each."""


def paths() -> Iterator[tuple[str, ...]]:
    """Every key of the setting, those of its objects included."""
    for key, value in policy_object().items():
        yield (key,)
        if key in OBJECTS:
            yield from ((key, inner) for inner in value)


def at(policy: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    inner: dict[str, Any] = policy if len(path) == 1 else policy[path[0]]
    return inner


def refused(policy: object) -> str:
    with pytest.raises(SettingsError) as caught:
        parse_policy(json.dumps(policy))
    return str(caught.value)


def test_the_defaults_of_the_setting_are_the_defaults_of_the_policy() -> None:
    assert parse_policy(json.dumps(policy_object())) == Policy()


def required() -> Iterator[tuple[str, ...]]:
    """The keys that the setting can't do without."""
    yield from (path for path in paths() if path[-1] not in OF_THE_PROFILE)


@pytest.mark.parametrize("path", list(required()), ids=".".join)
def test_a_missing_key_is_named(path: tuple[str, ...]) -> None:
    policy = policy_object()
    del at(policy, path)[path[-1]]
    complaint = refused(policy)
    assert complaint.startswith(f"POLICY.{'.'.join(path)}: missing; must be ")


@pytest.mark.parametrize("path", list(paths()), ids=".".join)
@pytest.mark.parametrize("value", [-1, "no sense", [3], float("nan")], ids=str)
def test_a_wrong_value_is_named_with_what_was_given(path: tuple[str, ...], value: object) -> None:
    policy = policy_object()
    at(policy, path)[path[-1]] = value
    complaint = refused(policy)
    assert complaint.startswith(f"POLICY.{'.'.join(path)}: got {value!r}; must be ")


@pytest.mark.parametrize("path", list(required()), ids=".".join)
def test_null_is_a_wrong_value(path: tuple[str, ...]) -> None:
    policy = policy_object()
    at(policy, path)[path[-1]] = None
    assert refused(policy).startswith(f"POLICY.{'.'.join(path)}: got None; must be ")


@pytest.mark.parametrize("key", sorted(OF_THE_PROFILE))
@pytest.mark.parametrize("how", ["absent", "null"])
def test_what_is_not_given_is_the_profile_s(key: str, how: str) -> None:
    policy = policy_object()
    policy["restore"]["profile"] = "calm"
    policy["restore"] |= dict.fromkeys(OF_THE_PROFILE)
    if how == "absent":
        del policy["restore"][key]
    assert parse_policy(json.dumps(policy)).restore == PROFILES[Profile.CALM]


def test_the_window_of_the_installation() -> None:
    policy = policy_object()
    policy["restore"]["window"] = "Mon-Fri 22:00-06:00 +01:00"
    assert parse_policy(json.dumps(policy)).restore.window == Window.parse("Mon-Fri 22:00-06:00 +01:00")
    policy["restore"]["window"] = None
    assert parse_policy(json.dumps(policy)).restore.window is None


@pytest.mark.parametrize("window", ["nightly", 22, ["22:00-06:00"]])
def test_a_window_that_cannot_be_read_is_refused(window: object) -> None:
    policy = policy_object()
    policy["restore"]["window"] = window
    assert refused(policy).startswith(f"POLICY.restore.window: got {window!r}; must be ")


@pytest.mark.parametrize("path", [(), *((name,) for name in OBJECTS)], ids=str)
def test_an_unknown_key_is_named(path: tuple[str, ...]) -> None:
    policy = policy_object()
    at(policy, (*path, ""))["misspelt"] = True
    assert "unknown keys misspelt" in refused(policy)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("fallback_weight",), 0),
        (("fallback_weight",), 1001),
        (("fallback_weight",), 1.5),
        (("fallback_weight",), True),
        (("fallback_pairs",), {}),
        (("fallback_pairs",), {"A": "A"}),
        (("fallback_pairs",), {"A": "B", "B": "C"}),
        (("fallback_pairs",), {"A": ""}),
        (("fallback_pairs",), {"FARGATE_SPOT": "on-demand"}),
        (("fallback_pairs",), {"spot": "FARGATE"}),
        (("fallback_pairs",), {"shop/spot": "spot"}),
        (("fallback_pairs",), {"spot": "on-demand", "shop/on-demand": "another"}),
        (("fallback_pairs",), {"shop/": "on-demand"}),
        (("fallback_pairs",), {"/spot": "on-demand"}),
        (("fallback_pairs",), {"spot": "on-demand", "/spot": "another"}),
        (("spot_interruption", "response"), "restore"),
        (("spot_interruption", "failover_after"), 0),
        (("spot_interruption", "failover_percent"), 101),
        (("spot_interruption", "window_minutes"), 0),
        (("failover_service", "max_tasks"), 0),
        (("failover_service", "step_percent"), 101),
        (("failover_service", "whole_for_minutes"), 0),
        (("spot_interruption", "min_interval_minutes"), 1.9),
        (("max_event_age_minutes",), 0),
        (("restore", "factor"), 0.5),
        (("restore", "max_per_day"), 0),
        (("restore", "max_delay_minutes"), 4),
        (("restore", "profile"), "cheap"),
        (("restore", "max_proving"), 0),
        (("restore", "max_proving"), 1.5),
        (("restore", "max_postpone_minutes"), 1441),
        (("max_failovers_per_hour",), 100001),
        (("synthetic_events", "sources"), ["aws.ecs"]),
        (("scope", "services"), [""]),
        (("scope", "services"), "web"),
    ],
)
def test_values_out_of_bounds(path: tuple[str, ...], value: object) -> None:
    policy = policy_object()
    at(policy, path)[path[-1]] = value
    assert refused(policy).startswith(f"POLICY.{'.'.join(path)}: ")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "3"])
def test_no_json_object(text: str) -> None:
    with pytest.raises(SettingsError, match="POLICY: "):
        parse_policy(text)


def test_what_is_given_arrives() -> None:
    policy = policy_object()
    policy |= {"enabled": False, "mode": "observe", "enrollment": "opt_in", "fallback_weight": 3}
    policy["fallback_pairs"] = {"spot": "on-demand", "FARGATE_SPOT": "FARGATE"}
    policy["sweep"]["threshold_minutes"] = 2.5
    policy["scope"]["services"] = ["web-*"]
    policy["restore"]["allow_disruption"] = True
    read = parse_policy(json.dumps(policy))
    assert (read.enabled, read.mode, read.enrollment) == (False, Mode.OBSERVE, Enrollment.OPT_IN)
    assert read.spot_providers == {"spot", "FARGATE_SPOT"}
    assert read.on_demand_providers == {"on-demand", "FARGATE"}
    assert read.shortage_threshold == timedelta(seconds=150)
    assert read.scope.services == ("web-*",)
    assert read.restore.allow_disruption


def test_overrides_may_hold_any_of_their_keys() -> None:
    policy = policy_object()
    policy["account_overrides"] = {
        "111111111111": {"enabled": False, "mode": "observe", "enrollment": None},
        "222222222222": {"interruption_response": "none"},
        "333333333333": {"task_set": True},
        "444444444444": {"task_set": False},
        "555555555555": {"task_set": None},
        "666666666666": {},
    }
    assert parse_policy(json.dumps(policy)).account_overrides == {
        "111111111111": AccountOverride(enabled=False, mode=Mode.OBSERVE),
        "222222222222": AccountOverride(interruption_response=InterruptionResponse.NONE),
        "333333333333": AccountOverride(task_set=True),
        "444444444444": AccountOverride(task_set=False),
        "555555555555": AccountOverride(),
        "666666666666": AccountOverride(),
    }


@pytest.mark.parametrize(
    ("overrides", "named"),
    [
        ({"1111": {}}, "POLICY.account_overrides.1111"),
        ({"111111111111": []}, "POLICY.account_overrides.111111111111"),
        ({"111111111111": {"mode": "dry"}}, "POLICY.account_overrides.111111111111.mode"),
        ({"111111111111": {"enabled": "no"}}, "POLICY.account_overrides.111111111111.enabled"),
        ({"111111111111": {"scope": {}}}, "scope"),
    ],
)
def test_wrong_overrides_are_named(overrides: object, named: str) -> None:
    assert named in refused(policy_object() | {"account_overrides": overrides})
