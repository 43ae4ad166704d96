"""The bounds of the POLICY setting's numbers, each of which is still right itself; scopes and overrides."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from spot_failover.core.errors import SettingsError
from spot_failover.core.policy import (
    AccountOverride,
    Enrollment,
    InterruptionPolicy,
    InterruptionResponse,
    Mode,
    Policy,
    Scope,
    TaskSetPolicy,
)
from spot_failover.core.policy_parser import parse_policy
from tests.unit.policy_text import policy_object

ACCOUNT = "111111111111"
DAY, WEEK = 1440, 10_080
BOUNDS = [
    ("", "fallback_weight", 1, 1000),
    ("", "max_event_age_minutes", 1, DAY),
    ("", "failover_deadline_minutes", 1, DAY),
    ("", "max_failovers_per_hour", 0, 100_000),
    ("spot_interruption", "min_interval_minutes", 2, DAY),
    ("spot_interruption", "failover_after", 1, 1000),
    ("spot_interruption", "failover_percent", 1, 100),
    ("spot_interruption", "window_minutes", 1, DAY),
    ("restore", "initial_delay_minutes", 1, DAY),
    ("restore", "factor", 1, 10),
    ("restore", "max_delay_minutes", 1, DAY),
    ("restore", "patience_minutes", 1, DAY),
    ("restore", "stable_for_minutes", 1, WEEK),
    ("restore", "max_per_day", 1, DAY),
    ("restore", "max_proving", 1, 1000),
    ("restore", "max_postpone_minutes", 0, DAY),
    ("restore", "probe_minutes", 1, DAY),
    ("sweep", "threshold_minutes", 1, DAY),
    ("sweep", "silent_after_minutes", 1, DAY),
    ("failover_service", "max_tasks", 1, 5000),
    ("failover_service", "whole_for_minutes", 1, DAY),
    ("failover_service", "step_percent", 1, 100),
    ("failover_service", "step_wait_minutes", 0, DAY),
    ("task_set", "wait_for_service_seconds", 1, 3600),
    ("task_set", "scaledown_decrement", 1, 100),
    ("task_set", "scaledown_wait_seconds", 1, 86_400),
]


def with_value(section: str, key: str, value: object) -> str:
    """The setting with one value; no delay of it is over the longest."""
    policy: dict[str, Any] = policy_object()
    policy["restore"] |= {"initial_delay_minutes": 1, "max_delay_minutes": DAY}
    (policy[section] if section else policy)[key] = value
    return json.dumps(policy)


@pytest.mark.parametrize(("section", "key", "least", "most"), BOUNDS, ids=str)
def test_a_bound_is_right_and_what_lies_beyond_is_not(section: str, key: str, least: int, most: int) -> None:
    for right in (least, most):
        parse_policy(with_value(section, key, right))
    for wrong in (least - 1, most + 1):
        with pytest.raises(SettingsError, match=rf"{key}: got .* number from {least} to {most}$"):
            parse_policy(with_value(section, key, wrong))


@pytest.mark.parametrize(("section", "key", "least", "most"), BOUNDS, ids=str)
def test_a_truth_value_is_no_number(section: str, key: str, least: int, most: int) -> None:
    with pytest.raises(SettingsError, match=key):
        parse_policy(with_value(section, key, value=True))


def test_the_longest_delay_may_be_the_first() -> None:
    policy = policy_object()
    policy["restore"] |= {"initial_delay_minutes": 7, "max_delay_minutes": 7}
    restore = parse_policy(json.dumps(policy)).restore
    assert restore.max_delay == restore.initial_delay


@pytest.mark.parametrize("pairs", [{"A": ["B"]}, {"A": 7}, {"A": None}, {"": "B"}, {"A": "B", "C": 7}])
def test_a_pair_is_two_names(pairs: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match="fallback_pairs"):
        parse_policy(with_value("", "fallback_pairs", pairs))


def test_one_source_of_aws_among_others_is_refused() -> None:
    with pytest.raises(SettingsError, match="sources"):
        parse_policy(with_value("synthetic_events", "sources", ["test.aws.ecs", "aws.ecs"]))


@pytest.mark.parametrize("name", ["", "arn:aws:states:us-east-1:111111111111:stateMachine:x", "x" * 81, "a b", 7])
def test_a_state_machine_goes_by_its_name(name: object) -> None:
    with pytest.raises(SettingsError, match=r"state_machine_name: got .* not its ARN"):
        parse_policy(with_value("task_set", "state_machine_name", name))
    assert parse_policy(with_value("task_set", "state_machine_name", "x" * 80)).task_set.state_machine == "x" * 80


@pytest.mark.parametrize(
    ("scope", "covered"),
    [
        (Scope(), True),
        (Scope(services=("api", "web")), True),
        (Scope(services=("api", "we?")), True),
        (Scope(services=("api",)), False),
        (Scope(clusters=("shop",), accounts=("1*",)), True),
        (Scope(clusters=("store",), accounts=("1*",)), False),
        (Scope(accounts=("2*",)), False),
        (Scope(services=("*",), exclude_services=("api", "web")), False),
        (Scope(exclude_services=("api", "cart")), True),
        (Scope(exclude_clusters=("shop",)), False),
        (Scope(exclude_accounts=("111111111111",)), False),
    ],
)
def test_any_pattern_includes_and_any_excludes(scope: Scope, *, covered: bool) -> None:
    assert scope.covers(ACCOUNT, "shop", "web") is covered


GENERAL = Policy(
    mode=Mode.OBSERVE,
    enrollment=Enrollment.OPT_IN,
    interruption=InterruptionPolicy(response=InterruptionResponse.REDEPLOY),
)


def test_an_override_without_a_value_takes_the_installation_s() -> None:
    overridden = Policy(
        mode=GENERAL.mode,
        enrollment=GENERAL.enrollment,
        interruption=GENERAL.interruption,
        account_overrides={ACCOUNT: AccountOverride()},
    )
    assert overridden.for_account(ACCOUNT) == overridden
    assert overridden.for_account("222222222222") is overridden


@pytest.mark.parametrize("enabled", [True, False])
def test_an_override_s_values_hold_in_its_account_alone(*, enabled: bool) -> None:
    override = AccountOverride(
        enabled=enabled,
        mode=Mode.ACT,
        enrollment=Enrollment.OPT_OUT,
        interruption_response=InterruptionResponse.NONE,
    )
    policy = Policy(
        enabled=not enabled,
        mode=GENERAL.mode,
        enrollment=GENERAL.enrollment,
        interruption=GENERAL.interruption,
        account_overrides={ACCOUNT: override},
    )
    there = policy.for_account(ACCOUNT)
    assert (there.enabled, there.mode, there.enrollment) == (enabled, Mode.ACT, Enrollment.OPT_OUT)
    assert there.interruption.response is InterruptionResponse.NONE
    assert there.interruption.min_interval == policy.interruption.min_interval
    assert policy.for_account("222222222222") is policy


@pytest.mark.parametrize("enabled", [True, False])
def test_an_account_may_be_the_first_or_the_last_whose_task_sets_are_replaced(*, enabled: bool) -> None:
    override = AccountOverride(task_set=enabled)
    policy = Policy(task_set=TaskSetPolicy(enabled=not enabled, decrement=7), account_overrides={ACCOUNT: override})
    assert policy.for_account(ACCOUNT).task_set == TaskSetPolicy(enabled=enabled, decrement=7)
    unsaid = replace(policy, account_overrides={ACCOUNT: AccountOverride(mode=Mode.OBSERVE)})
    assert unsaid.for_account(ACCOUNT).task_set == policy.task_set
