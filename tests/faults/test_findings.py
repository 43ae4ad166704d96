"""What counts as survived, and how it is told."""

from __future__ import annotations

from dataclasses import replace

from rich.console import Console

from local_aws.faults.plan import CallSite, Kind
from tests.faults.attack import Fault, Recording, Result, faults, on_the_way
from tests.faults.campaign import Campaign
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


def test_a_lease_and_a_message_left_over_are_differences() -> None:
    left = replace(END, unfinished=under_way({"lease_owner": "x", "phase": "closed"}), messages=("queue-dlq",))
    assert left.difference(END) == "unfinished: ('lease_owner',), not (); messages: ('queue-dlq',), not ()"


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
