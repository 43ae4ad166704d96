"""Intents whose execution has ended one way or another, of a service with the EXTERNAL controller."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from spot_failover.core.decision import Decision, Situation
from spot_failover.core.events import Event
from spot_failover.core.execution import Execution, ExecutionState
from spot_failover.core.execution_table import by_execution
from spot_failover.core.policy import Policy, TaskSetPolicy
from spot_failover.core.reason import Reason
from spot_failover.core.record import Phase, Record
from spot_failover.core.service import Deployment, LiveService
from spot_failover.core.strategy import Strategy
from tests.doubles.builders import FALLBACK, SPOT, deployment, service
from tests.doubles.clock import START
from tests.unit.records import record

NAME = "spot-failover-web"
POLICY = Policy(task_set=TaskSetPolicy(enabled=True))
PHASES = (Phase.FAILING_OVER, Phase.RESTORING)
SOURCE = {Phase.FAILING_OVER: SPOT, Phase.RESTORING: FALLBACK}
TARGET = {Phase.FAILING_OVER: FALLBACK, Phase.RESTORING: SPOT}
SECOND = deployment(FALLBACK, id="ecs-svc/second", status="ACTIVE", running=0, created_at=START - timedelta(minutes=5))
REPLACED = replace(SECOND, id="ecs-svc/replaced", created_at=START - timedelta(hours=2))
"""Older than the primary: only its end is missing."""
LEFT_BEHIND = frozenset({Reason.TASK_SET_LEFT})


def intent(phase: Phase, *, started: datetime | None = START, **changed: Any) -> Record:
    found = replace(record(phase), execution=NAME, execution_at=started, phase_since=START - timedelta(minutes=9))
    return replace(found, **changed)


def live(strategy: Strategy, *more: Deployment, running: int = 2, told: tuple[datetime, ...] = ()) -> LiveService:
    current = deployment(strategy, id="ecs-svc/current", running=running, created_at=START - timedelta(hours=1))
    return service(current, *more, controller="EXTERNAL", capacity_messages=told)


def ended(state: ExecutionState = ExecutionState.FAILED, error: str = "", *, ago: float = 120) -> Execution:
    return Execution(NAME, state, START - timedelta(seconds=ago), error, "because")


def situation(of: Record, at: LiveService, execution: Execution | None = None, event: Event | None = None) -> Situation:
    return Situation(at, of, POLICY, START, execution=execution, event=event)


def decided(phase: Phase, execution: Execution, **changed: Any) -> Decision:
    found = by_execution(situation(intent(phase, **changed), live(SOURCE[phase]), execution))
    assert found is not None
    assert found.note
    return found
