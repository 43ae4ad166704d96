"""The restore tick: every record that is due, as far as the time goes; the rest goes first in the next tick."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import islice

from spot_failover.core.decision import Decision, Situation
from spot_failover.core.errors import BusyError, ConflictError, TransientError
from spot_failover.core.policy import Policy
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Record
from spot_failover.core.restore_decision import decide_restore
from spot_failover.core.service_key import ServiceKey
from spot_failover.flow.reading import Known, by_account_and_region, read
from spot_failover.flow.report import Outcome, Reporter
from spot_failover.flow.worker import MAX_STEPS, Worker

CHUNK = 100
"""Due records that are grouped at a time: enough to fill DescribeServices calls of ten."""


@dataclass
class Tick:
    """What one tick did."""

    handled: int = 0
    left: int = 0
    """Records that were due and that time did not reach, or that another worker holds."""
    errors: dict[ServiceKey, Exception] = field(default_factory=dict)


class RestoreFlow:
    """Looks at what is due, and carries the decisions out."""

    def __init__(self, worker: Worker, policy: Policy, reporter: Reporter) -> None:
        self._worker = worker
        self._policy = policy
        self._reporter = reporter

    def run(self) -> Tick:
        """Handle due records, longest overdue first. An error of one service stops none of the others."""
        tick = Tick()
        due = self._worker.records.due(self._worker.now())
        while chunk := list(islice(due, CHUNK)):
            for group in by_account_and_region(chunk):
                self._group(group, tick)
        return tick

    def _group(self, keys: list[ServiceKey], tick: Tick) -> None:
        if not self._policy.for_account(keys[0].account).enabled:
            for key in keys:
                self._reporter.outcome(Outcome(key, Decision(Action.IGNORE, Reason.DISABLED)))
            tick.handled += len(keys)
            return
        reading = read(self._worker, keys)
        for key, record in reading.unlooked.items():
            self._behind_the_others(record)
            tick.errors[key] = reading.errors.pop(key)
        for key, error in reading.errors.items():
            self._failed(key, error, tick)
        for key, known in reading.known.items():
            try:
                self._one(key, known)
            except Exception as error:  # noqa: BLE001 - whatever one record does, the others go on
                self._failed(key, error, tick)
            else:
                tick.handled += 1

    @staticmethod
    def _failed(key: ServiceKey, error: Exception, tick: Tick) -> None:
        if isinstance(error, BusyError | ConflictError):
            tick.left += 1
        else:
            tick.errors[key] = error

    def _one(self, key: ServiceKey, known: Known) -> None:
        worker, policy = self._worker, self._policy.for_account(key.account)
        if worker.out_of_time():
            raise BusyError(f"{key}: too little of this invocation is left: left to the next tick")
        if not known.fresh(worker.now()):
            reading = read(worker, [key])
            if key in reading.errors:
                raise reading.errors[key]
            known = reading.known[key]
        record, live = known.record, known.live
        if live is None or not live.active:
            outcome, _ = worker.close_gone(record, policy)
            self._reporter.outcome(outcome)
            return
        for _ in range(MAX_STEPS):
            situation = Situation(live, record, policy, worker.now(), chance=worker.chance())
            decision = decide_restore(situation)
            if decision.action is Action.RETRY:
                raise BusyError(f"{key}: {decision.note or 'a change of it is under way'}: left to the next tick")
            outcome, after = worker.carry_out(situation, decision)
            record, live = after.record, after.live
            self._reporter.outcome(outcome)
            if not outcome.decision.again or not record.phase.open:
                if not outcome.observed:
                    self._behind_the_others(record)
                return
        raise BusyError(f"{key}: no end after {MAX_STEPS} decisions in a row: left to the next tick")

    def _behind_the_others(self, record: Record) -> None:
        """Let a record that stays due come after those that this tick does not reach: else it is always the first."""
        now = self._worker.now()
        if record.due_at is None or record.due_at > now or record.leased(now):
            return
        # In whole seconds, as the index has it: later than this tick's own query.
        try:
            self._worker.records.put(replace(record, due_at=now + timedelta(seconds=1)))
        except (ConflictError, TransientError):
            # Somebody else has written it, or the next tick tries again: nothing hangs on the order.
            return
