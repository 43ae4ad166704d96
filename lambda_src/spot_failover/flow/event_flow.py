"""A batch of events, each to its end: one bad event never holds up the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from spot_failover.core import interruptions
from spot_failover.core.decision import Situation
from spot_failover.core.errors import BusyError, ConflictError
from spot_failover.core.event_decision import (
    Counting,
    counting,
    decide_event,
    names_spot,
    observes,
    screen,
    screen_record,
)
from spot_failover.core.events import Event, Interruption, PlacementFailure, SilentShortage
from spot_failover.core.policy import InterruptionResponse, Policy
from spot_failover.core.pool import Pool, PoolKey
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Record
from spot_failover.core.service import LiveService
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.shortage import needs_tasks
from spot_failover.core.tags import service_wishes
from spot_failover.core.task import Task
from spot_failover.flow.pool_book import PoolBook
from spot_failover.flow.reading import Known, read
from spot_failover.flow.report import Outcome, Reporter
from spot_failover.flow.twin_flow import TwinFlow, by_twin
from spot_failover.flow.worker import MAX_STEPS, Worker

MAX_CONFLICTS = 3
"""How often a decision is made anew because somebody else wrote the record; then the event goes back to the queue."""


@dataclass
class _Looked:
    """What this batch knows of one service."""

    known: Known
    counts: dict[Counting, int] = field(default_factory=dict)
    tasks: tuple[Task, ...] | None = None


class EventFlow:
    """Decides about events and carries the decisions out."""

    def __init__(self, worker: Worker, policy: Policy, reporter: Reporter) -> None:
        self._worker = worker
        self._policy = policy
        self._reporter = reporter
        self._looked: dict[ServiceKey, _Looked] = {}
        self._unread: dict[ServiceKey, Exception] = {}
        self._book = PoolBook(worker)
        self._twins = TwinFlow(worker, policy, reporter)
        self._interruptions: defaultdict[ServiceKey, list[Interruption]] = defaultdict(list)

    def handle(self, events: Sequence[Event]) -> list[Exception | None]:
        """Handle all events of a batch.

        Returns
        -------
        For every event, in order, None where it has come to its end, or the error for which it has to come again.
        """
        screened = [screen(event, self._of(event)) for event in events]
        for event, decision in zip(events, screened, strict=True):
            if decision is None and isinstance(event, Interruption) and not event.report_only:
                self._interruptions[event.key].append(event)
        self._read(
            [
                event.key
                for event, decision in zip(events, screened, strict=True)
                if decision is None and names_spot(event, self._of(event))
            ]
        )
        results: list[Exception | None] = []
        for event, decision in zip(events, screened, strict=True):
            if decision is not None:
                self._reporter.outcome(Outcome(event.key, decision, event=event))
                results.append(None)
                continue
            results.append(self._attempt(event))
        return results

    def _of(self, event: Event) -> Policy:
        return self._policy.of(event.key)

    def _read(self, keys: Sequence[ServiceKey]) -> None:
        reading = read(self._worker, keys)
        for key in keys:
            self._looked.pop(key, None)
            self._unread.pop(key, None)
        self._looked |= {key: _Looked(known) for key, known in reading.known.items()}
        self._unread |= reading.errors

    def _attempt(self, event: Event) -> Exception | None:
        for _ in range(MAX_CONFLICTS):
            try:
                if names_spot(event, self._of(event)):
                    self._look_and_decide(event)
                else:
                    self._decide_by_record(event)
            except ConflictError:
                self._looked.pop(event.key, None)
            except Exception as error:  # noqa: BLE001 - whatever one event does, the others go on
                # What it left behind is unknown: later events of this service in the batch look again.
                self._looked.pop(event.key, None)
                return error
            else:
                return None
        return BusyError(
            f"{event.key}: its record was written by others {MAX_CONFLICTS} times in a row: left to a later delivery"
        )

    def _decide_by_record(self, event: Event) -> None:
        """An event that is not about Spot: nothing of the live service is needed."""
        record = self._worker.records.get(event.key)
        decision = screen_record(event, record, self._of(event), self._worker.now())
        if decision is None:
            raise ValueError(f"{event.key}: an event about Spot: {event}")
        outcome, _ = self._worker.write_down(record, decision, self._of(event), event)
        self._reporter.outcome(outcome)

    def _look_and_decide(self, event: Event) -> None:
        worker, policy = self._worker, self._of(event)
        looked = self._look(event)
        known = looked.known
        if isinstance(event, PlacementFailure) and not event.synthetic and not observes(policy, event):
            self._book.note_shortage(event.key, policy.spot_providers.intersection(event.providers), policy)
        decision = screen_record(event, known.record, policy, worker.now())
        if decision is not None:
            outcome, known.record = worker.write_down(known.record, decision, policy, event)
            self._reporter.outcome(outcome)
            return
        if known.live is None or not known.live.active:
            outcome, known.record = worker.close_gone(known.record, policy, event)
            self._reporter.outcome(outcome)
            return
        if isinstance(event, Interruption):
            known.record = self._count_interruptions(known.live, known.record, policy)
        for _ in range(MAX_STEPS):
            if by_twin(known.live, known.record, policy, worker.now()):
                self._by_twin(known.live, known.record, event, policy)
                return
            situation = Situation(
                known.live,
                known.record,
                policy,
                worker.now(),
                chance=worker.chance(),
                event=event,
                pools=self._pools(known.live, event, policy),
                execution=worker.execution_of(known.record, known.live, policy),
            )
            if not self._step(self._counted(situation, event, looked), event, looked):
                return
        raise BusyError(f"{event.key}: no end after {MAX_STEPS} decisions in a row: left to a later delivery")

    def _look(self, event: Event) -> _Looked:
        if event.key in self._unread:
            raise self._unread[event.key]
        looked = self._looked.get(event.key)
        if looked is not None and looked.known.fresh(self._worker.now()):
            return looked
        self._read([event.key])
        if event.key in self._unread:
            raise self._unread.pop(event.key)
        return self._looked[event.key]

    def _count_interruptions(self, live: LiveService, record: Record, policy: Policy) -> Record:
        """All of the batch in one write. While another worker holds the record it is left alone, and the event is."""
        now = self._worker.now()
        if record.leased(now) or not live.strategy.active_among(policy.spot_providers):
            return record
        counted = interruptions.count(record, self._interruptions[live.key], policy.interruption.window, now)
        return self._worker.records.put(counted) if counted is not record else record

    def _pools(self, live: LiveService, event: Event, policy: Policy) -> tuple[Pool, ...]:
        """The pools of a service whose redeployment hangs on them."""
        if not isinstance(event, Interruption):
            return ()
        if service_wishes(live.tags, policy).response is not InterruptionResponse.REDEPLOY:
            return ()
        active = live.strategy.active_among(policy.spot_providers)
        return self._book.settled(tuple(PoolKey.of(live.key, item.provider) for item in active), policy)

    def _step(self, situation: Situation, event: Event, looked: _Looked) -> bool:
        """One decision, carried out and told; whether to decide again."""
        decision = decide_event(situation, event)
        if decision.action is Action.RETRY:
            raise BusyError(f"{event.key}: {decision.note or 'a change of it is under way'}: left to a later delivery")
        outcome, after = self._worker.carry_out(situation, decision)
        looked.known.record, looked.known.live = after.record, after.live
        if outcome.deployment_id:
            looked.counts.clear()
            looked.tasks = None
        if decision.reason is Reason.SILENT_SHORTAGE and not outcome.observed:
            self._note_spot(situation.live, situation.policy)
        self._reporter.outcome(outcome)
        return outcome.decision.again

    def _by_twin(self, live: LiveService, record: Record, event: Event, policy: Policy) -> None:
        outcome = self._twins.on_event(live, record, event)
        if outcome.decision.reason is Reason.TWIN_RAISED and isinstance(event, SilentShortage) and not outcome.observed:
            self._note_spot(live, policy)

    def _note_spot(self, live: LiveService, policy: Policy) -> None:
        """The pools of a service that nothing else told about."""
        active = live.strategy.active_among(policy.spot_providers)
        self._book.note_shortage(live.key, [item.provider for item in active], policy)

    def _counted(self, situation: Situation, event: Event, looked: _Looked) -> Situation:
        if needs_tasks(situation):
            looked.tasks = looked.tasks if looked.tasks is not None else self._worker.services.tasks(event.key)
            return replace(situation, tasks=looked.tasks)
        count = counting(situation, event)
        if count is None:
            return situation
        if count not in looked.counts:
            looked.counts[count] = self._worker.services.intended_tasks(event.key, count.deployment_id)
        tasks = looked.counts[count]
        if count.deployment_id is None:
            return replace(situation, intended=tasks)
        return replace(situation, primary_intended=tasks)
