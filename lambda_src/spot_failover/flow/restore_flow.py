"""The restore tick: every record that is due, as far as the time goes; the rest goes first in the next tick."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from spot_failover.core.decision import Decision, Situation
from spot_failover.core.errors import BusyError, ConflictError, SpotFailoverError, TransientError
from spot_failover.core.event_decision import observes
from spot_failover.core.lifecycle import WAITS_BY_CHOICE, WAITS_FOR_PEOPLE, stuck
from spot_failover.core.policy import Policy
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Phase, Record
from spot_failover.core.restore_decision import decide_restore
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.shortage import needs_tasks
from spot_failover.core.transitions import mark_stuck
from spot_failover.flow.pool_book import PoolBook, pool_keys
from spot_failover.flow.reading import Known, by_account_and_region, read
from spot_failover.flow.report import Outcome, Reporter
from spot_failover.flow.threads import side_by_side
from spot_failover.flow.tick import THREADS, Tick
from spot_failover.flow.worker import MAX_STEPS, Worker

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from spot_failover.core.pool import Pool
    from spot_failover.core.service import LiveService

CHUNK = 500
"""Due records that are grouped at a time: enough to fill DescribeServices calls of ten."""


class RestoreFlow:
    """Looks at what is due, and carries the decisions out."""

    def __init__(self, worker: Worker, policy: Policy, reporter: Reporter, *, threads: int = THREADS) -> None:
        self._worker = worker
        self._threads = threads
        self._policy = policy
        self._reporter = reporter

    def run(self) -> Tick:
        """Handle due records, longest overdue first. An error of one service stops none of the others."""
        tick = Tick()
        due = self._worker.records.due(self._worker.now())
        while chunk := list(islice(due, CHUNK)):
            for part in side_by_side(self._threads, self._group, by_account_and_region(chunk)):
                tick.add(part)
        return tick

    def look_at(self, keys: list[ServiceKey]) -> Tick:
        """Handle these records now, as far as they are due."""
        tick = Tick()
        for group in by_account_and_region(keys):
            tick.add(self._group(group))
        return tick

    def _group(self, keys: list[ServiceKey]) -> Tick:
        tick, book = Tick(), PoolBook(self._worker, self._reporter)
        if not self._policy.for_account(keys[0].account).enabled:
            for key in keys:
                self._reporter.outcome(Outcome(key, Decision(Action.IGNORE, Reason.DISABLED)))
            tick.handled += len(keys)
            return tick
        reading = read(self._worker, keys)
        for key in reading.unlooked:
            tick.errors[key] = reading.errors.pop(key)
            tick.stuck += self._look_out_after(key)
        for key, error in reading.errors.items():
            self._failed(key, error, tick)
        for key, known in self._in_order(reading.known, book):
            try:
                tick.stuck += self._one(key, known, book)
            except Exception as error:  # noqa: BLE001 - whatever one record does, the others go on
                self._failed(key, error, tick)
                if key in tick.errors:
                    tick.stuck += self._look_out_after(key)
            else:
                tick.handled += 1
        return tick

    def _look_out_after(self, key: ServiceKey) -> bool:
        """Whether a person should look at a record that could not be handled; the error stands by itself."""
        try:
            record = self._worker.records.get(key)
            lease = record.lease
            if lease is not None and lease.owner != self._worker.name and record.leased(self._worker.now()):
                return False  # its worker would lose the race against this write
            return self._look_out(record, self._policy.of(key))
        except SpotFailoverError:
            return False

    def _in_order(self, known: Mapping[ServiceKey, Known], book: PoolBook) -> Iterator[tuple[ServiceKey, Known]]:
        """Services that try already come first: how they end tells what their pools bear.

        Then the others, and of those last the one that failed last: where there is another, it is the next canary.
        """
        waiting = {key: each for key, each in known.items() if each.record.phase is Phase.FAILED_OVER}
        yield from ((key, each) for key, each in known.items() if key not in waiting)
        failed_last: list[tuple[ServiceKey, Known]] = []
        for key, each in waiting.items():
            if self._failed_last(each.record, book):
                failed_last.append((key, each))
            else:
                yield key, each
        yield from failed_last

    def _failed_last(self, record: Record, book: PoolBook) -> bool:
        try:
            return any(pool.last_failed == record.key.record_id for pool in self._pools(record, book))
        except SpotFailoverError:
            # The same reading is made again, and its failure told, when its turn comes.
            return False

    def _pools(self, record: Record, book: PoolBook) -> tuple[Pool, ...]:
        policy = self._policy.of(record.key)
        return book.settled(pool_keys(record, policy), policy)

    @staticmethod
    def _failed(key: ServiceKey, error: Exception, tick: Tick) -> None:
        if isinstance(error, BusyError | ConflictError):
            tick.left += 1
        else:
            tick.errors[key] = error

    def _one(self, key: ServiceKey, known: Known, book: PoolBook) -> bool:
        """Handle one record; whether a person should look at it."""
        worker, policy = self._worker, self._policy.of(key)
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
            return False
        for _ in range(MAX_STEPS):
            situation = self._situation(record, live, book)
            decision = decide_restore(situation)
            if decision.action is Action.RETRY:
                raise BusyError(f"{key}: {decision.note or 'a change of it is under way'}: left to the next tick")
            if not observes(policy, None, live):
                self._tell_pools(situation, decision, book)
            outcome, after = worker.carry_out(situation, decision)
            record, live = after.record, after.live
            self._reporter.outcome(outcome)
            if not outcome.decision.again or not record.phase.open:
                if outcome.observed:
                    return False
                by_choice = outcome.decision.reason in WAITS_BY_CHOICE
                return self._look_out(record, policy, by_choice=by_choice)
        raise BusyError(f"{key}: no end after {MAX_STEPS} decisions in a row: left to the next tick")

    @staticmethod
    def _tell_pools(situation: Situation, decision: Decision, book: PoolBook) -> None:
        """Before a service tries, its pools know; and that it waits, where it does for its turn."""
        record, now = situation.record, situation.now
        if decision.action is Action.RESTORE and decision.reason is not Reason.RESTORED_AT_ZERO:
            book.start(record.key, situation.pools, situation.policy.restore.patience + record.shift_takes)
        elif decision.action is Action.WAIT and decision.reason not in WAITS_FOR_PEOPLE:
            due_at = decision.record.due_at if decision.record is not None else None
            book.wanted(situation.pools, due_at or now)

    def _situation(self, record: Record, live: LiveService, book: PoolBook) -> Situation:
        worker, policy = self._worker, self._policy.of(record.key)
        pools = self._pools(record, book) if record.phase is Phase.FAILED_OVER else ()
        probes = book.probes(pools)
        execution = worker.execution_of(record, live, policy)
        situation = Situation(
            live,
            record,
            policy,
            worker.now(),
            chance=worker.chance(),
            pools=pools,
            probes=probes,
            execution=execution,
        )
        return replace(situation, tasks=worker.services.tasks(record.key)) if needs_tasks(situation) else situation

    def _look_out(self, record: Record, policy: Policy, *, by_choice: bool = False) -> bool:
        """Tell a person of a record that does not end by itself, once; whether this is one."""
        is_stuck = stuck(record, policy, self._worker.now(), by_choice=by_choice)
        if is_stuck and not record.stuck:
            decision = Decision(Action.ALERT, Reason.STUCK, record=mark_stuck(record), note=f"in phase {record.phase}")
            outcome, record = self._worker.write_down(record, decision, policy, None)
            self._reporter.outcome(outcome)
        self._behind_the_others(record)
        return is_stuck

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
