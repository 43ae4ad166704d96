"""Accounts and Regions whose role refuses us and that are silent for a day leave; what was open closes, and is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from spot_failover.core.alert_group import NOTE
from spot_failover.core.errors import TransientError
from spot_failover.core.policy import AccountOverride
from spot_failover.core.reason import Reason
from spot_failover.core.record import Phase
from tests.doubles.builders import FALLBACK, OTHER, WEB, failure
from tests.doubles.installation import Installation
from tests.handlers.test_accounts_known import HERE, known


def about_to_leave(hours: float) -> Installation:
    installation = known()
    installation.services.lose_spot()
    installation.deliver(failure(WEB), failure(OTHER))
    installation.services.denied.add(WEB.account)
    until = installation.clock.now() + timedelta(hours=hours)
    while installation.clock.now() < until:
        installation.sweep()
        installation.clock.time = min(until, installation.clock.now() + timedelta(minutes=55))
        installation.hear(OTHER.account, OTHER.region)
    installation.told.clear()
    return installation


def silent_and_refused(hours: float) -> Installation:
    installation = about_to_leave(hours)
    installation.sweep()
    return installation


def test_an_account_that_has_left_is_forgotten_and_its_records_close_each_told() -> None:
    installation = silent_and_refused(24)
    assert installation.told.news[:2] == [("close", "ACCOUNT_LEFT"), ("alert", "ACCOUNT_LEFT")]
    closed, alert = installation.told.outcomes[:2]
    assert (closed.key, closed.decision.note) == (WEB, "baseline: FARGATE_SPOT weight 1")
    assert "taken off the list" in alert.decision.note
    assert "closed now: 1." in alert.decision.note
    assert len(alert.decision.note) <= NOTE
    assert installation.record(WEB).phase is Phase.CLOSED
    assert installation.record(WEB).reason == Reason.ACCOUNT_LEFT
    assert installation.record(OTHER).phase is Phase.FAILED_OVER
    assert installation.strategy(WEB) == FALLBACK
    assert list(installation.registry.paths()) == [(OTHER.account, OTHER.region)]
    installation.told.clear()
    installation.sweep()
    assert {outcome.key.account for outcome in installation.told.outcomes} <= {OTHER.account}


@pytest.mark.parametrize("mended", [True, False])
def test_one_refusal_before_a_day_without_the_sweep_closes_nothing(*, mended: bool) -> None:
    installation = about_to_leave(0.1)
    installation.clock.advance(hours=25)
    installation.told.clear()
    if mended:
        installation.services.denied.clear()
    for _ in range(2):
        # The heartbeats of the day still wait in the queue behind what the sweep orders.
        installation.sweep()
        installation.clock.advance(minutes=5)
    assert not [outcome for outcome in installation.told.outcomes if outcome.decision.reason is Reason.ACCOUNT_LEFT]
    assert installation.record(WEB).phase is Phase.FAILED_OVER
    assert HERE in list(installation.registry.paths())


@pytest.mark.parametrize("operation", ["get", "put"])
def test_a_record_that_can_not_be_closed_loses_none_of_the_others_and_is_closed_later(operation: str) -> None:
    installation = about_to_leave(24)
    for name in ("a", "b"):
        key = replace(WEB, service=name)
        installation.records.store(replace(installation.record(WEB), key=key))
    installation.records.faults.before(operation, TransientError("throttled"), skip=1)
    assert list(installation.watch().errors) == ["account 111111111111, Region us-east-1"]
    assert installation.told.news == [("close", "ACCOUNT_LEFT")] * 2 + [("alert", "ACCOUNT_LEFT")]
    assert "stays on the list" in installation.told.outcomes[2].decision.note
    assert HERE in list(installation.registry.paths())
    assert installation.watch().errors == {}
    assert installation.told.news[3:] == [("close", "ACCOUNT_LEFT"), ("alert", "ACCOUNT_LEFT")]
    assert {one.key.service for one in installation.told.outcomes if one.action == "close"} == {"web", "a", "b"}
    assert HERE not in list(installation.registry.paths())


def test_a_record_that_can_not_be_closed_for_hours_is_told_by_every_run() -> None:
    installation = about_to_leave(24)
    installation.records.items[WEB]["phase"] = {"S": "unheard of"}
    for _ in range(8):
        assert list(installation.watch().errors) == ["account 111111111111, Region us-east-1"]
        while installation.orders.waiting:
            installation.carry_out(installation.orders.waiting.pop())
        installation.clock.advance(minutes=15)
        installation.hear(OTHER.account, OTHER.region)


def test_where_nothing_could_be_closed_nothing_is_told_but_the_error() -> None:
    installation = about_to_leave(24)
    installation.records.faults.before("open_in", TransientError("throttled"))
    assert len(installation.watch().errors) == 1
    assert ("alert", "ACCOUNT_LEFT") not in installation.told.news
    assert HERE in list(installation.registry.paths())


def test_an_account_that_is_switched_off_is_not_taken_off_the_list() -> None:
    installation = about_to_leave(24)
    override = AccountOverride(enabled=False)
    installation.policy = replace(installation.policy, account_overrides={WEB.account: override})
    installation.watch()
    assert ("alert", "ACCOUNT_LEFT") not in installation.told.news
    assert installation.record(WEB).phase is Phase.FAILED_OVER
    assert HERE in list(installation.registry.paths())


def test_before_a_day_is_over_it_has_not_left() -> None:
    installation = silent_and_refused(23.9)
    assert ("alert", "ACCOUNT_LEFT") not in installation.told.news
    assert installation.record(WEB).phase is Phase.FAILED_OVER


def test_an_account_that_is_heard_has_not_left_however_long_it_refuses_us() -> None:
    installation = known()
    installation.services.denied.add(WEB.account)
    for _ in range(30):
        installation.hear(*HERE)
        installation.sweep()
        installation.clock.advance(hours=1)
    assert ("alert", "ACCOUNT_LEFT") not in installation.told.news
    assert installation.told.news.count(("alert", "ROLE_REFUSED")) == 1
    assert installation.told.news.count(("ignore", "ROLE_REFUSED")) == 29


def test_one_that_comes_back_is_known_again() -> None:
    installation = silent_and_refused(24)
    installation.services.denied.clear()
    installation.hear(*HERE)
    assert installation.told.last == ("report", "PATH_HEARD")
    assert HERE in list(installation.registry.paths())


def test_a_leaving_that_was_cut_off_is_finished_by_the_next_run() -> None:
    installation = about_to_leave(24)
    installation.registry.faults.before("put_path", TransientError("timed out"))
    assert set(installation.watch().errors) == {"account 111111111111, Region us-east-1"}
    installation.orders.waiting.clear()
    installation.watch()
    assert list(installation.registry.paths()) == [(OTHER.account, OTHER.region)]
    assert installation.record(WEB).phase is Phase.CLOSED
