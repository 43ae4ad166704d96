"""A batch of events, each to its end: one bad event never holds up the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from spot_failover.core import interruptions
from spot_failover.core.decision import Decision, Situation
from spot_failover.core.errors import BusyError, ConflictError
from spot_failover.core.event_decision import (
    counting,
    decide_event,
    observes,
    screen,
    screen_record,
    settled,
)
from spot_failover.core.events import Event, Interruption, PlacementFailure, SilentShortage
from spot_failover.core.execution import Execution
from spot_failover.core.policy import InterruptionResponse, Policy
from spot_failover.core.pool import Pool, PoolKey
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Record
from spot_failover.core.service import LiveService
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.shortage import needs_tasks
from spot_failover.core.tags import service_wishes
from spot_failover.flow.batch_view import BatchView, Looked
from spot_failover.flow.pages import Page, divided, strands
from spot_failover.flow.pool_book import PoolBook
from spot_failover.flow.report import Outcome, Reporter
from spot_failover.flow.threads import side_by_side
from spot_failover.flow.twin_flow import TwinFlow, by_twin
from spot_failover.flow.worker import MAX_STEPS, Worker

MAX_CONFLICTS = 3
"""How often a decision is made anew because somebody else wrote the record; then the event goes back to the queue."""
_Waiting = defaultdict[ServiceKey, list[tuple[int, Event]]]
"""The events of each service, with their places in the batch."""
THREADS = 8
"""Strands of services that are handled at a time."""


class EventFlow:
    """Decides about events and carries the decisions out."""

    def __init__(self, worker: Worker, policy: Policy, reporter: Reporter, *, threads: int = THREADS) -> None:
        self._worker = worker
        self._policy = policy
        self._reporter = reporter
        self._threads = threads
        self._view = BatchView(worker)
        self._book = PoolBook(worker)
        self._twins = TwinFlow(worker, policy, reporter)
        self._interruptions: defaultdict[ServiceKey, list[Interruption]] = defaultdict(list)

    def handle(self, events: Sequence[Event]) -> list[Exception | None]:
        """Handle all events of a batch, several pages of ten services at a time.

        Returns
        -------
        For every event, in order, None where it has come to its end, or the error for which it has to come again.
        """
        results: list[Exception | None] = [None] * len(events)
        waiting: _Waiting = defaultdict(list)
        for place, event in enumerate(events):
            decision = screen(event, self._of(event))
            if decision is not None:
                self._reporter.outcome(Outcome(event.key, decision, event=event))
                continue
            waiting[event.key].append((place, event))
            if isinstance(event, Interruption) and not event.report_only:
                self._interruptions[event.key].append(event)
        # A page that another invocation is at comes last: what that one has done needs no look then.
        later: list[Page] = []

        def handle_strand(strand: list[Page]) -> None:
            for page in strand:
                records = self._view.read(page)
                if len(waiting) > 1 and self._busy(records.values()):
                    later.append(page)
                else:
                    self._handle_page(page, records, waiting, results)

        def handle_again(strand: list[Page]) -> None:
            for page in strand:
                self._handle_page(page, self._view.read(page), waiting, results)

        self._side_by_side(handle_strand, strands(waiting, self._worker.name))
        self._side_by_side(handle_again, divided(later, self._worker.name))
        return results

    def _side_by_side(self, handle: Callable[[list[Page]], None], found: list[list[Page]]) -> None:
        for _ in side_by_side(max(1, min(self._threads, len(found))), handle, found):
            pass

    def _busy(self, records: Iterable[Record]) -> bool:
        return any(record.leased(self._worker.now()) for record in records)

    def _handle_page(
        self, page: Page, records: Mapping[ServiceKey, Record], waiting: _Waiting, results: list[Exception | None]
    ) -> None:
        """One service after the other; when what was read of them is old, all that are left are read again together."""
        self._look_where_needed(records, waiting)
        for nth, key in enumerate(page):
            if not self._view.fresh(key):
                self._look_where_needed(self._view.read(page[nth:]), waiting)
            for place, event in waiting[key]:
                results[place] = self._attempt(event)
        try:
            self._note_shortages([event for key in page for _, event in waiting[key]])
        except Exception as error:  # noqa: BLE001 - the services are switched: only their pool does not know of it
            self._reporter.unfinished(error, page[0])

    def _note_shortages(self, events: Iterable[Event]) -> None:
        """After the failovers, which come first."""
        told: defaultdict[str, dict[ServiceKey, None]] = defaultdict(dict)
        for event in events:
            policy = self._of(event)
            real = isinstance(event, PlacementFailure) and not event.synthetic and not observes(policy, event)
            if real and self._view.readable(event.key):
                for provider in policy.spot_providers.intersection(event.providers):
                    told[provider][event.key] = None
        for provider, keys in told.items():
            services = list(keys)
            self._book.note_shortage(services, [provider], self._policy.of(services[0]))

    def _of(self, event: Event) -> Policy:
        return self._policy.of(event.key)

    def _look_where_needed(self, records: Mapping[ServiceKey, Record], waiting: _Waiting) -> None:
        """Look at the services of which the record does not say it all."""
        unsettled = {
            key: record
            for key, record in records.items()
            if any(self._by_record(event, record) is None for _, event in waiting[key])
        }
        if unsettled:
            self._view.look(unsettled)

    def _by_record(self, event: Event, record: Record) -> Decision | None:
        """What needs no look at the service."""
        now = self._worker.now()
        decision = screen_record(event, record, self._of(event), now) or settled(event, record)
        if decision is None and record.leased(now) and self._view.was_there(record.key):
            return Decision(Action.RETRY, Reason.BUSY)
        return decision

    def _attempt(self, event: Event) -> Exception | None:
        for _ in range(MAX_CONFLICTS):
            try:
                self._decide(event)
            except ConflictError:
                self._view.forget(event.key)
            except Exception as error:  # noqa: BLE001 - whatever one event does, the others go on
                # What it left behind is unknown: later events of this service in the batch look again.
                self._view.forget(event.key)
                return error
            else:
                return None
        return BusyError(
            f"{event.key}: its record was written by others {MAX_CONFLICTS} times in a row: left to a later delivery"
        )

    def _decide(self, event: Event) -> None:
        worker, policy = self._worker, self._of(event)
        record = self._view.record(event.key)
        decision = self._by_record(event, record)
        if decision is None:
            self._look_and_decide(event)
            return
        if decision.action is Action.RETRY:
            raise _busy(event, decision)
        outcome, record = worker.write_down(record, decision, policy, event)
        self._view.written(record)
        self._reporter.outcome(outcome)

    def _look_and_decide(self, event: Event) -> None:
        worker, policy = self._worker, self._of(event)
        looked = self._view.looked(event.key)
        known = looked.known
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
                execution=self._execution(looked, known.live, policy),
            )
            if not self._step(self._counted(situation, event, looked), event, looked):
                return
        raise BusyError(f"{event.key}: no end after {MAX_STEPS} decisions in a row: left to a later delivery")

    def _execution(self, looked: Looked, live: LiveService, policy: Policy) -> Execution | None:
        """Of the record's intent: one look serves all events of a service."""
        if looked.execution is None or looked.execution.name != looked.known.record.execution:
            looked.execution = self._worker.execution_of(looked.known.record, live, policy)
        return looked.execution

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

    def _step(self, situation: Situation, event: Event, looked: Looked) -> bool:
        """One decision, carried out and told; whether to decide again."""
        decision = decide_event(situation, event)
        if decision.action is Action.RETRY:
            raise _busy(event, decision)
        outcome, after = self._worker.carry_out(situation, decision)
        looked.known.record, looked.known.live = after.record, after.live
        if outcome.decision.action.changes_service:
            looked.counts.clear()
            looked.tasks = looked.execution = None
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
        self._book.note_shortage([live.key], [item.provider for item in active], policy)

    def _counted(self, situation: Situation, event: Event, looked: Looked) -> Situation:
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


def _busy(event: Event, decision: Decision) -> BusyError:
    return BusyError(f"{event.key}: {decision.note or 'a change of it is under way'}: left to a later delivery")
