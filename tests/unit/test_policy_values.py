"""Every value of the POLICY setting arrives where it belongs, and pairs of a cluster hold there alone."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from spot_failover.core.errors import SettingsError
from spot_failover.core.policy import (
    InterruptionPolicy,
    InterruptionResponse,
    Policy,
    RestorePolicy,
    Scope,
    SyntheticPolicy,
    TaskSetPolicy,
    TwinPolicy,
)
from spot_failover.core.policy_parser import parse_policy
from tests.doubles.builders import OTHER, WEB
from tests.unit.policy_text import policy_object

PAIRS = {"spot": "on-demand", "shop/spot": "shop-on-demand", "shop/more": "shop-on-demand", "store/spot": "reserved"}


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def test_no_value_takes_another_s_place() -> None:
    text = policy_object() | {"fallback_weight": 7, "max_event_age_minutes": 8, "failover_deadline_minutes": 9}
    text |= {"max_failovers_per_hour": 6, "fallback_pairs": PAIRS}
    names = ["accounts", "exclude_accounts", "clusters", "exclude_clusters", "services", "exclude_services"]
    text["scope"] = {name: [name] for name in names}
    text["spot_interruption"] = {
        "response": "redeploy",
        "min_interval_minutes": 21,
        "failover_after": 22,
        "failover_percent": 23,
        "window_minutes": 24,
    }
    text["restore"] |= {
        "initial_delay_minutes": 31,
        "factor": 3.2,
        "max_delay_minutes": 33,
        "patience_minutes": 34,
        "stable_for_minutes": 35,
        "max_per_day": 36,
        "max_proving": 37,
        "max_postpone_minutes": 38,
        "probe_minutes": 39,
        "allow_disruption": True,
    }
    text["sweep"] = {"threshold_minutes": 41, "silent_after_minutes": 42}
    text["failover_service"] = {
        "enabled": True,
        "max_tasks": 51,
        "whole_for_minutes": 52,
        "step_percent": 53,
        "step_wait_minutes": 54,
    }
    text["task_set"] = {
        "enabled": True,
        "state_machine_name": "replace",
        "wait_for_service_seconds": 61,
        "scaledown_decrement": 62,
        "scaledown_wait_seconds": 63,
    }
    text["synthetic_events"] = {"enabled": True, "sources": ["proof"], "act_from_central": True}
    assert parse_policy(json.dumps(text)) == Policy(
        fallback_pairs=PAIRS,
        fallback_weight=7,
        scope=Scope(*((name,) for name in names)),
        max_event_age=minutes(8),
        failover_deadline=minutes(9),
        interruption=InterruptionPolicy(InterruptionResponse.REDEPLOY, minutes(21), 22, 23, minutes(24)),
        max_failovers_per_hour=6,
        restore=RestorePolicy(
            initial_delay=minutes(31),
            factor=3.2,
            max_delay=minutes(33),
            patience=minutes(34),
            stable_for=minutes(35),
            max_per_day=36,
            max_proving=37,
            max_postpone=minutes(38),
            allow_disruption=True,
            probe_time=minutes(39),
        ),
        shortage_threshold=minutes(41),
        silent_after=minutes(42),
        twin=TwinPolicy(True, 51, minutes(52), 53, minutes(54)),
        task_set=TaskSetPolicy(True, "replace", timedelta(seconds=61), 62, timedelta(seconds=63)),
        synthetic=SyntheticPolicy(enabled=True, sources=("proof",), act_from_central=True),
    )


@pytest.mark.parametrize(("decrement", "steps"), [(100, 1), (99, 2), (50, 2), (34, 3), (33, 4), (1, 100)])
def test_a_replacement_takes_all_its_waits(decrement: int, steps: int) -> None:
    policy = TaskSetPolicy(wait_for_service=minutes(7), decrement=decrement, scaledown_wait=minutes(2))
    assert policy.takes == minutes(7 + 2 * steps)


def test_an_execution_that_puts_back_waits_twice_more_for_tasks() -> None:
    policy = TaskSetPolicy(wait_for_service=minutes(7), decrement=50, scaledown_wait=minutes(2))
    assert policy.ends_within == policy.takes + minutes(14)


class TestPairsOfACluster:
    POLICY = Policy(fallback_pairs=PAIRS)

    def test_they_win_in_their_cluster(self) -> None:
        shop = {"spot": "shop-on-demand", "more": "shop-on-demand"}
        assert self.POLICY.for_cluster("shop").fallback_pairs == shop
        assert self.POLICY.for_cluster("store").fallback_pairs == {"spot": "reserved"}
        assert self.POLICY.of(WEB).fallback_pairs == shop

    @pytest.mark.parametrize("cluster", ["web", "sho", "shopping", ""])
    def test_they_hold_in_no_other(self, cluster: str) -> None:
        assert self.POLICY.for_cluster(cluster).fallback_pairs == {"spot": "on-demand"}

    def test_without_them_the_policy_is_the_same_everywhere(self) -> None:
        policy = Policy()
        assert policy.of(OTHER) is policy

    @pytest.mark.parametrize(
        "pairs",
        [
            PAIRS,
            {"spot": "on-demand", "shop/other": "reserved"},
            {"shop/spot": "on-demand", "store/on-demand": "spot"},
            {"FARGATE_SPOT": "FARGATE", "shop/spot": "on-demand"},
            {"shop/FARGATE_SPOT": "FARGATE"},
        ],
    )
    def test_what_makes_sense_in_each_cluster_is_right(self, pairs: dict[str, str]) -> None:
        text = policy_object() | {"fallback_pairs": pairs}
        assert parse_policy(json.dumps(text)).fallback_pairs == pairs

    @pytest.mark.parametrize(
        "pairs",
        [
            {"spot": "on-demand", "shop/on-demand": "spot"},
            {"spot": "on-demand", "shop/more": "spot"},
            {"FARGATE_SPOT": "FARGATE", "shop/FARGATE_SPOT": "on-demand"},
            {"FARGATE_SPOT": "FARGATE", "shop/spot": "FARGATE"},
            {"/spot": "spot"},
            {"shop/": "on-demand", "spot": "on-demand"},
        ],
    )
    def test_what_makes_none_in_one_of_them_is_refused(self, pairs: dict[str, str]) -> None:
        text = policy_object() | {"fallback_pairs": pairs}
        with pytest.raises(SettingsError, match=r"fallback_pairs: got .* CLUSTER/PROVIDER"):
            parse_policy(json.dumps(text))
