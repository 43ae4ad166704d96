"""Incidents as the restore tick sees them: from their first service to their last, whatever happens in between."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from spot_failover.core.errors import RefusedError, TransientError
from spot_failover.core.policy import AccountOverride, Mode, Policy
from spot_failover.core.pool import PoolKey
from spot_failover.core.record import Phase
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.twin_state import TwinState
from spot_failover.flow.incident_flow import Board, IncidentFlow
from tests.doubles.builders import OTHER, WEB
from tests.doubles.faults import Crash
from tests.doubles.incidents import Inbox, InMemoryIncidents
from tests.doubles.installation import Installation
from tests.unit.records import record

NAMES = [f"s{number:03}" for number in range(200)]


@dataclass
class Post:
    """An installation, whose ticks tell people."""

    installation: Installation = field(default_factory=Installation)
    incidents: InMemoryIncidents = field(default_factory=InMemoryIncidents)
    inbox: Inbox = field(default_factory=Inbox)

    def tick(self, *, minutes: float = 5) -> Board:
        now = self.installation.clock.advance(minutes=minutes)
        worker, policy = self.installation.worker(), self.installation.policy
        return IncidentFlow(worker, policy, self.incidents, self.inbox, now + timedelta(seconds=30)).run()

    def fail_over(self, names: Iterable[str]) -> None:
        now = self.installation.clock.now()
        for key in keys(names):
            failed = replace(record(Phase.FAILED_OVER), key=key, switched_at=now, due_at=now + timedelta(hours=9))
            self.installation.records.store(failed)

    def go_back(self, names: Iterable[str]) -> None:
        for key in keys(names):
            stored = self.installation.record(key)
            self.installation.records.store(replace(stored, phase=Phase.CLOSED, due_at=None))

    def raise_twin(self, *, tasks: int) -> None:
        """The twin of `WEB` is at work with so many tasks; with none, it is only watched."""
        now, twins = self.installation.clock.now(), self.installation.twins
        state = TwinState(WEB, twin="web-od", wanted=tasks, due_at=now, raised_at=now if tasks else None)
        twins.put(replace(state, version=twins.stored(WEB).version))

    @property
    def kinds(self) -> list[str]:
        return [message.kind for message in self.inbox.messages]


def keys(names: Iterable[str]) -> list[ServiceKey]:
    return [replace(WEB, service=name) for name in names]


def test_an_incident_of_200_services_makes_three_messages() -> None:
    post = Post()
    for start in range(0, 200, 40):  # it takes five ticks until all have failed over
        post.fail_over(NAMES[start : start + 40])
        post.tick()
    for _ in range(10):
        post.tick()
    assert post.kinds == ["opened", "grown"]
    for start in range(0, 200, 50):
        post.go_back(NAMES[start : start + 50])
        post.tick()
    for _ in range(5):
        post.tick()
    assert post.kinds == ["opened", "grown", "over"]
    opened, grown, over = post.inbox.messages
    assert "40 services" in opened.title
    assert "now 200 services" in grown.title
    assert "200 services had been moved there, 200 at the same time" in over.summary


def test_two_ticks_at_once_tell_it_once() -> None:
    post = Post()
    post.fail_over(["a"])
    post.inbox.faults.before("publish", lambda: post.tick(minutes=0))
    post.tick()
    assert post.kinds == ["opened"]


def test_a_tick_that_dies_after_it_told_may_tell_it_twice_and_no_more() -> None:
    post = Post()
    post.fail_over(["a"])
    post.inbox.faults.after("publish", Crash())
    with pytest.raises(Crash):
        post.tick()
    for _ in range(5):
        post.tick()
    assert post.kinds == ["opened", "opened"]


def test_what_could_not_be_told_is_told_at_the_next_tick() -> None:
    post = Post()
    post.fail_over(["a"])
    post.inbox.faults.before("publish", TransientError("throttled"))
    assert list(post.tick().errors) == [f"incident of {next(iter(post.incidents.incidents))}"]
    assert post.tick().errors == {}
    assert post.kinds == ["opened"]


def test_a_table_that_can_not_be_read_is_told_and_stops_nothing() -> None:
    post = Post()
    post.fail_over(["a"])
    post.installation.records.faults.before("open", TransientError("throttled"))
    assert list(post.tick().errors) == ["incidents"]
    assert post.tick().errors == {}
    assert post.kinds == ["opened"]


def test_a_twin_that_can_not_be_read_is_told_and_silences_nothing() -> None:
    post = Post()
    post.fail_over(["a"])
    post.raise_twin(tasks=2)
    for _ in range(2):
        post.installation.twins.faults.before("get", RefusedError("item can't be read"))
        assert list(post.tick().errors) == [f"twin of {WEB}"]
    assert post.kinds == ["opened"]


def test_an_incident_that_can_not_be_read_right_now_silences_no_other() -> None:
    post = Post()
    post.fail_over(["a"])
    post.tick()
    post.raise_twin(tasks=2)
    post.incidents.faults.before("incident", TransientError("throttled"))
    assert len(post.tick().errors) == 1
    assert post.kinds == ["opened", "opened"]


def test_a_failover_that_waits_is_neither_told_nor_billed_until_it_is_made() -> None:
    """It may wait for a limit, or for a person, and its record still tells of the cycle before."""
    post = Post()
    waiting = replace(record(Phase.FAILING_OVER), switched_at=post.installation.clock.now() - timedelta(days=20))
    post.installation.records.store(replace(waiting, reason="FAILOVER_ROLLED_BACK", desired_at_switch=4))
    board = post.tick()
    assert (post.kinds, board.errors, list(board.places)) == ([], {}, [])
    post.fail_over(["web"])
    assert sum(totals.minutes for totals in post.tick().places.values()) == 5
    assert post.kinds == ["opened"]


def test_a_service_that_is_failed_over_anew_stays_part_of_its_incident() -> None:
    post = Post()
    post.fail_over(["web"])
    post.tick()
    post.installation.records.store(replace(post.installation.record(), phase=Phase.FAILING_OVER))
    for _ in range(4):
        post.tick()
    assert post.kinds == ["opened"]


def test_a_twin_that_is_only_watched_is_no_incident() -> None:
    post = Post()
    post.raise_twin(tasks=0)
    for _ in range(5):
        post.tick()
    assert post.kinds == []


def test_an_incident_is_over_once_its_twin_has_given_up_its_tasks() -> None:
    post = Post()
    post.raise_twin(tasks=2)
    post.tick()
    post.raise_twin(tasks=0)
    for _ in range(4):
        post.tick()
    assert post.kinds == ["opened", "over"]


def test_a_pool_that_can_not_be_read_is_told_and_silences_no_incident() -> None:
    post = Post()
    post.fail_over(["a"])
    pool = PoolKey.of(WEB, "FARGATE_SPOT")
    unreadable = RefusedError(f"{pool}: its item {pool.record_id} of the state table can't be read")
    for _ in range(2):
        post.installation.shared.faults.before("pool", unreadable)
        assert post.tick().errors == {str(pool): unreadable}
    post.go_back(["a"])
    for _ in range(4):
        post.installation.shared.faults.before("pool", unreadable)
        post.tick()
    assert post.kinds == ["opened", "over"]


def test_a_message_that_the_topic_refuses_holds_up_no_other() -> None:
    post = Post()
    post.fail_over(["a"])
    post.raise_twin(tasks=2)
    post.inbox.faults.before("publish", RefusedError("too long"))
    assert len(post.tick().errors) == 1
    assert post.kinds == ["opened"]


def test_what_a_slow_topic_leaves_no_time_for_is_told_at_the_next_tick() -> None:
    post = Post()
    post.fail_over(["a"])
    post.raise_twin(tasks=2)
    post.inbox.faults.before("publish", lambda: post.installation.clock.advance(seconds=31))
    assert [str(error) for error in post.tick().errors.values()] == ["1 wait for the next tick: too little time"]
    assert all(incident.lease is None for incident in post.incidents.incidents.values())
    assert post.tick().errors == {}
    assert post.kinds == ["opened", "opened"]


def test_a_table_that_takes_all_the_time_leaves_the_rest_to_the_next_tick() -> None:
    post = Post()
    post.fail_over(["a"])
    post.raise_twin(tasks=2)
    post.incidents.faults.before("put_incident", lambda: post.installation.clock.advance(seconds=36))
    assert [str(error) for error in post.tick().errors.values()] == [
        "too little time: the rest comes at the next tick",
        "1 wait for the next tick: too little time",
    ]
    assert post.tick().errors == {}
    assert post.kinds == ["opened", "opened"]


@pytest.mark.parametrize(
    ("policy", "late"),
    [
        (Policy(), timedelta(hours=1)),
        (Policy(enabled=False), timedelta()),
        (Policy(mode=Mode.OBSERVE), timedelta()),
        (Policy(account_overrides={WEB.account: AccountOverride(enabled=False)}), timedelta()),
        (Policy(account_overrides={WEB.account: AccountOverride(mode=Mode.OBSERVE)}), timedelta()),
        (Policy(account_overrides={OTHER.account: AccountOverride(enabled=False)}), timedelta(hours=1)),
    ],
    ids=["acts", "kill switch", "observes", "account off", "account observed", "another account off"],
)
def test_only_what_a_tick_carries_on_with_can_be_late(policy: Policy, late: timedelta) -> None:
    post = Post(Installation(policy=policy))
    now = post.installation.clock.now()
    post.installation.records.store(replace(record(Phase.FAILED_OVER), switched_at=now, due_at=now))
    assert post.tick(minutes=60).oldest_due == late
    assert post.kinds == ["opened"]
