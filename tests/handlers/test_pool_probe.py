"""Where a pool has a probe service, its restores wait until the probe's task has run for a while."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spot_failover.core.errors import AccessDeniedError, RefusedError, SpotFailoverError, TransientError
from spot_failover.core.pool import PROBE_KEPT
from spot_failover.core.record import Phase
from spot_failover.flow.sweep_flow import SweepError
from tests.doubles.builders import FALLBACK, SPOT, WEB, deployment, failure, service
from tests.doubles.fleet import POOL
from tests.doubles.installation import Installation

PROBE = replace(WEB, cluster="probes", service="spot-probe")
TAGS = {"spot-failover:probe": "true"}


def probed() -> Installation:
    """A service that has failed over, and the probe of its pool without its task."""
    one = deployment(SPOT, desired=1, running=1)
    installation = Installation().with_services(service(), service(one, key=PROBE, desired=1, tags=TAGS))
    installation.hear()
    installation.sweep()
    installation.services.lose_spot()
    installation.deliver(failure(WEB, time=installation.clock.now()))
    installation.services.settle()
    installation.told.clear()
    return installation


def run_probe(installation: Installation) -> None:
    """Spot is back: the probe's task runs from now on."""
    installation.services.spot = True
    runs = deployment(SPOT, desired=1, running=1, created_at=installation.clock.now())
    installation.services.add(service(runs, key=PROBE, desired=1, tags=TAGS))


def tick_for(installation: Installation, minutes: int) -> None:
    for _ in range(0, minutes, 5):
        installation.clock.advance(minutes=5)
        installation.hear()
        installation.sweep()
        installation.tick()
        installation.services.settle()


def test_no_restore_begins_before_the_probe_has_run_for_long_enough() -> None:
    installation = probed()
    tick_for(installation, 60)
    assert installation.strategy() == FALLBACK
    assert ("wait", "PROBE_WAITING") in installation.told.lines
    run_probe(installation)
    tick_for(installation, 5)
    assert installation.strategy() == FALLBACK
    tick_for(installation, 20)
    assert installation.strategy() == SPOT
    assert installation.record().phase is Phase.CLOSED


def test_the_probe_itself_is_never_switched() -> None:
    installation = probed()
    installation.deliver(failure(PROBE, time=installation.clock.now()))
    assert installation.told.last == ("ignore", "PROBE")
    tick_for(installation, 30)
    assert {update.key for update in installation.services.updates} == {WEB}


def test_a_probe_that_is_gone_holds_up_nothing_for_long() -> None:
    installation = probed()
    del installation.services.live[PROBE]
    installation.services.spot = True
    tick_for(installation, 60)
    assert installation.strategy() == FALLBACK
    assert installation.told.errors == []
    tick_for(installation, int(PROBE_KEPT.total_seconds()) // 60)
    assert installation.strategy() == SPOT


@pytest.mark.parametrize("error", [AccessDeniedError("ecs:ListTasks: denied"), TransientError("throttled")])
def test_a_probe_that_can_not_be_looked_at_is_waited_for_and_fails_no_record(error: SpotFailoverError) -> None:
    installation = probed()
    run_probe(installation)
    installation.clock.advance(minutes=30)
    installation.services.faults.before("tasks", error)
    tick = installation.tick()
    assert (tick.handled, tick.errors) == (1, {})
    assert installation.told.last == ("wait", "PROBE_WAITING")
    assert installation.told.errors == [(PROBE, error)]
    tick_for(installation, 15)
    assert installation.strategy() == SPOT
    assert len(installation.told.errors) == 1


def test_a_probe_that_can_not_be_looked_at_is_told_once_a_tick_however_many_wait_for_it() -> None:
    installation = probed()
    for name in ("a", "b"):
        key = replace(WEB, service=name)
        installation.services.add(service(key=key))
        installation.services.lose_spot()
        installation.deliver(failure(key, event_id=f"failure-{name}", time=installation.clock.now()))
    installation.services.settle()
    run_probe(installation)
    installation.services.denied_clusters = {PROBE.cluster}
    installation.clock.advance(minutes=30)
    for ticks in (1, 2):
        tick = installation.tick()
        assert (tick.handled, tick.errors) == (3, {})
        assert [key for key, _ in installation.told.errors] == [PROBE] * ticks
        installation.clock.advance(minutes=30)


def test_what_is_kept_of_a_probe_s_pool_stops_no_sweep() -> None:
    installation = probed()
    installation.shared.faults.before("pool", RefusedError("its item can't be read"))
    installation.watch()
    [order] = installation.orders.waiting
    with pytest.raises(SweepError, match="probes/spot-probe"):
        installation.carry_out(order)
    assert installation.told.lines[-1] == ("report", "SWEPT")


def test_the_sweep_writes_it_down_now_and_then_only() -> None:
    installation = probed()
    version = installation.shared.pools[POOL].version
    for _ in range(3):
        installation.sweep()
    assert installation.shared.pools[POOL].version == version
    assert installation.shared.pools[POOL].probe == PROBE.record_id
