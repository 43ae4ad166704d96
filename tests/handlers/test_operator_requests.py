"""What an operator asks for goes through the same decisions, leases and versions as everything else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from spot_failover.core.errors import BusyError
from spot_failover.core.events import OperatorFailover
from spot_failover.core.policy import Mode, Policy
from spot_failover.core.reason import Reason
from spot_failover.core.record import Lease, Phase
from spot_failover.core.transitions import hold_by_operator
from tests.doubles.builders import FALLBACK, SPOT, WEB, deployment, failure, service
from tests.doubles.installation import Installation

ANNA = "arn:aws:iam::123456789012:user/anna"


def asked(installation: Installation, *, report_only: bool = False) -> OperatorFailover:
    now = installation.clock.now()
    return OperatorFailover(
        "request-1",
        WEB,
        "spotctl",
        now,
        now,
        synthetic=True,
        report_only=report_only,
        providers=("FARGATE_SPOT",),
        cause=ANNA,
    )


def whole(policy: Policy | None = None) -> Installation:
    return Installation(policy or Policy()).with_services(service(deployment(SPOT)))


def proving() -> Installation:
    installation = whole()
    installation.services.lose_spot()
    installation.deliver(failure())
    installation.services.settle()
    installation.services.spot = True
    installation.clock.advance(minutes=5)
    installation.tick()
    assert installation.record().phase is Phase.PROVING
    return installation


def test_a_service_that_is_whole_fails_over_and_its_record_tells_who_asked() -> None:
    installation = whole()
    assert installation.deliver(asked(installation)) == [None]
    assert installation.strategy() == FALLBACK
    assert installation.record().reason == Reason.OPERATOR_REQUEST
    assert installation.record().event["cause"] == ANNA
    assert installation.record().baseline == SPOT


def test_it_comes_back_like_any_other() -> None:
    installation = whole()
    installation.deliver(asked(installation))
    installation.services.settle()
    installation.clock.advance(minutes=5)
    installation.tick()
    assert installation.strategy() == SPOT


@pytest.mark.parametrize("policy", [Policy(enabled=False), Policy(mode=Mode.OBSERVE)])
def test_neither_the_kill_switch_nor_observe_mode_is_passed_by(policy: Policy) -> None:
    installation = whole(policy)
    installation.deliver(asked(installation))
    assert installation.switches == []


def test_a_dry_run_tells_and_writes_nothing() -> None:
    installation = whole()
    installation.deliver(asked(installation, report_only=True))
    assert installation.told.last == ("would_fail_over", "OPERATOR_REQUEST")
    assert installation.switches == []
    assert installation.record().version == 0


def test_a_handler_that_holds_the_lease_goes_first() -> None:
    installation = whole()
    lease = Lease("request-of-a-function", installation.clock.now() + timedelta(seconds=30))
    installation.records.store(replace(installation.record(), phase=Phase.CLOSED, lease=lease, version=3))
    (error,) = installation.deliver(asked(installation))
    assert isinstance(error, BusyError)
    assert installation.switches == []


def test_a_restore_that_is_proving_is_taken_back_and_the_pool_learns_nothing_of_it() -> None:
    installation = proving()
    installation.deliver(asked(installation))
    assert installation.strategy() == FALLBACK
    assert installation.record().reason == Reason.OPERATOR_REQUEST
    installation.services.settle()
    installation.clock.advance(minutes=1)
    installation.tick()
    assert not any(pool.open for pool in installation.shared.pools.values())


def test_an_operator_s_hold_outlives_a_restore_that_was_proving() -> None:
    installation = proving()
    now = installation.clock.now()
    held = hold_by_operator(installation.record(), ANNA, now + timedelta(days=1), now)
    installation.records.put(held)
    installation.services.settle()
    installation.clock.advance(minutes=1)
    installation.tick()
    assert installation.record().phase is Phase.CLOSED
    installation.services.lose_spot()
    installation.clock.advance(minutes=1)
    installation.deliver(failure(event_id="failure-2", time=installation.clock.now()))
    assert installation.told.last == ("ignore", "HELD")


def test_under_an_operator_s_hold_an_intent_is_finished() -> None:
    installation = whole()
    now = installation.clock.now()
    installation.deliver(asked(installation))
    intent = replace(installation.record(), phase=Phase.FAILING_OVER, due_at=now)
    installation.records.store(hold_by_operator(intent, ANNA, now + timedelta(days=1), now))
    installation.tick()
    assert installation.record().phase is Phase.FAILED_OVER
    installation.services.settle()
    installation.clock.advance(hours=3)
    installation.tick()
    assert installation.strategy() == FALLBACK
    assert installation.told.last == ("wait", "HELD")
