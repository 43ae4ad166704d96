"""The record as a state machine: which arrows there are, who follows them, and how long a phase may last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from spot_failover.core import execution_transitions, lifecycle, transitions
from spot_failover.core.events import SilentShortage
from spot_failover.core.lifecycle import Actor
from spot_failover.core.policy import Policy, RestorePolicy
from spot_failover.core.reason import Reason
from spot_failover.core.record import Phase, Record
from tests.doubles.builders import FALLBACK, SPOT, WEB, deployment, failure, interruption
from tests.doubles.clock import START
from tests.unit.records import record

DOCS = Path(__file__).parents[2] / "docs"
POLICY = Policy()
MADE = deployment(FALLBACK, created_at=START)
DELAYS = transitions.Delays(timedelta(minutes=5), timedelta(minutes=15))
CHANGES: dict[str, Callable[[Record], Record]] = {
    "begin_failover": lambda r: transitions.begin_failover(
        r, SPOT, FALLBACK, failure(), Reason.FAILED_OVER, POLICY, START
    ),
    "confirm_failover": lambda r: transitions.confirm_failover(r, MADE, 4, DELAYS, START),
    "reopen": lambda r: transitions.reopen(r, MADE, 4, DELAYS, START),
    "begin_restore": lambda r: transitions.begin_restore(r, START),
    "confirm_restore": lambda r: transitions.confirm_restore(r, MADE, 4, START),
    "give_up_restore": lambda r: transitions.give_up_restore(r, timedelta(minutes=5), START),
    "fail_restore": lambda r: transitions.fail_restore(r, None, Reason.RESTORE_FAILED, START),
    "restore_rolled_back": lambda r: transitions.restore_rolled_back(r, MADE, 4, Reason.RESTORE_FAILED, DELAYS, START),
    "failover_rolled_back": lambda r: transitions.failover_rolled_back(r, timedelta(minutes=5), START),
    "failover_refused": lambda r: execution_transitions.failover_refused(r, START, alerted=Reason.TASK_SET_REFUSED),
    "name_execution": lambda r: execution_transitions.name_execution(r, "spot-failover-web", timedelta(minutes=20)),
    "execution_started": lambda r: execution_transitions.execution_started(r, START),
    "in_order": execution_transitions.in_order,
    "untried": execution_transitions.untried,
    "told": lambda r: execution_transitions.told(r, Reason.TASK_SET_LEFT),
    "close": lambda r: transitions.close(r, Reason.SUPERSEDED, START),
    "hold": lambda r: transitions.hold(r, START),
    "request_redeploy": lambda r: transitions.request_redeploy(r, START),
    "confirm_redeploy": lambda r: transitions.confirm_redeploy(r, MADE),
    "postpone": lambda r: transitions.postpone(r, START),
    "shifting": lambda r: transitions.shifting(r, timedelta(minutes=30)),
    "bring_forward": lambda r: transitions.bring_forward(r, START, alerted=Reason.FALLBACK_SHORT),
    "limit_failover": lambda r: transitions.limit_failover(r, START),
    "allow_failover": transitions.allow_failover,
    "mark_stuck": transitions.mark_stuck,
    "hold_by_operator": lambda r: transitions.hold_by_operator(r, "anna", START + timedelta(hours=1), START),
    "release": lambda r: transitions.release(r, START),
}
ARROWS = {(one.source, one.target) for one in lifecycle.TRANSITIONS}
HELD = datetime.max.replace(tzinfo=UTC)


def since(phase: Phase, ago: timedelta) -> Record:
    return replace(record(phase), phase_since=START - ago)


def test_every_change_of_a_record_is_tried_here() -> None:
    functions = {
        name
        for module in (transitions, execution_transitions)
        for name, value in vars(module).items()
        if callable(value) and getattr(value, "__module__", "") == module.__name__ and name[0].islower()
    }
    assert functions == CHANGES.keys()


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("phase", list(Phase))
def test_a_change_follows_an_arrow_or_is_refused(name: str, phase: Phase) -> None:
    before = replace(record(phase), stuck=True, phase_since=START - timedelta(days=2))
    try:
        after = CHANGES[name](before)
    except ValueError as error:
        assert str(error).startswith(f"no record goes from {phase} to ")  # noqa: PT017 - refused is as good as right
        return
    if after.phase is phase:
        assert after.phase_since == before.phase_since
        assert after.stuck
    else:
        assert (phase, after.phase) in ARROWS
        assert (after.phase_since, after.stuck) == (START, False)


def test_every_arrow_is_followed_by_a_change() -> None:
    followed = set()
    for change in CHANGES.values():
        for phase in Phase:
            try:
                followed.add((phase, change(record(phase)).phase))
            except ValueError:
                continue
    assert followed >= ARROWS


@pytest.mark.parametrize("source", list(Phase))
@pytest.mark.parametrize("target", list(Phase))
def test_an_arrow_that_is_not_there_is_refused(source: Phase, target: Phase) -> None:
    if source is target or (source, target) in ARROWS:
        lifecycle.check(source, target)
    else:
        with pytest.raises(ValueError, match=f"^no record goes from {source} to {target}$"):
            lifecycle.check(source, target)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (Phase.CLOSED, Phase.RESTORING),
        (Phase.CLOSED, Phase.PROVING),
        (Phase.FAILING_OVER, Phase.RESTORING),
        (Phase.FAILING_OVER, Phase.PROVING),
        (Phase.FAILED_OVER, Phase.PROVING),
        (Phase.RESTORING, Phase.FAILING_OVER),
        (Phase.PROVING, Phase.RESTORING),
    ],
)
def test_no_phase_is_skipped(source: Phase, target: Phase) -> None:
    assert (source, target) not in ARROWS


def test_every_open_phase_has_a_way_out_and_the_tick_alone_finds_one() -> None:
    for phase in (phase for phase in Phase if phase.open):
        ways = [one for one in lifecycle.TRANSITIONS if one.source is phase]
        assert any(Actor.TICK in one.by for one in ways)
        assert (phase, Phase.CLOSED) in ARROWS


def test_the_tick_begins_nothing_and_only_the_tick_restores() -> None:
    by = {(one.source, one.target): one.by for one in lifecycle.TRANSITIONS}
    assert by[Phase.CLOSED, Phase.FAILING_OVER] == {Actor.EVENT, Actor.SWEEP}
    assert by[Phase.CLOSED, Phase.FAILED_OVER] == {Actor.EVENT, Actor.SWEEP}
    assert by[Phase.FAILED_OVER, Phase.RESTORING] == {Actor.TICK}


def test_who_decides_is_told_by_the_event() -> None:
    look = SilentShortage("sweep-1/shop/web", WEB, "sweep", START, START)
    assert lifecycle.actor(None) is Actor.TICK
    assert lifecycle.actor(look) is Actor.SWEEP
    assert {lifecycle.actor(failure()), lifecycle.actor(interruption())} == {Actor.EVENT}


@pytest.mark.parametrize("by", list(Actor))
@pytest.mark.parametrize("source", list(Phase))
@pytest.mark.parametrize("target", list(Phase))
def test_somebody_may_follow_the_arrows_that_name_him_and_stay_where_he_is(
    source: Phase, target: Phase, by: Actor
) -> None:
    mine = {(one.source, one.target) for one in lifecycle.TRANSITIONS if by in one.by}
    assert lifecycle.allowed(source, target, by) is (source is target or (source, target) in mine)


@pytest.mark.parametrize(
    ("phase", "limit"),
    [
        (Phase.FAILING_OVER, timedelta(minutes=30)),
        (Phase.RESTORING, timedelta(minutes=30)),
        (Phase.FAILED_OVER, timedelta(hours=24)),
        (Phase.PROVING, timedelta(hours=2, minutes=30)),
    ],
)
def test_a_phase_that_lasts_longer_than_its_limit_is_stuck(phase: Phase, limit: timedelta) -> None:
    assert lifecycle.limit(record(phase), POLICY) == limit
    assert not lifecycle.stuck(since(phase, limit), POLICY, START)
    assert lifecycle.stuck(since(phase, limit + timedelta(seconds=1)), POLICY, START)


def test_more_patience_is_not_stuck() -> None:
    patient = Policy(restore=RestorePolicy(patience=timedelta(hours=4)))
    proving = since(Phase.PROVING, timedelta(hours=4))
    assert lifecycle.stuck(proving, POLICY, START)
    assert not lifecycle.stuck(proving, patient, START)


def test_a_closed_record_is_never_stuck() -> None:
    assert lifecycle.limit(record(Phase.CLOSED), POLICY) is None
    left = replace(since(Phase.CLOSED, timedelta(days=9)), held_until=HELD, reason=Reason.RESTORE_OVERRULED)
    assert not lifecycle.stuck(left, POLICY, START)


def test_a_record_from_before_phases_had_a_time_is_not_stuck() -> None:
    assert not lifecycle.stuck(record(Phase.FAILED_OVER), POLICY, START + timedelta(days=9))


@pytest.mark.parametrize(
    ("phase", "reason"),
    [(Phase.FAILED_OVER, Reason.RESTORE_OVERRULED), (Phase.FAILING_OVER, Reason.FAILOVER_ROLLED_BACK)],
)
def test_what_is_left_to_a_person_is_stuck_at_once(phase: Phase, reason: Reason) -> None:
    left = replace(since(phase, timedelta()), reason=reason)
    assert not lifecycle.stuck(left, POLICY, START)
    assert lifecycle.stuck(replace(left, held_until=HELD), POLICY, START)


def test_a_person_s_hold_that_has_ended_hides_no_record_that_lasts_too_long() -> None:
    rolled_back = replace(since(Phase.FAILING_OVER, timedelta(hours=1)), reason=Reason.FAILOVER_ROLLED_BACK)
    held = replace(rolled_back, held_by="anna", held_until=START + timedelta(seconds=1))
    assert not lifecycle.stuck(held, POLICY, START)
    assert lifecycle.stuck(replace(held, held_until=START), POLICY, START)


@pytest.mark.parametrize("reason", list(Reason))
def test_only_a_hold_a_window_and_the_hour_s_limit_are_a_wait_by_choice(reason: Reason) -> None:
    chosen = {"HELD", "RESTORE_WINDOW", "FAILOVER_LIMIT"}
    assert (reason in lifecycle.WAITS_BY_CHOICE) is (reason.value in chosen)


@pytest.mark.parametrize("reason", list(Reason))
def test_only_a_hold_and_a_service_that_is_unsafe_to_restore_wait_for_people(reason: Reason) -> None:
    assert (reason in lifecycle.WAITS_FOR_PEOPLE) is (reason.value in {"HELD", "UNSAFE_TO_RESTORE"})


def test_a_wait_by_choice_may_last() -> None:
    waiting = since(Phase.FAILED_OVER, timedelta(days=9))
    assert lifecycle.stuck(waiting, POLICY, START)
    assert not lifecycle.stuck(waiting, POLICY, START, by_choice=True)


@pytest.mark.parametrize("reason", [Reason.FAILED_OVER, Reason.RESTORE_FAILED])
def test_a_hold_for_another_reason_is_not_stuck(reason: Reason) -> None:
    held = replace(since(Phase.FAILED_OVER, timedelta()), reason=reason, held_until=HELD)
    assert not lifecycle.stuck(held, POLICY, START)


def test_the_documentation_shows_this_very_machine() -> None:
    text = (DOCS / "phases.md").read_text()
    [diagram] = [block.split("```")[0] for block in text.split("```mermaid\n")[1:]]
    assert diagram.rstrip("\n") == lifecycle.mermaid()


def test_a_label_holds_nothing_that_ends_it() -> None:
    for line in lifecycle.mermaid().splitlines()[2:]:
        assert line.count(":") == 1
        assert ";" not in line


def test_the_documentation_lists_every_reason_once_and_no_other() -> None:
    lines = (DOCS / "reasons.md").read_text().splitlines()
    listed = [line.split("`")[1] for line in lines if line.startswith("| `")]
    assert sorted(listed) == sorted(Reason)


@pytest.mark.parametrize("attribute", ["phase_since", "stuck", "pool::", "failovers::", "next_canary_at", "proving"])
def test_the_documentation_names_what_the_table_holds(attribute: str) -> None:
    assert attribute in (DOCS / "phases.md").read_text()
