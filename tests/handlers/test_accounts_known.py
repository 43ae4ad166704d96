"""Accounts and Regions make themselves known, fall silent, refuse us, and are taken off the list."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spot_failover.core.errors import BusyError, ConflictError, TransientError
from spot_failover.core.events import Heartbeat
from tests.doubles.builders import OTHER, WEB, service
from tests.doubles.faults import Crash
from tests.doubles.installation import Installation

HERE = (WEB.account, WEB.region)


def known() -> Installation:
    installation = Installation().with_services(service(), service(key=OTHER))
    installation.hear(*HERE)
    installation.hear(OTHER.account, OTHER.region)
    return installation


def test_the_first_heartbeat_makes_an_account_known_and_the_next_ones_say_nothing() -> None:
    installation = known()
    assert installation.told.news == [("report", "PATH_HEARD")] * 2
    first = installation.told.outcomes[0].fields()
    assert (first["account"], first["region"]) == HERE
    assert "service" not in first
    installation.clock.advance(minutes=5)
    installation.hear(*HERE)
    assert len(installation.told.news) == 2
    assert installation.watch().ordered == 2


def test_nobody_is_swept_who_was_not_heard_of() -> None:
    installation = Installation().with_services(service())
    installation.sweep()
    assert installation.services.calls == []


def test_a_silence_is_told_once_counted_while_it_lasts_and_its_end_is_told() -> None:
    installation = known()
    installation.told.clear()
    installation.clock.advance(minutes=15)
    installation.hear(OTHER.account, OTHER.region)
    assert installation.watch().silent == 0
    installation.clock.advance(minutes=1)
    assert [installation.watch().silent for _ in range(3)] == [1, 1, 1]
    assert installation.told.news == [("alert", "PATH_SILENT")]
    [alert] = [one for one in installation.told.outcomes if one.action == "alert"]
    assert "account 111111111111, Region us-east-1" in alert.decision.note
    installation.hear(*HERE)
    assert installation.told.last == ("report", "PATH_HEARD")
    assert installation.watch().silent == 0


@pytest.mark.parametrize("after", [False, True], ids=["before its effect", "after its effect"])
def test_a_silence_is_told_though_it_can_not_be_written_down(*, after: bool) -> None:
    installation = known()
    installation.told.clear()
    installation.clock.advance(minutes=16)
    installation.hear(OTHER.account, OTHER.region)
    faults = installation.registry.faults
    (faults.after if after else faults.before)("put_path", TransientError("the answer was lost"))
    assert list(installation.watch().errors) == ["account 111111111111, Region us-east-1"]
    assert installation.told.news == [("alert", "PATH_SILENT")]
    for _ in range(2):
        assert installation.watch().silent == 1
    assert installation.told.news == [("alert", "PATH_SILENT")] * (1 if after else 2)


def test_an_old_heartbeat_makes_nobody_known() -> None:
    installation = Installation()
    sent = installation.clock.now()
    installation.clock.advance(minutes=16)
    installation._watch().heartbeat(Heartbeat("old", *HERE, sent))
    assert installation.registry.stored == {}
    assert installation.told.news == []


def test_a_role_that_refuses_is_told_and_counted_until_it_lets_us_in() -> None:
    installation = known()
    installation.services.denied.add(WEB.account)
    installation.sweep()
    assert ("alert", "ROLE_REFUSED") in installation.told.news
    assert installation.watch().silent == 1
    installation.orders.waiting.clear()
    installation.services.denied.clear()
    installation.sweep()
    assert installation.watch().silent == 0


@pytest.mark.parametrize("after", [False, True], ids=["before its effect", "after its effect"])
def test_a_role_that_refuses_is_told_though_it_can_not_be_written_down(*, after: bool) -> None:
    installation = known()
    installation.services.denied.add(WEB.account)
    installation.watch()
    [order] = [order for order in installation.orders.waiting if order.account == WEB.account]
    faults = installation.registry.faults
    (faults.after if after else faults.before)("put_path", Crash(), skip=1)
    installation.told.clear()
    with pytest.raises(Crash):
        installation.carry_out(order)
    for _ in range(2):
        installation.carry_out(order)
    assert installation.told.lines == [("alert", "ROLE_REFUSED")] * (1 if after else 2) + [
        ("ignore", "ROLE_REFUSED")
    ] * (2 if after else 1)


def test_a_heartbeat_and_a_sweep_that_write_at_once_both_count() -> None:
    installation = known()
    installation.clock.advance(minutes=5)
    installation.registry.faults.before("put_path", lambda: installation.hear(*HERE), skip=1)
    installation.sweep()
    path = installation.registry.stored[HERE]
    assert path.heard_at == installation.clock.now()
    assert path.swept_at == installation.clock.now()


def test_conflicts_without_end_leave_it_to_later() -> None:
    installation = known()
    installation.clock.advance(minutes=5)
    for _ in range(9):
        installation.registry.faults.before("put_path", ConflictError("written by another worker"))
    with pytest.raises(BusyError, match="Region us-east-1"):
        installation.hear(*HERE)


def test_one_account_that_cannot_be_read_holds_up_no_other() -> None:
    installation = known()
    installation.registry.faults.before("path", TransientError("timed out"))
    watch = installation.watch()
    assert (watch.ordered, len(watch.errors)) == (1, 1)


def test_no_second_sweep_is_ordered_while_one_is_under_way() -> None:
    installation = known()
    path = installation.registry.stored[HERE]
    until = installation.clock.now().replace(minute=30)
    installation.registry.stored[HERE] = replace(path, sweep="other", sweep_until=until)
    installation.watch()
    assert [order.account for order in installation.orders.waiting] == [OTHER.account]


def test_an_offboarded_account_is_not_known_again_by_the_heartbeats_of_its_last_day() -> None:
    installation = known()
    path = installation.registry.path(*HERE)
    installation.registry.put_path(path.offboarded(installation.clock.now()))
    assert HERE not in list(installation.registry.paths())
    installation.clock.advance(hours=23)
    installation.hear(*HERE)
    assert installation.told.last == ("ignore", "ACCOUNT_LEFT")
    assert HERE not in list(installation.registry.paths())
    installation.clock.advance(hours=2)
    installation.hear(*HERE)
    assert installation.told.last == ("report", "PATH_HEARD")
    assert HERE in list(installation.registry.paths())
    assert installation.registry.path(*HERE).offboarded_at is None


def test_a_heartbeat_of_an_account_whose_offboarding_was_undone() -> None:
    installation = known()
    offboarded = installation.registry.put_path(installation.registry.path(*HERE).offboarded(installation.clock.now()))
    installation.registry.put_path(offboarded.known_again())
    installation.clock.advance(minutes=5)
    installation.hear(*HERE)
    assert HERE in list(installation.registry.paths())


def test_a_sweep_of_an_account_that_is_offboarded_meanwhile_does_not_bring_it_back() -> None:
    installation = known()
    path = installation.registry.path(*HERE)
    installation.registry.put_path(path.offboarded(installation.clock.now()))
    installation.sweep()
    assert all(account != HERE[0] for _, account in installation.services.calls)
