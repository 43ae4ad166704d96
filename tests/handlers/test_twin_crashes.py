"""Crashes, lost answers and other workers between any two calls for a twin."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from spot_failover.core.errors import (
    AccessDeniedError,
    BusyError,
    ConflictError,
    RefusedError,
    TransientError,
    UnclearError,
)
from tests.doubles.builders import API, WEB, failure
from tests.doubles.faults import Crash
from tests.doubles.twin_story import Story, twin_of


def short() -> Story:
    story = Story()
    story.world.lose(WEB)
    story.world.fetch()
    return story


def tell(story: Story) -> list[Exception | None]:
    return story.send([failure(time=story.installation.clock.now())])


@pytest.mark.parametrize("by", ["event", "tick", "task event"])
@pytest.mark.parametrize("point", ["after the intent", "before the call", "after the call", "before the confirmation"])
def test_a_crash_anywhere_is_finished_by_whatever_comes_next(point: str, by: str) -> None:
    story = short()
    match point:
        case "after the intent":
            story.installation.twins.faults.after("put", Crash())
        case "before the call":
            story.world.faults.before("set_desired", Crash())
        case "after the call":
            story.world.faults.after("set_desired", Crash())
        case _:
            story.installation.twins.faults.before("put", Crash(), skip=1)
    with pytest.raises(Crash):
        tell(story)
    story.installation.clock.advance(seconds=75)
    if by == "event":
        tell(story)
    elif by == "tick":
        story.installation.tick()
    else:
        story.send([story.world._state_change(WEB)])
    assert story.wanted() == 3
    assert story.installation.twins.stored(WEB).lease is None or point != "after the intent"
    story.world.no_spot.clear()
    story.go_on(minutes=60)
    assert story.wanted() == 0
    assert not story.installation.twins.stored(WEB).active


def test_while_a_call_may_be_under_way_nobody_else_calls() -> None:
    story = short()
    story.world.faults.before("set_desired", Crash())
    with pytest.raises(Crash):
        tell(story)
    [error] = tell(story)
    assert isinstance(error, BusyError)
    assert story.installation.tick().left == 1
    story.installation.clock.advance(seconds=69)
    assert isinstance(tell(story)[0], BusyError)
    story.installation.clock.advance(seconds=1)
    assert tell(story) == [None]
    assert story.counts == [3]


def test_of_two_workers_only_one_calls() -> None:
    story = short()
    results: list[object] = []
    story.installation.twins.faults.before("put", lambda: results.extend(tell(story)))
    assert tell(story) == [None]
    assert results == [None]
    assert story.counts == [3]


def test_an_answer_that_got_lost_is_looked_for() -> None:
    story = short()
    story.world.faults.after("set_desired", UnclearError("lost"))
    assert tell(story) == [None]
    assert story.counts == [3]
    assert story.installation.twins.stored(WEB).lease is None


def test_a_call_that_shows_no_effect_is_not_repeated_before_its_lease_is_over() -> None:
    story = short()
    story.world.faults.before("set_desired", UnclearError("lost"))
    [error] = tell(story)
    assert isinstance(error, TransientError)
    assert "web-on-demand" in str(error)
    assert isinstance(tell(story)[0], BusyError)
    story.installation.clock.advance(seconds=75)
    assert tell(story) == [None]
    assert story.counts == [3]


def test_a_call_that_was_throttled_gives_its_lease_back() -> None:
    story = short()
    story.world.faults.before("set_desired", TransientError("throttled"))
    assert isinstance(tell(story)[0], TransientError)
    assert tell(story) == [None]
    assert story.counts == [3]


def just_raised(seconds: float) -> Story:
    """A twin that ECS gave 3 tasks, so long ago."""
    story = short()
    tell(story)
    story.world.run(seconds=seconds)
    return story


FAILURES = [
    TransientError("throttled"),
    AccessDeniedError("denied"),
    RefusedError("refused"),
    BusyError("busy"),
    Crash(),
]


@pytest.mark.parametrize("error", FAILURES, ids=lambda error: type(error).__name__)
def test_a_twin_that_could_not_be_lowered_right_after_a_raise_is_lowered_later(error: BaseException) -> None:
    story = just_raised(15)
    story.world.scale(WEB, 0)
    for _ in range(2):
        story.world.faults.before("set_desired", error)
    if isinstance(error, Crash):
        with pytest.raises(Crash):
            story.deliver()
        left = story.installation.twins.stored(WEB)
        assert left.lease is not None
        # Its invocation was near its end anyway: the lease is over soon.
        soon = replace(left.lease, expires_at=story.installation.clock.now() + timedelta(seconds=5))
        story.installation.twins.put(replace(left, lease=soon))
    else:
        assert error in story.deliver()
    story.world.faults.clear()
    assert story.wanted() == 3
    story.world.run(seconds=5)
    story.installation.tick()
    story.go_on(minutes=6)
    assert story.wanted() == 0
    assert not story.installation.twins.stored(WEB).active


def test_a_raise_that_failed_right_after_another_call_is_not_taken_for_done() -> None:
    story = just_raised(15)
    story.world.scale(WEB, 7)
    story.world.faults.before("set_desired", TransientError("throttled"))
    assert isinstance(tell(story)[0], TransientError)
    assert tell(story) == [None]
    assert story.counts == [3, 5]


@pytest.mark.parametrize("table", [None, TransientError("table"), RefusedError("table")], ids=["", "slow", "refused"])
def test_a_twin_whose_look_takes_all_the_time_and_fails_comes_after_the_others(table: Exception | None) -> None:
    story = Story(WEB, API)
    for key in (WEB, API):
        story.world.lose(key)
    story.deliver()
    timed_out = TransientError("no answer")
    failed = []
    for _ in range(3):
        story.world.run(minutes=5)
        story.world.faults.before("tasks", lambda: story.installation.clock.advance(seconds=55))
        story.world.faults.before("tasks", timed_out)
        if table is not None:
            story.installation.twins.faults.before("put", table)
        tick = story.installation.tick()
        assert (list(tick.errors.values()), tick.left) == ([timed_out], 1)
        failed += list(tick.errors)
    assert failed == ([API, WEB, API] if table is None else [API] * 3)


def test_a_lease_that_cannot_be_given_back_is_noted() -> None:
    story = short()
    story.world.faults.before("set_desired", TransientError("throttled"))
    story.installation.twins.faults.before("put", TransientError("table"), skip=1)
    [error] = tell(story)
    assert error is not None
    assert error.__notes__ == ["its lease stays until it expires: table"]


def test_too_little_time_begins_no_call() -> None:
    story = short()
    story.world.faults.before("tasks", lambda: story.installation.clock.advance(seconds=55))
    assert isinstance(tell(story)[0], BusyError)
    assert story.counts == []
    assert tell(story) == [None]


def test_ecs_that_answers_with_what_was_before_is_asked_for_nothing_twice() -> None:
    story = short()
    before = story.world.live[twin_of(WEB)]
    tell(story)
    story.world.stale[twin_of(WEB)] = before
    story.installation.clock.advance(seconds=20)
    tell(story)
    assert story.counts == [3]


def test_somebody_who_sets_the_twin_back_is_overruled_while_the_primary_is_short() -> None:
    story = short()
    tell(story)
    story.go_on(minutes=3)
    story.world.scale(twin_of(WEB), 0)
    story.installation.tick()
    assert story.counts == [3, 3]


def test_a_twin_that_has_tasks_already_is_followed_from_then_on() -> None:
    story = Story()
    story.world.scale(twin_of(WEB), 6)
    story.world.lose(WEB)
    story.world.fetch()
    tell(story)
    assert story.counts == []
    assert story.installation.twins.stored(WEB).active
    story.go_on(minutes=5)
    assert story.counts == [3]


def test_the_state_that_got_lost_is_made_anew() -> None:
    story = short()
    tell(story)
    story.installation.twins.items.clear()
    story.installation.clock.advance(minutes=2)
    tell(story)
    story.world.no_spot.clear()
    story.go_on(minutes=60)
    assert story.wanted() == 0


def test_a_state_that_others_write_time_and_again_is_left_to_a_later_delivery() -> None:
    story = short()
    tell(story)
    story.installation.clock.advance(minutes=2)
    story.world.scale(WEB, 6)
    for _ in range(3):
        story.installation.twins.faults.before("put", ConflictError("another"))
    [error] = story.send([story.world._state_change(WEB)])
    assert isinstance(error, BusyError)


def test_who_wakes_after_the_lease_asks_for_no_count_that_is_old_by_then() -> None:
    story = short()
    clock = story.installation.clock
    story.installation.twins.faults.after("put", lambda: clock.advance(minutes=30))
    [error] = tell(story)
    assert isinstance(error, BusyError)
    assert story.world.counts == []
    assert story.installation.twins.stored(WEB).lease is None
    story.installation.tick()
    assert story.wanted() == 3
