"""What must not be touched: kill switch, observe mode, scope, synthetic events from the central account."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spot_failover.core.events import Event
from spot_failover.core.policy import AccountOverride, InterruptionPolicy, InterruptionResponse, Mode, Policy
from spot_failover.core.record import Phase, Record
from spot_failover.core.strategy import Strategy
from tests.doubles.builders import FALLBACK, OTHER, SPOT, WEB, deployment, failure, interruption, service
from tests.doubles.installation import Installation

REDEPLOY = InterruptionPolicy(response=InterruptionResponse.REDEPLOY)


def shortage(policy: Policy) -> Installation:
    installation = Installation(policy).with_services(service(deployment(SPOT)), service(deployment(SPOT), key=OTHER))
    installation.services.lose_spot()
    return installation


def assert_only_counted(installation: Installation) -> None:
    """Interruptions are counted in any mode; nothing else is written."""
    assert installation.switches == []
    for record in installation.records.history:
        counted = Record(record.key, interrupted=record.interrupted, version=1, expires_at=record.expires_at)
        assert record == counted


def test_the_kill_switch_calls_nothing_and_open_intents_wait() -> None:
    installation = shortage(Policy())
    installation.deliver(failure())
    installation.clock.advance(minutes=5)
    calls = len(installation.services.calls)
    installation.policy = Policy(enabled=False)
    before = installation.record()
    assert installation.deliver(failure(), interruption()) == [None, None]
    installation.tick()
    assert {reason for _, reason in installation.told.lines[1:]} == {"DISABLED"}
    assert len(installation.services.calls) == calls
    assert installation.record() == before


def test_the_kill_switch_of_one_account_leaves_the_others_on() -> None:
    installation = shortage(Policy(account_overrides={WEB.account: AccountOverride(enabled=False)}))
    installation.deliver(failure(WEB), failure(OTHER))
    assert [update.key for update in installation.services.updates] == [OTHER]


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (failure(), ("would_fail_over", "FAILED_OVER")),
        (interruption(), ("would_fail_over", "INTERRUPTED_SHORT")),
        (failure(providers=("X",)), ("ignore", "NOT_SPOT")),
    ],
)
def test_observe_mode_tells_the_same_and_changes_nothing(event: Event, told: tuple[str, str]) -> None:
    installation = shortage(Policy(mode=Mode.OBSERVE))
    assert installation.deliver(event) == [None]
    assert installation.told.lines == [told]
    assert_only_counted(installation)


def test_observe_mode_sees_the_same_obstacles() -> None:
    installation = shortage(Policy(mode=Mode.OBSERVE))
    installation.services.attached = frozenset({"FARGATE_SPOT"})
    installation.deliver(failure())
    assert installation.told.lines == [("alert", "FALLBACK_PROVIDER_MISSING")]


def test_observe_mode_by_tag() -> None:
    installation = shortage(Policy())
    installation.services.live[WEB] = replace(installation.services.live[WEB], tags={"spot-failover:mode": "observe"})
    installation.deliver(failure())
    assert installation.told.lines == [("would_fail_over", "FAILED_OVER")]
    assert installation.records.history == []


def test_observe_mode_after_a_failover_writes_nothing_more() -> None:
    installation = shortage(Policy())
    installation.deliver(failure())
    installation.services.settle()
    installation.policy = Policy(mode=Mode.OBSERVE)
    before = installation.record()
    installation.clock.advance(minutes=5)
    installation.tick()
    installation.deliver(failure(providers=("FARGATE",), event_id="failure-2", time=installation.clock.now()))
    del installation.services.live[WEB]
    installation.tick()
    assert installation.told.lines[1:] == [
        ("would_restore", "RESTORE_STARTED"),
        ("would_alert", "FALLBACK_SHORT"),
        ("would_close", "SERVICE_GONE"),
    ]
    assert installation.record() == before


def test_observed_redeployments() -> None:
    installation = shortage(Policy(mode=Mode.OBSERVE, interruption=REDEPLOY))
    installation.deliver(interruption(), interruption())
    assert installation.told.lines == [("would_redeploy", "REDEPLOYED")] * 2
    assert_only_counted(installation)


def test_a_synthetic_event_switches_a_whole_service() -> None:
    installation = Installation().with_services(service())
    installation.deliver(failure(synthetic=True))
    assert installation.switches == [FALLBACK]
    assert "intended_tasks" not in {operation for operation, _ in installation.services.calls}


@pytest.mark.parametrize("providers", [("FARGATE_SPOT",), ("FARGATE",)])
@pytest.mark.parametrize("phase", [Phase.CLOSED, Phase.FAILED_OVER])
@pytest.mark.parametrize("gone", [True, False])
def test_a_synthetic_event_of_the_central_account_only_reports(
    providers: tuple[str, ...], phase: Phase, *, gone: bool
) -> None:
    installation = shortage(Policy())
    if phase is Phase.FAILED_OVER:
        installation.deliver(failure())
    if gone:
        del installation.services.live[WEB]
    before, switched = installation.record(), len(installation.switches)
    installation.deliver(failure(synthetic=True, report_only=True, providers=providers))
    assert installation.record() == before
    assert len(installation.switches) == switched
    action, reason = installation.told.last
    assert action.startswith("would_") or (action == "ignore" and reason in {"NOT_SPOT", "SERVICE_GONE", "STALE_EVENT"})


def test_a_synthetic_event_that_is_out_of_date_is_stale_all_the_same() -> None:
    installation = shortage(Policy())
    installation.deliver(failure(synthetic=True))
    installation.services.owner_sets(WEB, SPOT)
    installation.clock.advance(minutes=5)
    installation.tick()
    installation.deliver(failure(synthetic=True))
    assert installation.told.last == ("ignore", "STALE_EVENT")


@pytest.mark.parametrize("count", [1, 3])
def test_redeploy_is_made_once_however_many_tasks_are_interrupted(count: int) -> None:
    installation = Installation(Policy(interruption=REDEPLOY)).with_services(service())
    installation.deliver(*(interruption(event_id=f"interruption-{number}") for number in range(count)))
    assert installation.switches == [None]
    reasons = [reason for _, reason in installation.told.lines]
    assert reasons == ["REDEPLOYED"] + ["REDEPLOY_TOO_SOON"] * (count - 1)
    assert installation.record().phase is Phase.CLOSED


def test_the_response_of_the_tag_holds_for_the_whole_batch() -> None:
    tags = {"spot-failover:interruption-response": "redeploy"}
    installation = Installation().with_services(service(tags=tags))
    installation.services.interrupt(WEB, 2)
    installation.deliver(interruption(), interruption(event_id="interruption-2"))
    assert installation.switches == [None]
    assert installation.told.last == ("ignore", "REDEPLOY_TOO_SOON")


def test_response_none_only_counts() -> None:
    policy = Policy(interruption=InterruptionPolicy(response=InterruptionResponse.NONE))
    installation = shortage(policy)
    installation.deliver(interruption())
    assert installation.told.lines == [("ignore", "RESPONSE_NONE")]
    assert installation.switches == []


@pytest.mark.parametrize("strategy", [Strategy(), Strategy.of(("FARGATE", 1, 0))])
def test_services_without_spot_are_never_written_down(strategy: Strategy) -> None:
    installation = Installation().with_services(service(deployment(strategy, running=0)))
    installation.deliver(failure(), interruption())
    assert {reason for _, reason in installation.told.lines} == {"NO_ACTIVE_SPOT"}
    assert installation.records.history == []
