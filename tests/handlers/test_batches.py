"""Many events in one batch: ten services a look, and no look at what is known to be moved."""

from __future__ import annotations

from datetime import timedelta

from spot_failover.core.errors import BusyError
from spot_failover.core.pool import Pool, PoolKey
from spot_failover.core.record import Lease, Record
from spot_failover.core.service_key import ServiceKey
from spot_failover.flow.pages import LONG, PAGE, STRANDS, strands
from tests.doubles.builders import SPOT, WEB, deployment, failure, service
from tests.doubles.clock import START
from tests.doubles.installation import Installation

MANY = [ServiceKey("111111111111", "us-east-1", "shop", f"web-{number:02d}") for number in range(45)]
ELSEWHERE = [ServiceKey("222222222222", "eu-west-1", "shop", f"web-{number:02d}") for number in range(3)]


def short(*keys: ServiceKey) -> Installation:
    """They all run at half of what they want."""
    lame = [service(deployment(SPOT, running=2), key=key) for key in keys]
    return Installation().with_services(*lame)


def looks(installation: Installation) -> int:
    """Services that were described, one count each."""
    return sum(operation == "describe" for operation, _ in installation.services.calls)


def test_what_takes_longest_begins_first_and_on_two_threads_alone() -> None:
    few = [ServiceKey(f"{number:012}", "us-east-1", "prod", "only") for number in range(30)]
    for number in range(20):
        found = strands([*few, *MANY, *ELSEWHERE], f"invocation-{number}")
        lengths = [len(strand) for strand in found]
        assert lengths[:LONG] == sorted(lengths)[: -LONG - 1 : -1]
        assert lengths[LONG:] == sorted(lengths)[:-LONG]


def test_an_account_with_few_services_waits_for_none_with_many() -> None:
    many = [ServiceKey(f"{number:012}", "us-east-1", "prod", f"s-{n}") for number in range(1, 9) for n in range(200)]
    few = ServiceKey("999999999999", "us-east-1", "prod", "only")
    for number in range(20):
        assert strands([*many, few], f"invocation-{number}")[LONG] == [[few]]


def test_pages_hold_services_of_one_cluster_and_each_service_once() -> None:
    found = strands([*MANY, *ELSEWHERE], "invocation-1")
    pages = [page for strand in found for page in strand]
    assert sorted(key for page in pages for key in page) == sorted([*MANY, *ELSEWHERE])
    assert all(len(page) <= PAGE and len({key.cluster for key in page}) == 1 for page in pages)


def test_no_account_and_region_takes_more_than_its_share_of_the_threads() -> None:
    found = strands([*MANY, *ELSEWHERE], "invocation-1")
    assert len(found) == STRANDS + 1


def test_two_invocations_begin_at_different_pages() -> None:
    firsts = {tuple(strands(MANY, f"invocation-{number}")[0][0]) for number in range(20)}
    assert len(firsts) > 1


def test_each_service_is_looked_at_once_however_many_events_tell_of_it() -> None:
    installation = short(*MANY, *ELSEWHERE)
    events = [failure(key, event_id=f"{key} {copy}") for copy in range(3) for key in (*MANY, *ELSEWHERE)]
    assert installation.deliver(*events) == [None] * len(events)
    assert len(installation.switches) == len(MANY) + len(ELSEWHERE)
    assert looks(installation) == len(MANY) + len(ELSEWHERE)


def test_what_is_moved_already_is_not_looked_at_again() -> None:
    installation = short(*MANY)
    installation.deliver(*(failure(key) for key in MANY))
    before = looks(installation)
    again = [failure(key, event_id=f"again {key}") for key in MANY]
    assert installation.deliver(*again) == [None] * len(MANY)
    assert looks(installation) == before
    assert {reason for _, reason in installation.told.lines[-len(MANY) :]} == {"STALE_EVENT"}


def test_a_later_event_of_a_moved_service_is_looked_at() -> None:
    installation = short(WEB)
    installation.deliver(failure())
    before = looks(installation)
    installation.clock.advance(minutes=2)
    installation.deliver(failure(time=START + timedelta(minutes=2)))
    assert looks(installation) == before + 1


def test_the_placement_failures_of_a_page_are_noted_for_its_pool_in_one_write() -> None:
    installation = short(*MANY[:PAGE])
    key = PoolKey.of(MANY[0], "FARGATE_SPOT")
    soon, at_latest = START + timedelta(minutes=1), START + timedelta(hours=2)
    before = installation.shared.put_pool(Pool(key, open=True, next_canary_at=soon, latest_canary_at=at_latest))
    installation.deliver(*(failure(each) for each in MANY[:PAGE]))
    pool = installation.shared.pool(key)
    assert pool.next_canary_at is not None
    assert pool.next_canary_at > soon
    assert pool.version == before.version + 1


def test_services_that_another_invocation_is_at_come_last_and_go_back_to_the_queue() -> None:
    installation = short(*MANY)
    theirs = MANY[7]
    lease = Lease("another", installation.clock.now() + timedelta(minutes=1))
    installation.records.put(Record(theirs, lease=lease))
    results = installation.deliver(*(failure(key) for key in MANY))
    assert [key for key, error in zip(MANY, results, strict=True) if isinstance(error, BusyError)] == [theirs]
    assert len(installation.switches) == len(MANY) - 1
    assert installation.services.updates[-1].key in next(
        page for strand in strands(MANY, "invocation-0") for page in strand if theirs in page
    )
