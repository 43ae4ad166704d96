"""A drill from its event on: it follows the record, brings the service back, and ends when that is proven.

What it brings back is the ordinary record of an ordinary failover: the restore tick does the same, at its own time, if
this process is killed. So nothing here has to be undone, and no signal may end it halfway.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from spot_failover.core.errors import BusyError, ConflictError, SpotFailoverError, TransientError
from spot_failover.core.reason import Reason
from spot_failover.core.record import Phase, Record
from spot_failover.core.service import LiveService
from spot_failover.core.service_key import ServiceKey
from spotctl import installation as clock
from spotctl import judgement, restore
from spotctl.drill_event import Trail
from spotctl.drill_hops import Hop, Hops
from spotctl.drill_screen import Screen
from spotctl.explain import step_text
from spotctl.installation import Installation
from spotctl.signals import Signals
from spotctl.telling import Heard
from spotctl.times import moved_at

POLL = 3.0
"""Seconds between two looks."""
CLOCKS = timedelta(minutes=1)
"""By how much this machine's clock may be ahead of AWS's."""
UNHEARD = timedelta(minutes=5)
"""For how long the function's decision is waited for."""
PASSING = frozenset(
    {Reason.BUSY, Reason.FALLBACK_STARTING, Reason.DEPLOYMENT_IN_PROGRESS, Reason.POOL_BUSY, Reason.NOT_DUE}
)
"""What may keep a restore waiting and is over within minutes."""


class Result(StrEnum):
    """How a drill has ended."""

    PROVEN = "proven"
    """Back on its own strategy, which carries it."""
    RESTORED = "restored"
    """Interrupted: back on its own strategy; the restore tick looks after the proof."""
    NOT_ACTED = "not_acted"
    """No failover came of the event; the service was not touched."""
    LEFT = "left_to_automation"
    """It is on the fallback, or has failed over again: the restore tick brings it back as after any failover."""


@dataclass
class Ending:
    """How it has ended, and why so."""

    result: Result
    why: str = ""


