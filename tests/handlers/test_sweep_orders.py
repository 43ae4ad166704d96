"""How a sweep works: what fails holds up nothing else, it goes on where its time ended, and never two at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from spot_failover.core.errors import AccessDeniedError, TransientError
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.sweep_messages import SweepOrder
from spot_failover.flow.pace import READS_PER_SECOND, Pace
from spot_failover.flow.sweep_flow import SweepError, SweepFlow
from tests.doubles.builders import API, FALLBACK, WEB, service
from tests.doubles.faults import Crash
from tests.doubles.installation import Installation
from tests.handlers.test_silent_shortage import swept

READS = {"clusters", "names", "describe"}
QUOTA = 20
"""DescribeServices and ListServices a second that ECS allows an account in a Region."""


def test_one_service_that_fails_holds_up_no_other() -> None:
    installation = swept()
    installation.services.add(service(key=API))
    installation.services.lose_spot()
    installation.clock.advance(minutes=10)
    installation.services.faults.before("switch", AccessDeniedError("ecs:UpdateService: denied"))
    installation.watch()
    [order] = [order for order in installation.orders.waiting if order.account == WEB.account]
    with pytest.raises(Exception, match="shop/api"):
        installation.carry_out(order)
    assert [update.key for update in installation.services.updates] == [WEB]
    assert [key for key, _ in installation.told.errors] == [API]


def test_an_account_that_does_not_answer_leaves_the_order_to_come_again() -> None:
    installation = swept()
    installation.services.lose_spot()
    installation.clock.advance(minutes=10)
    order = order_of(installation)
    installation.services.faults.before("clusters", TransientError("throttled"))
    with pytest.raises(TransientError):
        installation.carry_out(order)
    installation.carry_out(order)
    assert installation.switches == [FALLBACK]


def test_it_goes_on_where_its_time_ended() -> None:
    installation = Installation()
    keys = [ServiceKey(WEB.account, WEB.region, "shop", f"web-{number:02}") for number in range(35)]
    installation.with_services(*(service(key=key) for key in keys))
    installation.hear()
    installation.services.lose_spot()
    installation.clock.advance(minutes=10)
    installation.watch()
    order = installation.orders.waiting.pop()
    pages = 0

    def late() -> None:
        nonlocal pages
        pages += 1
        if pages % 25 == 0:  # each service of a page is described twice: for the sweep, and for its decision
            installation.clock.advance(seconds=55)
        installation.services.faults.before("describe", late)

    late()
    installation.carry_out(order)
    more = []
    while installation.orders.waiting:
        more.append(installation.orders.waiting.pop())
        installation.carry_out(more[-1])
    assert {each.sweep for each in more} == {order.sweep}
    assert [each.after for each in more] == sorted(each.after for each in more)
    assert 2 <= len(more) <= 8
    assert {update.key for update in installation.services.updates} == set(keys)
    assert len(installation.services.updates) == len(keys)
    assert installation.registry.stored[WEB.account, WEB.region].sweep_until is None


def order_of(installation: Installation) -> SweepOrder:
    """The latest order for the first account; the others are taken away."""
    installation.watch()
    order = [order for order in installation.orders.waiting if order.account == WEB.account][-1]
    installation.orders.waiting.clear()
    return order


def sweeps(installation: Installation) -> int:
    return [operation for operation, _ in installation.services.calls].count("clusters")


def test_orders_that_piled_up_in_a_queue_that_stood_still_come_to_one_sweep() -> None:
    installation = swept()
    orders = []
    for _ in range(12):
        orders.append(order_of(installation))
        installation.clock.advance(minutes=5)
    installation.told.clear()
    for order in orders:
        installation.carry_out(order)
        installation.clock.advance(seconds=1)
    assert sweeps(installation) == 1
    assert installation.told.lines == [("report", "SWEPT")] + [("ignore", "SWEPT")] * 11
    installation.carry_out(order_of(installation))
    assert sweeps(installation) == 2


def test_an_order_of_an_older_version_is_carried_out_as_ever() -> None:
    installation = swept()
    order = replace(order_of(installation), ordered_at=None)
    for _ in range(2):
        installation.clock.advance(minutes=5)
        installation.carry_out(order)
    assert sweeps(installation) == 2


def test_an_order_whose_sweep_was_cut_off_is_not_taken_for_done() -> None:
    installation = swept()
    installation.carry_out(order_of(installation))
    installation.clock.advance(minutes=5)
    order = order_of(installation)
    installation.services.faults.before("names", Crash())
    with pytest.raises(Crash):
        installation.carry_out(order)
    installation.clock.advance(minutes=3)
    installation.carry_out(order)
    assert sweeps(installation) == 3
    assert installation.told.lines[-1] == ("report", "SWEPT")


def failing() -> tuple[Installation, SweepOrder]:
    """An order whose sweep has ended, but for one service."""
    installation = swept()
    installation.services.lose_spot()
    installation.clock.advance(minutes=10)
    order = order_of(installation)
    installation.services.faults.before("tasks", AccessDeniedError("ecs:ListTasks: denied"))
    installation.clock.advance(seconds=1)
    with pytest.raises(SweepError, match="shop/web"):
        installation.carry_out(order)
    return installation, order


def test_a_service_that_fails_costs_no_further_sweep_and_stays_told_until_one_has_done_with_it() -> None:
    installation, order = failing()
    for _ in range(3):
        installation.clock.advance(minutes=1)
        with pytest.raises(SweepError, match=r"account 111111111111, Region us-east-1: .*shop/web"):
            installation.carry_out(order)
    assert sweeps(installation) == 1
    installation.clock.advance(minutes=2)
    installation.carry_out(order_of(installation))
    assert installation.switches == [FALLBACK]
    installation.clock.advance(minutes=1)
    installation.carry_out(order)
    assert installation.told.last == ("ignore", "SWEPT")
    assert sweeps(installation) == 2


def test_what_failed_before_a_sweep_s_time_ended_is_told_by_its_end() -> None:
    installation = Installation()
    keys = [ServiceKey(WEB.account, WEB.region, "shop", f"web-{number:02}") for number in range(12)]
    installation.with_services(*(service(key=key) for key in keys))
    installation.hear()
    installation.services.lose_spot()
    installation.clock.advance(minutes=10)
    order = order_of(installation)
    installation.services.faults.before("tasks", AccessDeniedError("ecs:ListTasks: denied"))
    installation.records.faults.after("put", lambda: installation.clock.advance(seconds=51), skip=17)
    installation.carry_out(order)
    [rest] = installation.orders.waiting
    assert rest.after
    assert rest.ordered_at == installation.clock.now()
    installation.clock.advance(seconds=5)
    with pytest.raises(SweepError, match="shop/web-00"):
        installation.carry_out(rest)
    installation.clock.advance(seconds=5)
    for again in (order, rest):
        with pytest.raises(SweepError, match="shop/web-00"):
            installation.carry_out(again)
    assert sweeps(installation) == 2


def test_two_sweeps_of_one_account_are_never_under_way_at_once() -> None:
    installation = swept()
    installation.watch()
    [first] = [order for order in installation.orders.waiting if order.account == WEB.account]
    second = replace(first, sweep="another")
    installation.services.faults.before("clusters", lambda: installation.carry_out(second))
    installation.carry_out(first)
    assert ("ignore", "SWEEP_UNDER_WAY") in installation.told.news
    assert [operation for operation, _ in installation.services.calls].count("clusters") == 1


def test_one_that_begins_between_the_look_and_the_write_of_another_keeps_it_out() -> None:
    installation = swept()
    installation.watch()
    [first] = [order for order in installation.orders.waiting if order.account == WEB.account]
    path = installation.registry.stored[WEB.account, WEB.region]
    until = installation.clock.now() + timedelta(minutes=2)

    def taken() -> None:
        installation.registry.put_path(replace(path, sweep="another", sweep_until=until))

    installation.registry.faults.before("put_path", taken)
    installation.carry_out(first)
    assert installation.told.last == ("ignore", "SWEEP_UNDER_WAY")
    assert installation.registry.stored[WEB.account, WEB.region].sweep == "another"


def test_a_pace_is_kept() -> None:
    installation = Installation()
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        installation.clock.time += timedelta(seconds=seconds)

    pace = Pace(5, installation.clock.now, sleep)
    for _ in range(3):
        pace.take()
    pace.take(10)
    pace.take()
    assert slept == [pytest.approx(0.2), pytest.approx(0.2), pytest.approx(0.2), pytest.approx(2.0)]
    installation.clock.advance(minutes=1)
    pace.take()
    assert len(slept) == 4


def test_a_sweep_takes_a_quarter_of_the_quota_and_counts_what_it_reads() -> None:
    installation = swept()
    installation.services.lose_spot()
    installation.clock.advance(minutes=10)
    taken: list[int] = []

    class Counted(Pace):
        def take(self, calls: int = 1) -> None:
            taken.append(calls)
            super().take(calls)

    installation.watch()
    for order in installation.orders.waiting:
        pace = Counted(READS_PER_SECOND, installation.clock.now, lambda _: None)
        ports = (installation.told, installation.registry, installation.orders)
        SweepFlow(installation.worker(), installation.policy, *ports, pace).run(order)

    reads = [operation for operation, _ in installation.services.calls if operation in READS]
    assert set(reads) == READS
    assert sum(taken) >= len(reads)
    assert READS_PER_SECOND * 4 <= QUOTA
