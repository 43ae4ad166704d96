"""Twins from the loss of Spot to their rest, as events and ticks come."""

from __future__ import annotations

from dataclasses import replace

from spot_failover.core.reason import Reason
from spot_failover.core.service import ServiceEvent
from tests.doubles.builders import API, MIXED, OTHER, WEB, failure
from tests.doubles.fleet import open_pool, pool
from tests.doubles.twin_story import PRIMARIES, Story, twin_of

NOT_STARTING = "(service web) is unable to consistently start tasks successfully."


def test_the_twin_carries_what_is_lost_and_goes_back_in_steps() -> None:
    story = Story()
    story.world.lose(WEB)
    spot = 3
    story.deliver()
    assert story.wanted() == spot
    story.go_on(minutes=20)
    assert (story.wanted(), story.runs()) == (spot, 5)
    story.world.no_spot.clear()
    story.go_on(minutes=60)
    assert story.wanted() == 0
    assert story.counts == [3, 2, 1, 0]
    assert not story.installation.twins.stored(WEB).active
    assert story.world.updates == []
    assert story.world.live[WEB].strategy == MIXED


def test_at_the_notice_the_twin_starts_before_the_tasks_have_gone() -> None:
    story = Story()
    story.world.lose(WEB)
    story.deliver()
    least = story.runs()
    for _ in range(60):
        story.world.run(seconds=5)
        story.deliver()
        least = min(least, story.runs())
    assert least == 5


def test_steps_wait_for_each_other_and_for_the_primary_to_be_whole_for_a_while() -> None:
    story = Story()
    story.world.lose(WEB)
    story.deliver()
    story.go_on(minutes=5)
    story.world.no_spot.clear()
    story.world.look()
    back = story.installation.clock.now()
    changes = []
    for _ in range(240):
        before = story.wanted()
        story.go_on(minutes=0.25, tick=False)
        story.installation.tick()
        if story.wanted() != before:
            changes.append((story.installation.clock.now() - back).total_seconds() / 60)
    first, *others = changes
    assert 10 <= first <= 11
    assert len(others) == 2
    for sooner, later in zip(changes, others, strict=False):
        assert 2 <= later - sooner <= 2.5


def test_tasks_that_come_back_one_by_one_relieve_the_twin_once_they_have_run_for_a_minute() -> None:
    story = Story()
    story.world.lose(WEB)
    story.deliver()
    story.go_on(minutes=5)
    story.world.scale(WEB, 4)
    story.go_on(minutes=5)
    assert story.wanted() == 2
    story.world.no_spot.clear()
    story.world.look()
    story.world.no_spot.add(WEB.account)
    story.world.scale(WEB, 6)
    story.go_on(minutes=0.5, tick=False)
    assert story.wanted() == 2
    story.go_on(minutes=6)
    settled = story.world.settled(WEB)
    assert settled == 4
    assert story.wanted() == 6 - settled


def test_the_twin_follows_the_primarys_autoscaling_and_never_over_its_most() -> None:
    story = Story()
    story.world.lose(WEB)
    story.deliver()
    story.go_on(minutes=2)
    for desired, wanted in ((8, 6), (40, 8), (6, 4)):
        story.world.scale(WEB, desired)
        story.go_on(minutes=6)
        on_demand = story.world.settled(WEB)
        assert story.wanted() == min(8, desired - on_demand)
        assert wanted <= 8
    story.world.scale(WEB, 0)
    story.go_on(minutes=5)
    assert story.wanted() == 0


def test_several_services_in_several_accounts() -> None:
    story = Story(*PRIMARIES)
    for key in PRIMARIES:
        story.world.lose(key)
    story.deliver()
    assert [story.wanted(key) for key in PRIMARIES] == [3, 3, 3]
    story.world.no_spot.discard(OTHER.account)
    story.go_on(minutes=60)
    assert [story.wanted(key) for key in PRIMARIES] == [3, 3, 0]
    story.world.no_spot.clear()
    story.go_on(minutes=60)
    assert [story.wanted(key) for key in PRIMARIES] == [0, 0, 0]
    assert {key for key, _ in story.world.counts} == {twin_of(key) for key in PRIMARIES}


