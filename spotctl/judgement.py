"""What would be decided about a service right now, by the functions' own decisions. Reads, and changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from spot_failover.core.decision import Decision, Situation
from spot_failover.core.event_decision import (
    decide_event,
    new_providers,
    observes,
    provider_missing,
    screen,
    screen_record,
    service_gone,
)
from spot_failover.core.events import Event, OperatorFailover, PlacementFailure, SilentShortage
from spot_failover.core.execution import Execution
from spot_failover.core.policy import Policy
from spot_failover.core.pool import Pool
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Record
from spot_failover.core.restore_decision import decide_restore
from spot_failover.core.service import LiveService
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.task import Task
from spot_failover.core.transitions import bring_forward
from spot_failover.flow.pool_book import PoolBook, pool_keys
from spot_failover.flow.worker import MAX_STEPS
from spotctl import installation as clock
from spotctl.exits import Exit
from spotctl.installation import Installation, new_id


@dataclass(frozen=True)
class Look:
    """A service at one moment, with all that decisions look at."""

    key: ServiceKey
    policy: Policy
    record: Record
    live: LiveService | None
    """None: it does not exist, or is not ACTIVE."""
    tasks: tuple[Task, ...] = ()
    attached: frozenset[str] = frozenset()
    """Capacity providers of its cluster."""
    pools: tuple[Pool, ...] = ()
    execution: Execution | None = None
    """Of the record's intent, where its task set is replaced."""


@dataclass(frozen=True)
class Step:
    """One decision."""

    decision: Decision
    observed: bool

    @property
    def action(self) -> str:
        """As logs name it."""
        changes = self.decision.record is not None or self.decision.action.changes_service
        return f"would_{self.decision.action}" if self.observed and changes else str(self.decision.action)


def look(installation: Installation, key: ServiceKey) -> Look:
    """Read everything about a service: its record first, as the functions do."""
    policy, record = installation.policy.of(key), installation.records.get(key)
    live = installation.services.describe([key])[key]
    if live is None or not live.active:
        return Look(key, policy, record, None)
    pools = tuple(installation.shared.pool(pool).at(clock.now()) for pool in pool_keys(record, policy))
    tasks, attached = installation.services.tasks(key), installation.services.attached_providers(key)
    execution = installation.worker().execution_of(record, live, policy)
    return Look(key, policy, record, live, tasks, attached, pools, execution)


def placement_failure(seen: Look) -> Event:
    """ECS tells right now that it can't place a Spot task."""
    now = clock.now()
    return PlacementFailure(new_id(), seen.key, "aws.ecs", now, now, providers=spot_of(seen))


def sweep(seen: Look) -> Event:
    """The sweep looks right now."""
    now = clock.now()
    return SilentShortage(new_id(), seen.key, "sweep", now, now)


def operator_failover(seen: Look, operator: str) -> OperatorFailover:
    """An operator asks right now."""
    now = clock.now()
    return OperatorFailover(
        new_id(),
        seen.key,
        "spotctl",
        now,
        now,
        synthetic=True,
        providers=spot_of(seen),
        cause=operator,
    )


def spot_of(seen: Look) -> tuple[str, ...]:
    """The Spot providers of the service; where it has none, of the policy: then the decision says so."""
    strategies = [seen.record.baseline] + ([seen.live.strategy] if seen.live is not None else [])
    active = {item.provider for each in strategies for item in each.active_among(seen.policy.spot_providers)}
    return tuple(sorted(active or seen.policy.spot_providers))


def on_event(seen: Look, event: Event) -> list[Step]:
    """What an event would lead to, step by step."""
    record, steps = seen.record, list[Step]()
    for _ in range(MAX_STEPS):
        decision = screen(event, seen.policy) or screen_record(event, record, seen.policy, clock.now())
        if decision is None and seen.live is None:
            decision = service_gone(record, clock.now())
        if decision is None and seen.live is not None:
            situation = Situation(
                seen.live,
                record,
                seen.policy,
                clock.now(),
                event=event,
                tasks=seen.tasks,
                execution=seen.execution,
            )
            decision = _attached(seen, decide_event(situation, event))
        if decision is None:
            return steps
        steps.append(Step(decision, observes(seen.policy, event, seen.live)))
        if not decision.again or decision.record is None:
            return steps
        record = decision.record
    return steps


def at_tick(installation: Installation, seen: Look, *, forward: bool = False) -> list[Step]:
    """What the restore tick would do now, or once its restore is brought forward; nothing without an open record."""
    record, steps = seen.record, list[Step]()
    if forward and record.phase == "failed_over":
        record = bring_forward(record, clock.now())
    for _ in range(MAX_STEPS):
        if not record.phase.open:
            return steps
        decision = _at_tick(installation, seen, record)
        steps.append(Step(decision, observes(seen.policy, None, seen.live)))
        if not decision.again or decision.record is None:
            return steps
        record = decision.record
    return steps


def _at_tick(installation: Installation, seen: Look, record: Record) -> Decision:
    if not seen.policy.enabled:
        return Decision(Action.IGNORE, Reason.DISABLED)
    if seen.live is None:
        return service_gone(record, clock.now())
    pools = seen.pools if record.phase == "failed_over" else ()
    probes = PoolBook(installation.worker()).probes(pools)
    situation = Situation(
        seen.live,
        record,
        seen.policy,
        clock.now(),
        tasks=seen.tasks,
        pools=pools,
        probes=probes,
        execution=seen.execution,
    )
    return _attached(seen, decide_restore(situation))


def _attached(seen: Look, decision: Decision) -> Decision:
    """As the worker does before it calls: a provider that the cluster lacks stops it."""
    if seen.live is None or not decision.action.changes_service or decision.action is Action.REDEPLOY:
        return decision
    missing = new_providers(seen.live, decision.target) - seen.attached
    return provider_missing(missing, seen.key.cluster) if missing else decision


def changing(steps: list[Step]) -> Step | None:
    """The step that would change the service."""
    return next((step for step in steps if step.decision.action.changes_service and not step.observed), None)


def not_done(steps: list[Step]) -> Exit:
    """How a command ends that these steps keep from changing anything."""
    return Exit.BUSY if any(step.decision.action is Action.RETRY for step in steps) else Exit.NOT_DONE
