"""One bad message, account or record never holds up or fails the others."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from spot_failover.core.errors import AccessDeniedError, RefusedError, TransientError, UnclearError
from spot_failover.core.record import Phase
from spot_failover.flow.reading import read
from tests.doubles.builders import API, FALLBACK, ON_DEMAND, OTHER, SPOT, WEB, deployment, failure, service
from tests.doubles.installation import LIFE, Installation
from tests.unit.records import ours, record


def three() -> Installation:
    """Two services of one account, one of another, all short."""
    installation = Installation().with_services(*(service(deployment(SPOT), key=key) for key in (WEB, API, OTHER)))
    installation.services.lose_spot()
    return installation


def failed_over(installation: Installation) -> Installation:
    """All three, five minutes after their failover."""
    installation.deliver(failure(WEB), failure(API), failure(OTHER))
    installation.services.settle()
    installation.clock.advance(minutes=5)
    installation.told.clear()
    return installation


def test_access_denied_in_one_account_does_not_hold_up_another() -> None:
    installation = three()
    installation.services.denied = {WEB.account}
    errors = installation.deliver(failure(WEB), failure(OTHER), failure(API))
    assert [type(error) for error in errors] == [AccessDeniedError, type(None), AccessDeniedError]
    assert [update.key for update in installation.services.updates] == [OTHER]


def test_a_refused_call_fails_its_own_event_alone_and_gives_the_lease_back() -> None:
    installation = three()
    installation.services.faults.before("switch", RefusedError("InvalidParameterException"))
    errors = installation.deliver(failure(WEB), failure(API))
    assert [type(error) for error in errors] == [RefusedError, type(None)]
    assert installation.record(WEB).lease is None
    assert installation.record(WEB).due_at == installation.clock.now() + timedelta(minutes=15)


@pytest.mark.parametrize("error", [KeyError("serviceName"), ZeroDivisionError(), RefusedError("x")])
@pytest.mark.parametrize("operation", ["attached_providers", "switch"])
def test_not_even_a_fault_of_the_program_escapes_the_batch(operation: str, error: Exception) -> None:
    installation = three()
    installation.services.faults.before(operation, error)
    errors = installation.deliver(failure(WEB), failure(API))
    assert [type(one) for one in errors] == [type(error), type(None)]
    assert [update.key for update in installation.services.updates] == [API]


def test_an_unreadable_record_fails_alone_in_its_account() -> None:
    installation = three()
    installation.deliver(failure(WEB))
    installation.records.items[WEB]["phase"] = {"S": "unheard of"}
    errors = installation.deliver(failure(WEB), failure(API))
    assert [type(error) for error in errors] == [RefusedError, type(None)]
    assert installation.strategy(API) == FALLBACK


def test_a_page_that_ecs_refuses_is_asked_for_one_by_one() -> None:
    installation = three()
    installation.services.faults.before("describe", RefusedError("InvalidParameterException"))
    assert installation.deliver(failure(WEB), failure(API)) == [None, None]
    assert len(installation.switches) == 2


def test_a_tick_goes_on_after_an_error_and_tells_it() -> None:
    installation = failed_over(three())
    installation.services.faults.before("switch", AccessDeniedError("ecs:UpdateService"))
    tick = installation.tick()
    assert (tick.handled, list(tick.errors)) == (2, [API])
    assert installation.strategy(WEB) == installation.strategy(OTHER) == SPOT


def test_a_tick_goes_on_after_a_fault_of_the_program() -> None:
    installation = failed_over(three())
    installation.services.faults.before("switch", KeyError("service"))
    tick = installation.tick()
    assert (tick.handled, len(tick.errors)) == (2, 1)


def test_a_tick_goes_on_in_other_accounts() -> None:
    installation = failed_over(three())
    installation.services.denied = {WEB.account}
    tick = installation.tick()
    assert (tick.handled, set(tick.errors)) == (1, {WEB, API})
    assert installation.strategy(OTHER) == SPOT


STORE = replace(WEB, cluster="store", service="till")


def denied_in_one_cluster() -> Installation:
    """Two services in `shop`, which denies everything, and one in another cluster of the same account."""
    installation = Installation().with_services(*(service(ours(), key=key) for key in (WEB, API, STORE)))
    for key in (WEB, API, STORE):
        installation.records.store(replace(record(Phase.FAILED_OVER), key=key))
    installation.services.denied_clusters = {WEB.cluster}
    return installation


@pytest.mark.parametrize("kind", [AccessDeniedError, TransientError, UnclearError, RefusedError, KeyError])
def test_a_tick_goes_on_in_other_clusters_of_an_account(kind: type[Exception]) -> None:
    installation = denied_in_one_cluster()
    installation.services.denied_clusters.clear()

    def fails() -> None:
        installation.services.denied_clusters = {WEB.cluster}
        raise kind("ecs:DescribeServices")

    installation.services.faults.before("describe", fails)
    tick = installation.tick()
    assert (tick.handled, set(tick.errors)) == (1, {WEB, API})
    assert [update.key for update in installation.services.updates] == [STORE]


def test_a_proving_restore_in_another_cluster_than_the_denied_one_is_proven() -> None:
    installation = denied_in_one_cluster()
    installation.tick()
    installation.services.settle()
    installation.clock.advance(minutes=5)
    installation.tick()
    assert installation.record(STORE).phase is Phase.CLOSED
    assert installation.record(WEB).phase is Phase.FAILED_OVER


def test_an_account_that_nobody_can_enter_is_asked_once_however_many_clusters_it_has() -> None:
    installation = denied_in_one_cluster()
    installation.services.denied = {WEB.account}
    tick = installation.tick()
    assert set(tick.errors) == {WEB, API, STORE}
    assert [operation for operation, _ in installation.services.calls] == ["describe"]


def test_a_role_that_sts_refuses_as_invalid_is_not_tried_for_each_service() -> None:
    installation = denied_in_one_cluster()
    installation.services.denied_clusters.clear()
    refused = RefusedError("sts:AssumeRole: RegionDisabledException")
    refused.whole_account = True
    installation.services.faults.before("describe", refused)
    assert len(installation.tick().errors) == 3
    assert [operation for operation, _ in installation.services.calls] == ["describe"]


def test_a_region_that_does_not_answer_takes_the_time_of_one_call() -> None:
    installation = denied_in_one_cluster()
    installation.services.denied_clusters.clear()

    def times_out() -> None:
        installation.clock.advance(seconds=32)
        raise UnclearError("ecs:DescribeServices: Read timeout")

    installation.services.faults.before("describe", times_out)
    tick = installation.tick()
    assert set(tick.errors) == {WEB, API, STORE}
    assert [operation for operation, _ in installation.services.calls] == ["describe"]
    assert installation.tick().errors == {}


def test_services_of_several_clusters_keep_their_order() -> None:
    installation = denied_in_one_cluster()
    keys = [WEB, STORE, API]
    assert list(read(installation.worker(), keys).unlooked) == [WEB, API]
    installation.services.denied_clusters.clear()
    assert list(read(installation.worker(), keys).known) == keys


def test_a_tick_with_too_little_time_leaves_the_rest() -> None:
    installation = failed_over(three())
    slow = LIFE - timedelta(seconds=9)
    installation.services.faults.after("switch", lambda: installation.clock.advance(seconds=slow.total_seconds()))
    tick = installation.tick()
    assert (tick.handled, tick.left) == (1, 2)
    installation.tick()
    assert {update.key for update in installation.services.updates if update.strategy == SPOT} == {WEB, API, OTHER}


@pytest.mark.parametrize("why", ["it waits", "it is denied"])
def test_a_record_that_stays_due_comes_behind_those_that_a_tick_did_not_reach(why: str) -> None:
    installation = Installation().with_services(
        service(ours("IN_PROGRESS", running=1), key=WEB), service(ours(), key=OTHER)
    )
    first = replace(record(Phase.FAILED_OVER), switched_at=installation.clock.now() - timedelta(minutes=2))
    installation.records.store(replace(first, due_at=installation.clock.now() - timedelta(hours=1)))
    installation.records.store(replace(record(Phase.FAILED_OVER), key=OTHER))
    if why == "it is denied":
        installation.services.denied = {WEB.account}
    assert next(installation.records.due(installation.clock.now())) == WEB
    installation.tick()
    installation.clock.advance(minutes=1)
    due = list(installation.records.due(installation.clock.now()))
    assert WEB in due
    assert installation.record(WEB).due_at is not None
    assert installation.record(WEB).due_at != first.due_at


def test_other_services_of_an_account_at_its_limits_are_not_asked_about_on_demand_events() -> None:
    installation = Installation().with_services(service(deployment(ON_DEMAND)))
    installation.services.denied = {WEB.account}
    assert installation.deliver(failure(providers=("FARGATE",))) == [None]
    assert installation.told.lines == [("ignore", "NOT_SPOT")]
    assert installation.services.calls == []
