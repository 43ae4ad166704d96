"""The restore tick: every record that is due, as far as the time goes; the rest goes first in the next tick."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from spot_failover.core.decision import Decision, Situation
from spot_failover.core.errors import BusyError, ConflictError, SpotFailoverError
from spot_failover.core.policy import Policy
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Record
from spot_failover.core.restore_decision import decide_restore
from spot_failover.core.service import LiveService
from spot_failover.core.service_key import ServiceKey
from spot_failover.flow.report import Outcome, Reporter
from spot_failover.flow.worker import CALL_TIME, MAX_STEPS, Worker

CHUNK = 100
"""Due records that are grouped at a time: enough to fill DescribeServices calls of ten."""


@dataclass
class Tick:
    """What one tick did."""

    handled: int = 0
    left: int = 0
    """Records that were due and that time did not reach, or that another worker holds."""
    errors: dict[ServiceKey, SpotFailoverError] = field(default_factory=dict)


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
            for group in self._groups(chunk):
                self._group(group, tick)
        return tick

    @staticmethod
    def _groups(keys: list[ServiceKey]) -> Iterator[list[ServiceKey]]:
        groups: defaultdict[tuple[str, str], list[ServiceKey]] = defaultdict(list)
        for key in keys:
            groups[key.account, key.region].append(key)
        yield from groups.values()

    def _out_of_time(self) -> bool:
        return self._worker.now() + CALL_TIME > self._worker.ends_at

    def _group(self, keys: list[ServiceKey], tick: Tick) -> None:
        if not self._policy.for_account(keys[0].account).enabled:
            for key in keys:
                self._reporter.outcome(Outcome(key, Decision(Action.IGNORE, Reason.DISABLED)))
            tick.handled += len(keys)
            return
        if self._out_of_time():
            tick.left += len(keys)
            return
        try:
            # The live service is read after its record: see the same order in the event flow.
            records = {key: self._worker.records.get(key) for key in keys}
            live = self._worker.services.describe(keys)
        except SpotFailoverError as error:
            tick.errors |= dict.fromkeys(keys, error)
            return
        for key in keys:
            if self._out_of_time():
                tick.left += 1
                continue
            try:
                self._one(key, records[key], live[key])
            except (BusyError, ConflictError):
                tick.left += 1
            except SpotFailoverError as error:
                tick.errors[key] = error
            else:
                tick.handled += 1

    def _one(self, key: ServiceKey, record: Record, live: LiveService | None) -> None:
        worker = self._worker
        if live is None or not live.active:
            outcome, _ = worker.close_gone(key, record)
            self._reporter.outcome(outcome)
            return
        policy = self._policy.for_account(key.account)
        for _ in range(MAX_STEPS):
            situation = Situation(live, record, policy, worker.now(), worker.name, chance=worker.chance())
            decision = decide_restore(situation)
            if decision.action is Action.RETRY:
                raise BusyError(f"{key}: {decision.note or decision.reason}: left to the next tick")
            outcome, after = worker.carry_out(situation, decision)
            record, live = after.record, after.live
            self._reporter.outcome(outcome)
            if not outcome.decision.again or not record.phase.open:
                return
        raise BusyError(f"{key}: no end after {MAX_STEPS} decisions in a row: left to the next tick")
