"""The restore tick's part for people: what is on on-demand now is put together into incidents and told.

Level, not edge: it looks at which records are open, so no message hangs on an invocation that may have been lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from spot_failover.core.errors import BusyError, ConflictError, SpotFailoverError
from spot_failover.core.incident import TWINS, Incident, Member
from spot_failover.core.policy import Mode, Policy
from spot_failover.core.pool import PoolKey
from spot_failover.core.record import Phase
from spot_failover.core.service_key import ServiceKey
from spot_failover.flow.pool_book import pool_keys
from spot_failover.flow.telling import Teller
from spot_failover.flow.worker import Worker

if TYPE_CHECKING:
    from spot_failover.flow.ports import Incidents, Topic

UNKNOWN = "Spot"
"""Provider of the pool of a service whose Spot providers are no longer those of a pair."""
WRITING = timedelta(seconds=5)
"""How much longer than it looks a tick may write what it saw: what used up its time must not be in vain."""


@dataclass
class Totals:
    """Of one account and Region."""

    services: int = 0
    """On on-demand now."""
    minutes: float = 0.0
    """That services were on on-demand since the last look."""
    task_minutes: float = 0.0
    """The same of their tasks."""


@dataclass
class Board:
    """What one look found."""

    places: defaultdict[tuple[str, str], Totals] = field(default_factory=lambda: defaultdict(Totals))
    """By account and Region."""
    oldest_due: timedelta = timedelta()
    """For how long the record has been due that has waited longest, of those that a tick carries on with."""
    pool_open: timedelta = timedelta()
    """For how long the breaker has been open that has been so for longest."""
    told: int = 0
    errors: dict[str, Exception] = field(default_factory=dict)
    """What could not be looked at or told, and why."""


class IncidentFlow:
    """Looks at all that is on on-demand."""

    def __init__(
        self, worker: Worker, policy: Policy, incidents: Incidents, topic: Topic | None, until: datetime
    ) -> None:
        self._worker = worker
        self._policy = policy
        self._incidents = incidents
        self._teller = Teller(worker, incidents, topic, until)
        self._until = until
        self._board = Board()
        self._idle: set[ServiceKey] = set()
        """Primaries whose twins have no task, and are only watched."""

    def run(self) -> Board:
        """Look, and tell. Raises nothing but what the program itself got wrong: restores must not wait for this."""
        try:
            self._look()
        except SpotFailoverError as error:
            self._board.errors["incidents"] = error
        self._tell_alerts()
        self._board.told = self._teller.told
        if self._teller.waiting:
            self._board.errors["messages"] = BusyError(
                f"{self._teller.waiting} wait for the next tick: {self._teller.why}"
            )
        return self._board

    def _look(self) -> None:
        now = self._worker.now()
        known = {}
        for pool in self._incidents.open():
            try:
                known[pool] = self._incidents.incident(pool)
            except SpotFailoverError as error:
                self._board.errors[f"incident of {pool}"] = error
        at_work = {(TWINS, key) for key in self._worker.twins.due()}
        due = dict(self._worker.records.open())
        waits = [now - due_at for key, due_at in due.items() if self._handled(key)]
        self._board.oldest_due = max([timedelta(), *waits])
        open_now = at_work | {("", key) for key in due}
        members = {
            (_kind(pool), _key(pool, name))
            for pool, incident in known.items()
            for name, member in incident.services.items()
            if not self._unsettled(pool, member)
        }
        new: defaultdict[PoolKey, dict[str, Member]] = defaultdict(dict)
        for kind, key in sorted(open_now - members):
            if self._worker.now() > self._until:
                self._board.errors["incidents"] = BusyError("too little time: the rest comes at the next tick")
                break
            found = self._twin(key) if kind else self._record(key, now)
            if found is not None:
                new[found[0]][key.record_id] = found[1]
        stay = open_now - {(TWINS, key) for key in self._idle}
        for pool in sorted({*known, *new}):
            if self._worker.now() > self._until + WRITING:
                self._board.errors["incidents"] = BusyError("too little time: the rest comes at the next tick")
                break
            still = {key.record_id for kind, key in stay if kind == _kind(pool) and key.region == pool.region}
            self._incident(pool, known.get(pool), new.get(pool, {}), still)

    def _handled(self, key: ServiceKey) -> bool:
        """Whether its account's records are carried on with: one that is switched off or observed is not late."""
        policy = self._policy.for_account(key.account)
        return policy.enabled and policy.mode is not Mode.OBSERVE

    @staticmethod
    def _unsettled(pool: PoolKey, member: Member) -> bool:
        """Whether to look at it again: a twin gets more and fewer tasks, and a failover may have waited."""
        return pool.provider == TWINS or not member.tasks

    def _record(self, key: ServiceKey, now: datetime) -> tuple[PoolKey, Member] | None:
        try:
            record = self._worker.records.get(key)
        except SpotFailoverError as error:
            self._board.errors[str(key)] = error
            return None
        if not record.phase.open or record.phase is Phase.FAILING_OVER:
            return None  # a failover may wait for long, for a limit or a person: until it is made, the service is short
        pools = pool_keys(record, self._policy.of(key))
        pool = min(pools) if pools else PoolKey(key.account, key.region, UNKNOWN)
        since = record.switched_at or record.phase_since or now
        return pool, Member(min(since, now), record.desired_at_switch, record.reason)

    def _twin(self, key: ServiceKey) -> tuple[PoolKey, Member] | None:
        try:
            state = self._worker.twins.get(key)
        except SpotFailoverError as error:
            self._board.errors[f"twin of {key}"] = error
            return None
        if not state.active or not state.wanted:
            self._idle.add(key)  # it is only watched
            return None
        since = state.raised_at or self._worker.now()
        return PoolKey(key.account, key.region, TWINS), Member(since, state.wanted, "TWIN_RAISED")

    def _incident(self, pool: PoolKey, known: Incident | None, new: Mapping[str, Member], still: set[str]) -> None:
        now = self._worker.now()
        try:
            before = known if known is not None else self._incidents.incident(pool)
            after = before.seen_with(new, still, now)
            if after is before:
                return
            written = self._incidents.put_incident(after)
            totals = self._board.places[pool.account, pool.region]
            services, tasks = before.minutes(after, now)
            totals.services += after.size
            totals.minutes += services
            totals.task_minutes += tasks
            self._breaker(pool, now)
            self._teller.incident(written)
        except ConflictError:
            return  # another tick is at it
        except SpotFailoverError as error:
            self._board.errors[f"incident of {pool}"] = error

    def _breaker(self, pool: PoolKey, now: datetime) -> None:
        """An item that can't be read silences no incident."""
        if pool.provider in {TWINS, UNKNOWN}:
            return
        try:
            state = self._worker.shared.pool(pool).at(now)
        except SpotFailoverError as error:
            self._board.errors[str(pool)] = error
            return
        if state.open and state.opened_at is not None:
            self._board.pool_open = max(self._board.pool_open, now - state.opened_at)

    def _tell_alerts(self) -> None:
        try:
            for key in self._incidents.due_alerts(self._worker.now()):
                if self._worker.now() > self._until + WRITING:
                    self._board.errors["alerts"] = BusyError("too little time: the rest comes at the next tick")
                    break
                try:
                    self._teller.alerts(key)
                except ConflictError:
                    continue
                except SpotFailoverError as error:
                    self._board.errors[str(key)] = error
        except SpotFailoverError as error:
            self._board.errors["alerts"] = error


def _kind(pool: PoolKey) -> str:
    return TWINS if pool.provider == TWINS else ""


def _key(pool: PoolKey, record_id: str) -> ServiceKey:
    return ServiceKey.from_record_id(record_id, pool.region)
