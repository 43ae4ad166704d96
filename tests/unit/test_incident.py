"""An incident: one thing for all services of a pool, told three times at most."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from spot_failover.core.incident import Incident, Member, Stage
from spot_failover.core.pool import PoolKey
from spot_failover.core.record import Lease
from tests.doubles.builders import WEB
from tests.doubles.clock import START

POOL = PoolKey.of(WEB, "FARGATE_SPOT")
TICK = timedelta(minutes=5)
GROWN_BY, OVER_AFTER = timedelta(minutes=30), timedelta(minutes=10)
LEASE = Lease("tick-1", START + timedelta(minutes=2))


def members(*names: str, since: datetime = START, tasks: int = 4) -> dict[str, Member]:
    return {f"{WEB.account}::shop::{name}": Member(since, tasks, "FAILED_OVER") for name in names}


def ids(*names: str) -> set[str]:
    return set(members(*names))


def begun(*names: str) -> Incident:
    """An incident whose opening has been told."""
    incident = Incident(POOL).seen_with(members(*names), ids(*names), START)
    return incident.told_now(Stage.OPENED, START)


def test_without_a_service_there_is_none() -> None:
    empty = Incident(POOL)
    assert (empty.size, empty.seen, empty.most, empty.told_of, empty.version) == (0, 0, 0, 0, 0)
    assert empty.seen_with({}, set(), START) is empty
    assert empty.to_tell(START) is None


def test_it_opens_with_its_first_services() -> None:
    incident = Incident(POOL).seen_with(members("a", "b"), ids("a", "b"), START)
    assert (incident.opened_at, incident.size, incident.seen) == (START, 2, 2)
    assert incident.to_tell(START) is Stage.OPENED
    assert incident.told_now(Stage.OPENED, START).to_tell(START) is None


def test_growth_is_told_once_it_has_stopped() -> None:
    later = START + TICK
    growing = begun("a").seen_with(members("b", "c"), ids("a", "b", "c"), later)
    assert growing.to_tell(later) is None
    settled = growing.seen_with({}, ids("a", "b", "c"), later + TICK)
    assert settled.to_tell(later + TICK) is Stage.GROWN
    told = settled.told_now(Stage.GROWN, later + TICK)
    more = told.seen_with(members("d"), ids("a", "b", "c", "d"), later + 2 * TICK)
    assert more.to_tell(later + GROWN_BY) is None


def test_growth_that_does_not_stop_is_told_after_a_while() -> None:
    late = START + GROWN_BY
    incident = begun("a").seen_with(members("b"), ids("a", "b"), late)
    assert incident.to_tell(late - timedelta(microseconds=1)) is None
    assert incident.to_tell(late) is Stage.GROWN


def test_an_incident_that_lasts_and_does_not_grow_is_told_once() -> None:
    lasting = begun("a").seen_with({}, ids("a"), START + TICK)
    assert lasting.to_tell(START + 2 * GROWN_BY) is None


def test_growth_that_has_gone_back_already_is_not_told() -> None:
    grown = begun("a").seen_with(members("b"), ids("a", "b"), START + TICK)
    gone = grown.seen_with({}, set(), START + 2 * TICK)
    assert gone.to_tell(START + 3 * TICK) is None


def test_who_tells_holds_the_incident_until_it_was_told_or_could_not_be() -> None:
    incident = Incident(POOL).seen_with(members("a"), ids("a"), START)
    telling = incident.telling(LEASE)
    assert telling == replace(incident, lease=LEASE)
    assert telling.not_told() == incident
    assert telling.told_now(Stage.OPENED, START) == replace(incident, told=(Stage.OPENED,), told_of=1)


def test_it_is_over_when_it_has_been_quiet_for_a_while() -> None:
    quiet = START + TICK
    incident = begun("a").seen_with({}, set(), quiet)
    assert incident.to_tell(quiet + OVER_AFTER - timedelta(seconds=1)) is None
    still = incident.seen_with({}, set(), quiet + OVER_AFTER)
    assert still.quiet_since == quiet
    assert still.to_tell(quiet + OVER_AFTER) is Stage.OVER


def test_what_is_over_is_forgotten_after_a_day_unless_another_begins() -> None:
    over = replace(begun("a").seen_with({}, set(), START), version=7)
    ended = over.told_now(Stage.OVER, START + OVER_AFTER)
    assert ended == Incident(POOL, version=7, expires_at=START + OVER_AFTER + timedelta(days=1))
    assert not ended.open
    next_one = ended.seen_with(members("b"), ids("b"), START + GROWN_BY)
    assert (next_one.opened_at, next_one.seen, next_one.expires_at) == (START + GROWN_BY, 1, None)


def test_a_service_that_comes_back_meanwhile_goes_on_with_it() -> None:
    incident = begun("a").seen_with({}, set(), START + TICK)
    again = incident.seen_with(members("a", since=START + 2 * TICK), ids("a"), START + 2 * TICK)
    assert again.opened_at == START
    assert again.quiet_since is None
    assert again.to_tell(START + 2 * TICK + OVER_AFTER) is not Stage.OVER


def test_what_was_quiet_before_anybody_was_told_is_told_once() -> None:
    incident = Incident(POOL).seen_with(members("a"), ids("a"), START).seen_with({}, set(), START + TICK)
    assert incident.to_tell(START + TICK) is Stage.OPENED
    assert incident.to_tell(START + TICK + OVER_AFTER) is Stage.OVER


def test_minutes_count_from_the_failover_and_then_from_look_to_look() -> None:
    empty, first = Incident(POOL), START + timedelta(minutes=3)
    incident = empty.seen_with(members("a"), ids("a"), first)
    assert empty.minutes(incident, first) == (3.0, 12.0)
    second = first + TICK
    later = incident.seen_with(members("b", since=second - timedelta(minutes=1), tasks=1), ids("a", "b"), second)
    assert incident.minutes(later, second) == (6.0, 21.0)
    gone = later.seen_with({}, ids("b"), second + TICK)
    assert later.minutes(gone, second + TICK) == (10.0, 25.0)
    assert gone.minutes(gone.seen_with({}, ids("b"), second + 2 * TICK), second + 2 * TICK) == (5.0, 5.0)


def test_a_service_that_the_last_look_had_no_time_for_counts_from_its_failover_all_the_same() -> None:
    incident, later = begun("a"), START + TICK
    missed = members("b", since=START - timedelta(minutes=2), tasks=1)
    assert incident.minutes(incident.seen_with(missed, ids("a", "b"), later), later) == (5.0 + 7.0, 20.0 + 7.0)


def test_two_looks_at_the_same_moment_count_nothing_twice() -> None:
    incident = begun("a")
    assert incident.minutes(incident.seen_with({}, ids("a"), START), START) == (0.0, 0.0)


def test_what_is_looked_at_again_is_no_new_service() -> None:
    incident = begun("a").seen_with(members("a", tasks=9), ids("a"), START + TICK)
    assert (incident.seen, incident.services[f"{WEB.account}::shop::a"].tasks) == (1, 9)


def test_of_very_many_only_the_number_is_remembered() -> None:
    names = [f"s{number:05}" for number in range(605)]
    incident = Incident(POOL).seen_with(members(*names), ids(*names), START)
    assert (len(incident.services), incident.beyond, incident.size, incident.seen) == (600, 5, 605, 605)
    assert incident.most == 605
    beyond = members(*names[600:])
    again = incident.seen_with(beyond, ids(*names), START + TICK)
    assert (again.size, again.seen, again.grew_at) == (605, 605, START)