@dataclass
class Drill:
    """One drill. `before` is the record as it was, `event_id` empty where no answer told it."""

    installation: Installation
    key: ServiceKey
    before: Record
    put_at: datetime
    event_id: str
    source: str
    trail: Trail
    screen: Screen
    signals: Signals
    patience: timedelta
    path: Hops = field(default_factory=Hops)
    _moved: bool = False
    _tried: bool = False
    """A restore has begun."""
    _told: bool = False

    def run(self) -> Ending:
        """Look until it ends. What passes by itself is waited for."""
        ends_at = self.put_at + self.patience
        while True:
            problem = ""
            try:
                ending = self._look()
            except (BusyError, ConflictError, TransientError) as error:
                ending, problem = None, str(error)
            if ending is not None:
                return ending
            if clock.now() > ends_at:
                what = self.path.waits_for.value if self.path.waits_for else "-"
                return self._left(f"it still waits for: {what}" + (f" ({problem})" if problem else ""))
            if self.signals.count and not self._told:
                self._told = True
                self.screen.remark(
                    f"interrupted: {self.key.service} is brought back first. Another Ctrl-C changes nothing; if this "
                    "process is killed, the restore tick brings it back."
                )
            self.screen.wait(self.path, problem)
            clock.pause(POLL)

    def _look(self) -> Ending | None:
        self.installation.look_again()  # the kill switch reaches a drill, too
        record = self.installation.records.get(self.key)
        if not self._ours(record):
            return self._unheard() if not self._moved else self._left("another event has taken it over")
        self._moved = True
        if record.phase.open and not self.installation.policy.for_account(self.key.account).enabled:
            return Ending(
                Result.LEFT,
                "the kill switch is on: nothing is changed any more. Once it is off, the restore tick brings it back, "
                "as after any failover: spotctl status",
            )
        return self._follow(record)

    def _ours(self, record: Record) -> bool:
        if record.version <= self.before.version:
            return False
        if self.event_id:
            return record.event.get("id") == self.event_id
        sent = moved_at(record)
        return record.event.get("source") == self.source and sent is not None and sent >= self.put_at - CLOCKS

    def _unheard(self) -> Ending | None:
        """No record is of this event yet: the function may have decided otherwise."""
        line = self.trail.decision(self.event_id, self.put_at) if self.event_id else None
        if line is not None:
            self._reach(Hop.FUNCTION, datetime.fromisoformat(line["timestamp"]), f"{line['action']} {line['reason']}")
            if line["action"] not in {"fail_over", "retry", "confirm"}:
                note = f": {line['note']}" if line.get("note") else ""
                return Ending(Result.NOT_ACTED, f"the function decided {line['action']} {line['reason']}{note}")
        if clock.now() - self.put_at > min(UNHEARD, self.patience):
            return Ending(
                Result.NOT_ACTED,
                f"no decision was seen about the event: {self.trail.lost()}. Should it still arrive, the service fails "
                "over, and the restore tick brings it back",
            )
        return None

    def _follow(self, record: Record) -> Ending | None:
        live = self.installation.services.describe([self.key])[self.key]
        match record.phase:
            case Phase.FAILING_OVER if self._tried:
                return self._left(f"Spot did not carry it: {record.reason}")
            case Phase.FAILING_OVER:
                self._reach(Hop.RECORD, record.phase_since, "the strategy is saved")
            case Phase.FAILED_OVER if self._tried:
                return self._left(f"Spot did not carry it: {record.reason}")
            case Phase.FAILED_OVER:
                return self._bring_back(record, live)
            case Phase.RESTORING:
                self._tried = True
                self._tick()
            case Phase.PROVING:
                return self._prove(record)
            case Phase.CLOSED:
                return self._closed(record)
        return None

    def _bring_back(self, record: Record, live: LiveService | None) -> Ending | None:
        note = f"{record.fallback}, deployment {record.deployment_id}"
        self._reach(Hop.UPDATE_SERVICE, record.switched_at, note)
        primary = live.primary if live is not None else None
        if live is None or primary is None or primary.running < primary.desired:
            return None
        self._reach(Hop.ON_DEMAND, clock.now(), f"{primary.running} tasks on {live.strategy}")
        steps = restore.plan(self.installation, self.key)
        if judgement.changing(steps) is None:
            if all(each.decision.reason in PASSING for each in steps):
                self.screen.wait(self.path, "; ".join(str(each.decision.reason) for each in steps))
                return None
            why = "; ".join(step_text(each) for each in steps)
            return self._left(f"its restore can't begin: {why}")
        self._tick()
        return None

    def _prove(self, record: Record) -> Ending | None:
        self._tried = True
        self._reach(Hop.RESTORE, record.switched_at, f"{record.baseline}")
        if self.signals.count:
            return Ending(Result.RESTORED, "the restore tick looks after the proof")
        self._tick()
        return None

    def _closed(self, record: Record) -> Ending:
        if record.reason not in {Reason.RESTORED, Reason.RESTORED_AT_ZERO}:
            return Ending(Result.LEFT, f"its record was closed: {record.reason}")
        self._reach(Hop.RESTORE, record.switched_at, f"{record.baseline}")
        self._reach(Hop.PROVEN, record.phase_since, str(record.reason))
        return Ending(Result.PROVEN)

    def _tick(self) -> None:
        """Look at the record as the restore tick does: same decisions, leases and versions."""
        errors = restore.carry_out(self.installation, [self.key], Heard(self.installation))
        for error in errors.values():
            raise error if isinstance(error, SpotFailoverError) else TransientError(f"{self.key}: {error!r}")

    def _reach(self, hop: Hop, at: datetime | None, note: str = "") -> None:
        new = self.path.reach(hop, at or clock.now(), note)
        if new:
            self.screen.hops(self.path, new)

    def _left(self, why: str) -> Ending:
        return Ending(Result.LEFT, f"{why}. The restore tick brings it back, as after any failover: spotctl status")
