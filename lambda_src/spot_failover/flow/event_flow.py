"""A batch of events, each to its end: one bad event never holds up the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from spot_failover.core.decision import Situation
from spot_failover.core.errors import BusyError, ConflictError, SpotFailoverError
from spot_failover.core.event_decision import Counting, counting, decide_event, screen, screen_record
from spot_failover.core.events import Event
from spot_failover.core.policy import Policy
from spot_failover.core.reason import Action
from spot_failover.core.record import Record
from spot_failover.core.service import LiveService
from spot_failover.core.service_key import ServiceKey
from spot_failover.flow.report import Outcome, Reporter
from spot_failover.flow.worker import MAX_STEPS, Worker

MAX_CONFLICTS = 3
"""How often a decision is made anew because somebody else wrote the record; then the event goes back to the queue."""


@dataclass
class _Known:
    """What this batch has read of one service.

    The live service is always read after the record: an answer older than the record would look like somebody's change.
    """

    record: Record
    live: LiveService | None
    counts: dict[Counting, int] = field(default_factory=dict)


class EventFlow:
    """Decides about events and carries the decisions out."""

    def __init__(self, worker: Worker, policy: Policy, reporter: Reporter) -> None:
        self._worker = worker
        self._policy = policy
        self._reporter = reporter
        self._known: dict[ServiceKey, _Known] = {}

    def handle(self, events: Sequence[Event]) -> list[SpotFailoverError | None]:
        """Handle all events of a batch.

        Returns
        -------
        For every event, in order, None where it has come to its end, or the error for which it has to come again.
        """
        screened = [screen(event, self._policy.for_account(event.key.account)) for event in events]
        wanted = [event.key for event, decision in zip(events, screened, strict=True) if decision is None]
        unread = self._read(wanted)
        results: list[SpotFailoverError | None] = []
        for event, decision in zip(events, screened, strict=True):
            if decision is not None:
                self._reporter.outcome(Outcome(event.key, decision, event=event))
                results.append(None)
                continue
            error = unread.get(event.key)
            results.append(error if error is not None else self._attempt(event))
        return results

    def _read(self, keys: Iterable[ServiceKey]) -> dict[ServiceKey, SpotFailoverError]:
        """Read records, then services, an account and Region at a time; what can't be read fails alone."""
        groups: defaultdict[tuple[str, str], list[ServiceKey]] = defaultdict(list)
        for key in dict.fromkeys(keys):
            groups[key.account, key.region].append(key)
        errors: dict[ServiceKey, SpotFailoverError] = {}
        for group in groups.values():
            try:
                records = {key: self._worker.records.get(key) for key in group}
                live = self._worker.services.describe(group)
            except SpotFailoverError as error:
                errors |= dict.fromkeys(group, error)
            else:
                self._known |= {key: _Known(records[key], live[key]) for key in group}
        return errors

    def _attempt(self, event: Event) -> SpotFailoverError | None:
        for _ in range(MAX_CONFLICTS):
            try:
                self._decide(event)
            except ConflictError:
                unread = self._read([event.key])
                if event.key in unread:
                    return unread[event.key]
            except SpotFailoverError as error:
                # What it left behind is unknown: later events of this service in the batch read again.
                self._read([event.key])
                return error
            else:
                return None
        return BusyError(
            f"{event.key}: its record was written by others {MAX_CONFLICTS} times in a row: left to a later delivery"
        )

    def _decide(self, event: Event) -> None:
        known = self._known[event.key]
        policy = self._policy.for_account(event.key.account)
        worker = self._worker
        decision = screen_record(event, known.record, policy, worker.name, worker.now())
        if decision is not None:
            if decision.action is Action.RETRY:
                raise BusyError(f"{event.key}: another worker holds its lease: left to a later delivery")
            if decision.record is not None:
                known.record = worker.records.put(decision.record)
            self._reporter.outcome(Outcome(event.key, decision, event=event))
            return
        if known.live is None or not known.live.active:
            outcome, known.record = worker.close_gone(event.key, known.record)
            self._reporter.outcome(replace(outcome, event=event))
            return
        for _ in range(MAX_STEPS):
            situation = Situation(
                known.live, known.record, policy, worker.now(), worker.name, chance=worker.chance(), event=event
            )
            if not self._step(self._counted(situation, event, known), event, known):
                return
        raise BusyError(f"{event.key}: no end after {MAX_STEPS} decisions in a row: left to a later delivery")

    def _step(self, situation: Situation, event: Event, known: _Known) -> bool:
        """One decision, carried out and told; whether to decide again."""
        decision = decide_event(situation, event)
        if decision.action is Action.RETRY:
            raise BusyError(f"{event.key}: {decision.note or decision.reason}: left to a later delivery")
        outcome, after = self._worker.carry_out(situation, decision)
        known.record, known.live = after.record, after.live
        if outcome.deployment_id:
            known.counts.clear()
        self._reporter.outcome(outcome)
        return outcome.decision.again

    def _counted(self, situation: Situation, event: Event, known: _Known) -> Situation:
        count = counting(situation, event)
        if count is None:
            return situation
        if count not in known.counts:
            known.counts[count] = self._worker.services.intended_tasks(event.key, count.deployment_id)
        tasks = known.counts[count]
        if count.deployment_id is None:
            return replace(situation, intended=tasks)
        return replace(situation, primary_intended=tasks)
