"""What counts as survived, and how it is told."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from local_aws.faults.plan import CallSite, Kind
from tests.faults.attack import Fault, Recording, Result, faults, is_change, on_the_way
from tests.faults.campaign import Campaign
from tests.faults.ends import ENDS, not_led_to
from tests.faults.scenarios import SCENARIOS
from tests.faults.state import State, text, turns, under_way
from tests.faults.table import losses, table
from tests.faults.weather import CLEAR, ROUGH

FAILED_OVER, RESTORED = "automation: FARGATE_SPOT 0, FARGATE 10", "automation: FARGATE_SPOT 1"
END = State(
    strategy="FARGATE_SPOT 1",
    phase="closed",
    baseline="FARGATE_SPOT 1",
    failures=0,
    unfinished=(),
    updates=(FAILED_OVER, RESTORED),
    messages=(),
)
SITE = CallSite("handler", "ecs:UpdateService", 1)
RECORDING = Recording(SCENARIOS[0], (SITE,), END)


def test_a_second_failover_is_a_difference() -> None:
    twice = replace(END, updates=(FAILED_OVER, FAILED_OVER, RESTORED))
    assert END.difference(END) == ""
    assert "updates" in twice.difference(END)
    assert not on_the_way(twice, END)
    assert on_the_way(replace(END, updates=(FAILED_OVER,)), END)


def test_a_scenario_in_which_nothing_happens_is_told() -> None:
    end = replace(END, reason="RESTORED", told=("opened web", "over"))
    assert not_led_to("placement failure", end) == ""
    assert not_led_to("placement failure", replace(end, updates=())).startswith("updates: (), not (")
    assert not_led_to("redeploy", replace(END, updates=())) == "updates: (), not ('automation: FARGATE_SPOT 1',)"


def test_of_every_scenario_in_this_process_it_is_known_what_it_leads_to() -> None:
    assert ENDS.keys() == {one.name for one in SCENARIOS if not one.external}


def test_a_lease_and_a_message_left_over_are_differences() -> None:
    left = replace(END, unfinished=under_way({"lease_owner": "x", "phase": "closed"}), messages=("queue-dlq",))
    assert left.difference(END) == "unfinished: ('lease_owner',), not (); messages: ('queue-dlq',), not ()"


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ({"reason": "SUPERSEDED"}, "reason: 'SUPERSEDED', not ''"),
        ({"held": True}, "held: True, not False"),
        ({"stuck": True}, "stuck: True, not False"),
        ({"pools": ("pool",)}, "pools: ('pool',), not ()"),
        ({"letters": ("queue: MALFORMED_EVENT",)}, "letters: ('queue: MALFORMED_EVENT',), not ()"),
        ({"told": ("opened web",)}, "told: ('opened web',), not ()"),
        ({"alerts": ("STUCK web",)}, "alerts: ('STUCK web',), not ()"),
    ],
)
def test_what_is_left_behind_or_told_to_people_is_a_difference(change: dict[str, Any], difference: str) -> None:
    left: State = replace(END, **change)
    assert left.difference(END) == difference


def test_an_alert_is_lost_with_whoever_is_killed_and_with_nobody_else() -> None:
    end = replace(END, alerts=("PATH_SILENT",))
    assert END.difference(end) == "alerts: (), not ('PATH_SILENT',)"
    assert END.difference(end, killed=True) == ""
    assert end.difference(END, killed=True) == "alerts: PATH_SILENT"


def test_an_audit_event_too_many_is_a_difference_and_one_that_was_lost_is_none() -> None:
    end = replace(END, audited=("close RESTORED web", "fail_over web"))
    assert replace(end, audited=("fail_over web",)).difference(end) == ""
    assert replace(end, audited=("fail_over web", "hold STUCK web")).difference(end) == "audited: hold STUCK web"


def test_only_where_a_twin_turns_counts() -> None:
    assert turns([]) == turns([0]) == ()
    assert turns([2]) == turns([1, 1, 2]) == (2,)
    assert turns([1, 2, 2, 1, 0]) == turns([0, 2, 0]) == (2, 0)
    assert turns([2, 1, 2, 0]) == (2, 1, 2, 0)


def test_a_twin_that_rises_twice_and_one_that_stays_at_work_are_differences() -> None:
    end = replace(END, twin=(2, 0))
    assert replace(end, twin=(2, 1, 2, 0)).difference(end) == "twin: (2, 1, 2, 0), not (2, 0)"
    assert "due_at" in replace(end, unfinished=under_way({"due_at": 1, "twin": "web-on-demand"})).difference(end)


def test_strategies_are_told_with_their_base() -> None:
    assert text([{"capacityProvider": "FARGATE", "weight": 1, "base": 1}, {"capacityProvider": "FARGATE_SPOT"}]) == (
        "FARGATE 1 base 1, FARGATE_SPOT 0"
    )


def test_every_call_site_is_tried_in_every_way() -> None:
    found = list(faults(RECORDING))
    assert [fault.kind for fault in found] == list(Kind)
    assert {fault.kind for fault in found if fault.retries_fail} == {Kind.BEFORE, Kind.AFTER}


def test_in_other_weather_changes_are_tried_in_every_way_and_reads_in_one_after_the_other() -> None:
    reads = tuple(CallSite("handler", "dynamodb:GetItem", ordinal) for ordinal in range(1, 7))
    found = list(faults(replace(RECORDING, sites=(SITE, *reads)), ROUGH))
    assert [fault.kind for fault in found if fault.site == SITE] == list(Kind)
    assert sorted(fault.kind for fault in found if fault.site in reads) == sorted(Kind)
    assert len(found) == 12


@pytest.mark.parametrize(
    "action",
    [
        "dynamodb:PutItem",
        "ecs:UpdateService",
        "events:PutEvents",
        "sns:Publish",
        "sqs:SendMessage",
        "sqs:SendMessageBatch",
        "states:StartExecution",
        "ecs:SomethingNew",
    ],
)
def test_what_is_not_known_to_read_is_tried_in_every_way_in_any_weather(action: str) -> None:
    site = CallSite("handler", action, 1)
    assert is_change(action)
    assert [fault.kind for fault in faults(replace(RECORDING, sites=(site,)), ROUGH)] == list(Kind)


@pytest.mark.parametrize(
    "action", ["dynamodb:BatchGetItem", "dynamodb:Query", "ecs:DescribeTasks", "ecs:ListTasks", "sts:AssumeRole"]
)
def test_reads_change_nothing(action: str) -> None:
    assert not is_change(action)


def test_a_fault_that_was_not_met_is_not_survived() -> None:
    name, (first, second, *_) = SCENARIOS[0].name, faults(RECORDING)
    results = [Result(name, first, "", ROUGH), Result(name, second, "", ROUGH, met=False)]

    console = Console(width=80)
    with console.capture() as captured:
        console.print(table(Campaign([RECORDING], results), ROUGH))

    assert [result.survived for result in results] == [True, False]
    assert re.search(rf"│{name}.*│ +1│ +1/1│", captured.get())
    assert not list(losses(Campaign([RECORDING], results)))


def test_results_are_told_apart_by_their_weather() -> None:
    fault = next(faults(RECORDING))
    lost = Result(SCENARIOS[0].name, fault, "messages: ('queue-dlq',), not ()", ROUGH, met=False)
    campaign = Campaign([RECORDING], [Result(SCENARIOS[0].name, fault, ""), lost])

    console = Console(width=80)
    with console.capture() as captured:
        console.print(table(campaign, CLEAR))
    with console.capture() as captured_rough:
        console.print(table(campaign, ROUGH))

    assert "1/1" in captured.get()
    assert "0/1" in captured_rough.get()
    (told,) = losses(campaign)
    assert told.startswith(f"{SCENARIOS[0].name}, late reads, little quota: before at call 1 of ecs:UpdateService")


def test_the_table_counts_and_names_what_did_not_survive() -> None:
    scenario = SCENARIOS[0].name
    results = [Result(scenario, fault, "") for fault in faults(RECORDING)]
    results[1] = replace(results[1], difference="phase: 'failing_over', not 'closed'")
    campaign = Campaign([RECORDING], results, ["redeploy: no end without any fault"], planned=6)

    console = Console(width=80)
    with console.capture() as captured:
        console.print(table(campaign))

    assert "5/6" in captured.get()
    assert list(losses(campaign)) == [
        "redeploy: no end without any fault",
        f"{scenario}: after at call 1 of ecs:UpdateService by handler: phase: 'failing_over', not 'closed'",
    ]
    assert Fault(SITE, Kind.AFTER, retries_fail=True) == results[1].fault


def test_the_table_fits_a_narrow_terminal() -> None:
    sites = tuple(CallSite("handler", "ecs:UpdateService", ordinal) for ordinal in range(1, 20))
    recordings = [Recording(scenario, sites, END) for scenario in SCENARIOS]
    results = [Result(one.scenario.name, fault, "") for one in recordings for fault in faults(one)]

    console = Console(width=80)
    with console.capture() as captured:
        console.print(table(Campaign(recordings, results)))

    assert "…" not in captured.get()
