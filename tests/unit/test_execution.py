"""The execution that replaces a task set: its name, its input, and what its end means."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from spot_failover.core.execution import Execution, ExecutionState, execution_name, execution_order
from spot_failover.core.policy import TaskSetPolicy
from spot_failover.core.record import Phase
from spot_failover.core.scaledown_input import parse_scaledown_input
from spot_failover.core.service_key import ServiceKey
from tests.doubles.builders import API, FALLBACK, MIXED, WEB
from tests.doubles.clock import START
from tests.unit.records import record

POLICY = TaskSetPolicy(
    enabled=True,
    state_machine="replace",
    wait_for_service=timedelta(seconds=90),
    decrement=25,
    scaledown_wait=timedelta(seconds=30),
)


@pytest.mark.parametrize(("phase", "what"), [(Phase.FAILING_OVER, "failover"), (Phase.RESTORING, "restore")])
def test_a_name_says_what_it_is_for_and_when_it_was_made_up(phase: Phase, what: str) -> None:
    name = execution_name(record(phase), START)
    assert re.fullmatch(rf"spot-{what}-web-20260301T021105Z-[0-9a-f]{{8}}", name)
    elsewhere = START.astimezone(timezone(timedelta(hours=9)))
    assert execution_name(record(phase), elsewhere) == name


def test_no_two_intents_have_the_same_name() -> None:
    intent = record(Phase.FAILING_OVER)
    other_cluster = replace(intent, key=replace(WEB, cluster="store"))
    other_region = replace(intent, key=replace(WEB, region="eu-west-1"))
    later_version = replace(intent, version=intent.version + 1)
    names = {execution_name(each, START) for each in (intent, other_cluster, other_region, later_version)}
    names |= {execution_name(replace(intent, key=API), START), execution_name(intent, START + timedelta(seconds=1))}
    assert len(names) == 6


def test_the_longest_service_s_name_fits() -> None:
    key = ServiceKey(WEB.account, WEB.region, "shop", "x" * 255)
    name = execution_name(replace(record(Phase.RESTORING), key=key), START)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,80}", name)
    assert name.count("x") == 32


def test_the_order_is_the_smallest_input_that_the_state_machine_takes() -> None:
    intent = replace(record(Phase.FAILING_OVER), execution="spot-failover-web")
    order = execution_order(intent, FALLBACK, POLICY)
    assert (order.key, order.state_machine, order.name) == (WEB, "replace", "spot-failover-web")
    parsed = parse_scaledown_input(order.given, account=WEB.account, region=WEB.region, time_limit=3600)
    assert (parsed.cluster, parsed.service, parsed.strategy) == ("shop", "web", FALLBACK)
    assert (parsed.wait_for_service, parsed.decrement, parsed.scaledown_wait) == (90, 25, 30)
    assert (parsed.load_balancer, parsed.task_definition, parsed.subnets) == (None, None, None)
    assert (
        parse_scaledown_input(
            execution_order(intent, MIXED, POLICY).given, account=WEB.account, region=WEB.region, time_limit=3600
        ).strategy
        == MIXED
    )


@pytest.mark.parametrize(
    ("error", "taken", "refused", "put_back"),
    [
        ("TakenError", True, True, True),
        ("NotReplaceableError", False, True, True),
        ("InputError", False, True, True),
        ("PutBack", False, False, True),
        ("PutBackIncomplete", False, False, False),
        ("PutBackFailed", False, False, False),
        ("Unexpected", False, False, False),
        ("", False, False, False),
    ],
)
def test_what_an_end_means(error: str, *, taken: bool, refused: bool, put_back: bool) -> None:
    end = Execution("spot", ExecutionState.FAILED, START, error, "because")
    assert (end.taken, end.refused, end.put_back) == (taken, refused, put_back)


def test_how_an_end_is_told() -> None:
    end = Execution("spot", ExecutionState.FAILED, START)
    assert end.told == "execution spot: stopped, or out of time"
    assert replace(end, error="PutBack").told == "execution spot: PutBack"
    assert replace(end, error="PutBack", cause="no health").told == "execution spot: PutBack: no health"
