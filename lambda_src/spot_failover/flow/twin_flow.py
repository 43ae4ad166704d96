"""Looks at a primary with its on-demand twin, and carries out what is decided.

A call is announced in the twin's state with the count to ask for, under a lease. Whoever comes after a crash counts
anew and asks for what is right then: a count can be asked for twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from spot_failover.core.decision import Decision, Situation
from spot_failover.core.errors import (
    AccessDeniedError,
    BusyError,
    ConflictError,
    SpotFailoverError,
    TransientError,
    UnclearError,
)
from spot_failover.core.event_decision import observes
from spot_failover.core.events import Event
from spot_failover.core.phase_table import taken_back
from spot_failover.core.policy import Method, Policy
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Record
from spot_failover.core.service import LiveService
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.tags import service_wishes
from spot_failover.core.task import Task
from spot_failover.core.twin import TwinDecision, TwinSituation, decide_twin
from spot_failover.core.twin_state import TwinState
from spot_failover.flow.reading import FRESH
from spot_failover.flow.report import Outcome, Reporter
from spot_failover.flow.worker import Worker

MAX_CONFLICTS = 3
"""How often a look is taken anew because somebody else wrote the state; then it is left to a later delivery or tick."""


@dataclass(frozen=True)
class _Seen:
    """What one look at ECS showed; it holds while the state stays as it was, and for no longer than `FRESH`."""

    version: int
    read_at: datetime
    tasks: tuple[Task, ...]
    twins: dict[str, LiveService]
    """Those that exist and are ACTIVE, by name."""


def by_twin(live: LiveService | None, record: Record, policy: Policy, now: datetime) -> bool:
    """Whether a service is moved to on-demand by its twin: what the strategy's method began is finished first."""
    if live is None or not live.active or record.phase.open or record.leased(now) or taken_back(live, record, now):
        return False
    return service_wishes(live.tags, policy).method is Method.FAILOVER_SERVICE