def test_an_account_that_cannot_be_entered_holds_up_no_other() -> None:
    story = Story(WEB, OTHER)
    story.world.denied = {OTHER.account}
    story.world.lose(WEB)
    story.world.lose(OTHER)
    errors = story.deliver()
    assert any(error is not None for error in errors)
    assert (story.wanted(WEB), story.wanted(OTHER)) == (3, 0)


def test_events_twice_and_in_reverse_ask_for_the_same() -> None:
    story = Story()
    story.world.lose(WEB)
    events = story.world.fetch()
    story.send(events)
    story.send(events[::-1])
    story.send(events * 3)
    assert story.counts == [3]


def test_no_event_but_the_sweep_s() -> None:
    story = Story(WEB, API)
    open_pool(story.installation)
    story.world.lose(WEB)
    for _ in range(4):
        story.world.run(minutes=5)
        story.installation.hear()
        story.installation.tick()
        story.installation.sweep()
        story.world.fetch()
    assert (story.wanted(WEB), story.wanted(API)) == (3, 0)
    assert pool(story.installation).told.keys() == {WEB.record_id}


def test_a_shortage_that_is_not_of_capacity_is_left_alone_by_the_sweep() -> None:
    story = Story()
    story.world.no_spot.add(WEB.account)
    story.world.made[WEB].clear()
    live = story.world.live[WEB]
    told = ServiceEvent(story.installation.clock.now(), NOT_STARTING)
    for _ in range(4):
        story.world.run(minutes=5)
        story.world.live[WEB] = replace(story.world.live[WEB], events=(told, *live.events))
        story.installation.hear()
        story.installation.sweep()
    assert story.counts == []
    assert "SHORT_NOT_CAPACITY" in story.reasons


def test_once_the_twin_works_task_events_may_all_be_lost() -> None:
    story = Story()
    story.world.lose(WEB)
    story.deliver()
    story.world.scale(WEB, 7)
    for _ in range(3):
        story.world.run(minutes=5)
        story.installation.tick()
    assert story.wanted() == 7 - story.world.settled(WEB)
    story.world.no_spot.clear()
    for _ in range(12):
        story.world.run(minutes=5)
        story.installation.tick()
    assert story.wanted() == 0
    assert not story.installation.twins.stored(WEB).active


def test_a_replacement_that_fails_after_the_look_is_not_missed() -> None:
    story = Story()
    story.world.notice(WEB, 1)
    story.deliver()
    assert (story.counts, story.installation.twins.stored(WEB).active) == ([], True)
    story.world.no_spot.add(WEB.account)
    story.world.made[WEB].pop()
    story.world.events.append(story.world._state_change(WEB))
    story.send([event for event in story.world.fetch() if event.kind == "TaskStateChange"])
    assert story.wanted() == 1


def test_a_replacement_that_comes_leaves_the_twin_at_rest() -> None:
    story = Story()
    story.world.notice(WEB, 1)
    story.go_on(minutes=10)
    assert story.counts == []
    assert not story.installation.twins.stored(WEB).active


def test_a_service_without_a_twin_at_work_costs_one_read() -> None:
    story = Story(WEB, API)
    change = [story.world._state_change(key) for key in (WEB, API) for _ in range(50)]
    story.world.calls.clear()
    assert story.send([*change]) == [None] * 100
    assert story.world.calls == []
    assert story.installation.twins.reads == 2
    assert set(story.reasons) == {Reason.TWIN_IDLE}
    assert len(story.reasons) == 100


def test_a_synthetic_event_proves_the_way_with_one_task() -> None:
    story = Story()
    [none] = story.installation.deliver(failure(WEB, synthetic=True, time=story.installation.clock.now()))
    assert none is None
    assert story.counts == [1]
    story.go_on(minutes=30)
    assert story.counts == [1, 0]
