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
from tests.unit.policy_text import policy_object

OBJECTS = ("scope", "spot_interruption", "restore", "sweep", "synthetic_events")


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


@pytest.mark.parametrize("path", list(paths()), ids=".".join)
def test_a_missing_key_is_named(path: tuple[str, ...]) -> None:
    policy = policy_object()
    del at(policy, path)[path[-1]]
    complaint = refused(policy)
    assert complaint.startswith(f"POLICY.{'.'.join(path)}: missing; must be ")


@pytest.mark.parametrize("path", list(paths()), ids=".".join)
@pytest.mark.parametrize("value", [None, -1, "nonsense", [3], float("nan")], ids=str)
def test_a_wrong_value_is_named_with_what_was_given(path: tuple[str, ...], value: object) -> None:
    policy = policy_object()
    at(policy, path)[path[-1]] = value
    complaint = refused(policy)
    assert complaint.startswith(f"POLICY.{'.'.join(path)}: got {value!r}; must be ")


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
        (("spot_interruption", "response"), "failover"),
        (("spot_interruption", "min_interval_minutes"), 1.9),
        (("max_event_age_minutes",), 0),
        (("restore", "factor"), 0.5),
        (("restore", "max_per_day"), 0),
        (("restore", "max_delay_minutes"), 4),
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
        "333333333333": {},
    }
    assert parse_policy(json.dumps(policy)).account_overrides == {
        "111111111111": AccountOverride(enabled=False, mode=Mode.OBSERVE),
        "222222222222": AccountOverride(interruption_response=InterruptionResponse.NONE),
        "333333333333": AccountOverride(),
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