class TwinFlow:
    """The twins of one invocation."""

    def __init__(self, worker: Worker, policy: Policy, reporter: Reporter) -> None:
        self._worker = worker
        self._policy = policy
        self._reporter = reporter
        self._seen: dict[ServiceKey, _Seen] = {}

    def on_event(self, live: LiveService, record: Record, event: Event) -> Outcome:
        """Decide about an event of a service with a twin.

        Raises
        ------
        ConflictError
            Somebody else wrote the state: look again.
        BusyError, TransientError, AccessDeniedError, RefusedError
            Not done; the event has to come again.
        """
        return self._decide(self._worker.twins.get(live.key), live, record, event)

    def look(self, key: ServiceKey, event: Event | None = None) -> Outcome:
        """Follow a twin that is at work; errors as `on_event`, but for ConflictError."""
        for _ in range(MAX_CONFLICTS):
            try:
                return self._look(key, event)
            except ConflictError:
                continue
        raise BusyError(f"{key}: the state of its twin was written by others {MAX_CONFLICTS} times in a row")

    def _look(self, key: ServiceKey, event: Event | None) -> Outcome:
        state = self._worker.twins.get(key)
        if not state.active:
            outcome = Outcome(key, Decision(Action.IGNORE, Reason.TWIN_IDLE), event=event)
            self._reporter.outcome(outcome)
            return outcome
        record = self._worker.records.get(key)
        live = self._worker.services.describe([key])[key]
        return self._decide(state, live if live is not None and live.active else None, record, event)

    def _decide(self, state: TwinState, live: LiveService | None, record: Record, event: Event | None) -> Outcome:
        situation = self._situation(state, live, record, event)
        decision = decide_twin(situation)
        if decision.count is not None and self._policy.twin.enabled:
            situation, decision = self._asked(situation, decision)
        if decision.action is Action.RETRY:
            raise BusyError(f"{state.primary}: its twin is being scaled: left to a later delivery or tick")
        outcome = self._carry_out(situation, decision, event)
        self._reporter.outcome(outcome)
        if situation.left and not outcome.observed and decision.state is not None and decision.state.twin != state.twin:
            note = f"{state.twin} was its twin, has {situation.left} tasks and is no more tagged so: left as it is"
            self._reporter.outcome(Outcome(state.primary, Decision(Action.ALERT, Reason.TWIN_UNUSABLE, note=note)))
        return outcome

    def _situation(
        self, state: TwinState, live: LiveService | None, record: Record, event: Event | None
    ) -> TwinSituation:
        policy, now = self._policy.of(state.primary), self._worker.now()
        wished = service_wishes(live.tags, policy).twin if live is not None else state.twin
        seen = self._ecs(state, live, {name for name in (wished, state.twin) if name})
        before = seen.twins.get(state.twin)
        tasks = before.desired if before is not None and state.active and state.twin != wished else 0
        ours = before is not None and service_wishes(before.tags, policy).twin == state.primary.service
        name, left = (state.twin, 0) if tasks and ours else (wished, tasks)
        primary = None
        if live is not None:
            primary = Situation(live, record, policy, now, event=event, tasks=seen.tasks)
        return TwinSituation(state, policy, now, primary, name=name, twin=seen.twins.get(name), left=left)

    def _ecs(self, state: TwinState, live: LiveService | None, names: set[str]) -> _Seen:
        key, now = state.primary, self._worker.now()
        seen = self._seen.get(key)
        if seen is not None and seen.version == state.version and now - seen.read_at <= FRESH:
            return seen
        services = self._worker.services
        tasks = services.tasks(key) if live is not None else ()
        keys = [replace(key, service=name) for name in sorted(names - {key.service})]
        found = services.describe(keys) if keys else {}
        twins = {each.service: twin for each, twin in found.items() if twin is not None and twin.active}
        self._seen[key] = _Seen(state.version, now, tasks, twins)
        return self._seen[key]

    def _asked(self, situation: TwinSituation, decision: TwinDecision) -> tuple[TwinSituation, TwinDecision]:
        """Before a twin is scaled: whether anything else scales it."""
        try:
            autoscaled = self._worker.autoscaling.scaled(replace(situation.state.primary, service=situation.name))
        except AccessDeniedError as error:
            if decision.count is not None and decision.count < situation.current:
                return situation, decision  # whoever switches the method off takes this right away first
            state, now = situation.state, situation.now
            note = f"failover_service has to be on where the account is onboarded: {error}"
            if not state.may_tell(Reason.TWIN_UNUSABLE, now):
                return situation, TwinDecision(Action.IGNORE, Reason.TWIN_UNUSABLE, note=f"told already: {note}")
            told = state.telling(Reason.TWIN_UNUSABLE, now)
            return situation, TwinDecision(Action.ALERT, Reason.TWIN_UNUSABLE, state=told, note=note)
        situation = replace(situation, autoscaled=autoscaled)
        return situation, decide_twin(situation) if autoscaled else decision

    def _carry_out(self, situation: TwinSituation, decision: TwinDecision, event: Event | None) -> Outcome:
        key, policy, primary = situation.state.primary, situation.policy, situation.primary
        extra: dict[str, str | int] = {"twin": situation.name}
        if decision.count is not None:
            extra |= {"twin_before": situation.current, "twin_after": decision.count}
        told = Decision(decision.action, decision.reason, note=decision.note)
        outcome = Outcome(key, told, event=event, extra=extra)
        if observes(policy, event, primary.live if primary is not None else None):
            if decision.state is None and decision.count is None:
                return outcome
            if decision.action is Action.ALERT and decision.state is not None and not (event and event.report_only):
                # Nothing of a twin is kept but that a person was told: else the same is told with every event.
                self._worker.twins.put(decision.state)
            return replace(outcome, observed=True)
        if decision.count is not None and decision.state is not None:
            self._scale(replace(key, service=situation.name), decision.count, decision.state)
        elif decision.state is not None:
            self._worker.twins.put(decision.state)
        return outcome

    def _scale(self, twin: ServiceKey, count: int, intent: TwinState) -> None:
        worker = self._worker
        if worker.out_of_time():
            raise BusyError(f"{twin}: too little of this invocation is left to scale it: left to the next")
        lease = worker.lease()
        announced = worker.twins.put(replace(intent, lease=lease))
        try:
            worker.services.set_desired(twin, count, lease.expires_at)
        except UnclearError as error:
            # It may take effect later than this look: the lease stays, so that nobody asks for another count before.
            live = worker.services.describe([twin])[twin]
            if live is None or live.desired != count:
                raise TransientError(
                    f"{error}; looked at again: {twin} does not want {count} tasks. Tried again once the lease expires."
                ) from error
        except SpotFailoverError as error:
            self._release(announced, error)
            raise
        worker.twins.put(replace(announced, lease=None, called_at=worker.now(), taken=count))

    def _release(self, announced: TwinState, error: SpotFailoverError) -> None:
        """Give the lease back, so that the next delivery need not wait for it to expire."""
        try:
            self._worker.twins.put(replace(announced, lease=None))
        except SpotFailoverError as unreleased:
            error.add_note(f"its lease stays until it expires: {unreleased}")
