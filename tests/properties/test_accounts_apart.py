"""Whatever happens in one account: another's services are switched when and as they would be without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from spot_failover.core.policy import Policy
from spot_failover.core.service import ServiceEvent
from spot_failover.core.service_key import ServiceKey
from tests.doubles.builders import API, MIXED, NO_CAPACITY, SPOT, WEB, deployment, failure, interruption, service
from tests.doubles.installation import Installation

OTHER = replace(WEB, account="222222222222")
"""Of the same names in the same Region: nothing but the account tells it from the first."""
POLICY = Policy(max_failovers_per_hour=2)
"""With a limit too: it is each account's own."""
HAPPENINGS = ("goes", "returns", "fails", "notice", "next", "later")
STEPS = st.lists(
    st.tuples(st.sampled_from((WEB, API, OTHER)), st.sampled_from(HAPPENINGS)),
    min_size=20,
    max_size=40,
)
Switch = tuple[float, ServiceKey, str]


def play(steps: Sequence[tuple[ServiceKey, str]], accounts: set[str]) -> list[Switch]:
    """What is switched in the account of `WEB`, and when, if all that happens elsewhere than in these does not."""
    installation = Installation(POLICY).with_services(
        *(service(deployment(strategy), key=key) for key, strategy in ((WEB, SPOT), (API, MIXED), (OTHER, SPOT)))
    )
    clock, live, switches = installation.clock, installation.services.live, list[Switch]()
    installation.services.watch = lambda update: switches.append(
        (clock.now().timestamp(), update.key, str(update.strategy))
    )
    for number, (key, what) in enumerate(steps):
        if what in {"next", "later"}:
            clock.advance(minutes=5 if what == "next" else 45)
            installation.tick()
        elif key.account in accounts:
            _happens(installation, key, what, f"event-{number}")
    assert live[WEB].active
    return [switch for switch in switches if switch[1].account == WEB.account]


def _happens(installation: Installation, key: ServiceKey, what: str, event_id: str) -> None:
    now, live = installation.clock.now(), installation.services.live
    match what:
        case "goes":
            gone = tuple(
                replace(one, running=0, pending=0) if one.strategy.active_among({"FARGATE_SPOT"}) else one
                for one in live[key].deployments
            )
            events = (ServiceEvent(now, NO_CAPACITY), *live[key].events)
            running = sum(one.running for one in gone)
            live[key] = replace(live[key], deployments=gone, events=events, running=running, pending=0)
        case "returns":
            whole = replace(live[key].deployments[0], rollout_state="COMPLETED", running=4, pending=0)
            live[key] = replace(live[key], deployments=(whole,), running=4, pending=0)
        case "fails":
            installation.deliver(failure(key, time=now, event_id=event_id))
        case _:
            installation.deliver(interruption(key, time=now, event_id=event_id))


@settings(max_examples=100)
@given(STEPS)
def test_no_account_decides_about_anothers_services(steps: Sequence[tuple[ServiceKey, str]]) -> None:
    alone = play(steps, {WEB.account})
    assert play(steps, {WEB.account, OTHER.account}) == alone
