"""Records in every phase, of the service `web` on Spot alone."""

from __future__ import annotations

from datetime import timedelta

from spot_failover.core.record import Phase, Record
from spot_failover.core.service import Deployment
from tests.doubles.builders import FALLBACK, SPOT, WEB, deployment, failure
from tests.doubles.clock import START

SWITCHED_AT = START - timedelta(minutes=20)
BEFORE = SWITCHED_AT - timedelta(hours=5)
AFTER = SWITCHED_AT + timedelta(minutes=5)


def record(phase: Phase) -> Record:
    """A record whose last confirmed switch was 20 minutes ago."""
    return Record(
        WEB,
        phase=phase,
        baseline=SPOT,
        fallback=FALLBACK,
        reason="FAILED_OVER",
        version=3,
        deployment_id="ecs-svc/ours",
        switched_at=SWITCHED_AT,
        desired_at_switch=4,
        due_at=START if phase.open else None,
        event=failure(event_id="failure-0").to_record(),
    )


def ours(rollout_state: str | None = "COMPLETED", *, running: int = 4) -> Deployment:
    """The deployment that our failover made."""
    return deployment(FALLBACK, id="ecs-svc/ours", rollout_state=rollout_state, created_at=SWITCHED_AT, running=running)
