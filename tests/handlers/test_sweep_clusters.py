"""One cluster that can't be looked at hides none of those behind it, and makes nobody believe that its account left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from spot_failover.core.errors import AccessDeniedError, RefusedError, TransientError, UnclearError
from spot_failover.core.record import Phase
from spot_failover.core.service import LiveService
from spot_failover.core.service_key import ServiceKey
from spot_failover.flow.sweep_flow import SweepError
from tests.doubles.builders import FALLBACK, WEB, service
from tests.doubles.installation import Installation
from tests.handlers.test_accounts_known import HERE

HIDDEN = replace(WEB, cluster="aaa")
BEHIND = replace(WEB, cluster="zzz")
CLUSTER = replace(HIDDEN, service="")


def short(*keys: ServiceKey) -> Installation:
    """Services that have been short for long enough, of an account that is heard."""
    installation = Installation().with_services(*(service(key=key) for key in keys))
    installation.hear()
    installation.services.lose_spot()
    installation.clock.advance(minutes=10)
    installation.told.clear()
    return installation


def sweep(installation: Installation, fails: str) -> None:
    """A whole sweep, whose last order tells what failed."""
    with pytest.raises(SweepError, match=rf"account 111111111111, Region us-east-1: .*: {fails}$"):
        installation.sweep()


def test_the_clusters_behind_one_that_is_denied_are_swept() -> None:
    installation = short(HIDDEN, BEHIND)
    installation.services.denied_clusters = {"aaa"}
    sweep(installation, "aaa")
    assert {update.key for update in installation.services.updates} == {BEHIND}
    assert installation.told.news == [("fail_over", "SILENT_SHORTAGE")]
    [(told, error)] = installation.told.errors
    assert (told, isinstance(error, AccessDeniedError)) == (CLUSTER, True)
    path = installation.registry.path(*HERE)
    assert (path.failed, path.refused_since, path.swept_at) == ("aaa", None, installation.clock.now())
    assert installation.watch().silent == 0


@pytest.mark.parametrize("operation", ["names", "describe"])
@pytest.mark.parametrize("kind", [AccessDeniedError, TransientError, UnclearError, RefusedError, KeyError])
def test_whatever_one_cluster_answers_the_next_sweep_looks_at_it_again(operation: str, kind: type[Exception]) -> None:
    installation = short(HIDDEN, BEHIND)
    installation.services.faults.before(operation, kind("of this cluster"))
    sweep(installation, "aaa")
    assert [update.key for update in installation.services.updates] == [BEHIND]
    installation.clock.advance(minutes=5)
    installation.sweep()
    assert [update.key for update in installation.services.updates] == [BEHIND, HIDDEN]
    assert installation.registry.path(*HERE).failed == ""


def test_a_role_that_is_lost_on_the_way_refuses_the_account() -> None:
    installation = short(HIDDEN, BEHIND)
    refused = AccessDeniedError("sts:AssumeRole: denied")
    refused.whole_account = True
    installation.services.faults.before("names", refused)
    installation.sweep()
    assert installation.told.news == [("alert", "ROLE_REFUSED")]
    assert installation.told.errors == []
    path = installation.registry.path(*HERE)
    assert path.refused_at == path.refused_since == installation.clock.now()


@pytest.mark.parametrize("nothing_at_all", [False, True], ids=["a cluster is denied", "its clusters are denied"])
def test_an_account_whose_role_lets_us_in_never_leaves_though_its_heartbeat_fails(*, nothing_at_all: bool) -> None:
    installation = short(HIDDEN, BEHIND)
    installation.sweep()
    installation.services.settle()
    assert installation.record(BEHIND).phase is Phase.FAILED_OVER
    # A service that must not be touched stays so for the days that follow.
    installation.records.store(
        replace(installation.record(BEHIND), due_at=installation.clock.now() + timedelta(days=3))
    )
    installation.services.denied_clusters = {"aaa", *([""] if nothing_at_all else [])}
    installation.told.clear()
    for _ in range(26 * 4):
        installation.clock.advance(minutes=15)
        try:
            installation.sweep()
        except SweepError:
            assert not nothing_at_all
    assert ("alert", "ACCOUNT_LEFT") not in installation.told.news
    assert installation.record(BEHIND).phase is Phase.FAILED_OVER
    assert installation.told.news.count(("alert", "ROLE_REFUSED")) == nothing_at_all
    assert installation.watch().silent == 1


def test_a_role_that_refuses_after_it_let_us_in_begins_its_day_anew() -> None:
    installation = short(WEB)
    installation.services.denied_clusters = {""}
    for _ in range(24 * 2):
        installation.clock.advance(minutes=30)
        installation.sweep()
    installation.services.denied.add(WEB.account)
    installation.sweep()
    begun = installation.clock.now()
    while ("alert", "ACCOUNT_LEFT") not in installation.told.news:
        installation.clock.advance(minutes=30)
        installation.sweep()
    assert installation.clock.now() - begun == timedelta(days=1)
    assert installation.told.news.count(("alert", "ROLE_REFUSED")) == 1


def slow(installation: Installation) -> None:
    """Every answer of DescribeServices takes half a minute."""
    describe = installation.services.describe

    def slowly(keys: Sequence[ServiceKey]) -> Mapping[ServiceKey, LiveService | None]:
        installation.clock.advance(seconds=30)
        return describe(keys)

    installation.services.describe = slowly  # type: ignore[method-assign]


def test_a_cluster_that_is_denied_behind_a_continuation_is_told_as_itself_and_looked_at_once_a_sweep() -> None:
    installation = Installation()
    keys = [replace(HIDDEN, service=f"web-{number:02}") for number in range(25)]
    middle = replace(WEB, cluster="mmm")
    installation.with_services(*(service(key=key) for key in (*keys, middle, BEHIND)))
    installation.services.denied_clusters = {"mmm"}
    slow(installation)
    for _ in range(3):
        installation.hear()
        installation.told.clear()
        installation.told.errors.clear()
        sweep(installation, "mmm")
        assert installation.told.news in ([], [("report", "PATH_HEARD")])
        assert [key for key, _ in installation.told.errors] == [replace(middle, service="")]
        assert installation.registry.path(*HERE).refused_since is None
        installation.clock.advance(minutes=5)


def test_an_order_that_goes_on_behind_a_denied_cluster_does_not_ask_it_again() -> None:
    installation = Installation()
    keys = [replace(BEHIND, service=f"web-{number:02}") for number in range(15)]
    installation.with_services(service(key=HIDDEN), *(service(key=key) for key in keys))
    installation.services.denied_clusters = {"aaa"}
    installation.hear()
    installation.services.faults.before("names", lambda: installation.clock.advance(minutes=1))
    installation.watch()
    installation.carry_out(installation.orders.waiting.pop())
    [rest] = installation.orders.waiting
    assert rest.after == "aaa/~"
    installation.orders.waiting.clear()
    with pytest.raises(SweepError, match=r"aaa$"):
        installation.carry_out(rest)
    assert [key for key, _ in installation.told.errors] == [CLUSTER]


def test_a_finding_in_a_cluster_that_hides_itself_for_a_while_is_told_once() -> None:
    installation = Installation().with_services(service(key=HIDDEN), service(key=BEHIND))
    installation.services.attached = frozenset({"FARGATE_SPOT"})
    installation.hear()
    installation.sweep()
    found = [("report", "FALLBACK_PROVIDER_MISSING")] * 2
    assert installation.told.news[1:] == found
    for denied in ({"aaa"}, set[str]()):
        installation.services.denied_clusters = denied
        installation.clock.advance(minutes=5)
        if denied:
            sweep(installation, "aaa")
        else:
            installation.sweep()
    assert installation.told.news[1:] == found


def test_a_cluster_that_is_out_of_scope_is_not_asked() -> None:
    installation = short(HIDDEN, BEHIND)
    scope = replace(installation.policy.scope, clusters=("zzz",))
    installation.policy = replace(installation.policy, scope=scope)
    installation.services.denied_clusters = {"aaa"}
    installation.sweep()
    assert installation.strategy(BEHIND) == FALLBACK
