"""What every step of a controlled scale-down begins with: the input, the record, and whether it is still this one's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from spot_failover.core.errors import OverdueError, SpotFailoverError, TakenError
from spot_failover.core.scaledown_input import ScaledownInput
from spot_failover.core.scaledown_plan import Plan
from spot_failover.core.scaledown_progress import Next, Progress
from spot_failover.core.scaledown_record import ScaledownRecord
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.task_set import ExternalService, Health, TaskSet
from spot_failover.flow.scaledown_ports import Audit, Balancers, Executions, Ledger, TaskSets


@dataclass(frozen=True)
class World:
    """The hands of a step."""

    task_sets: TaskSets
    balancers: Balancers
    ledger: Ledger
    executions: Executions
    audit: Audit
    now: Callable[[], datetime]
    time_limit: int
    """Seconds that an execution may take before all is put back."""
    longest_step: int
    """Seconds that one invocation of a function may take."""
    untold: Callable[[str, SpotFailoverError], None]
    """Told which stage's audit event could not be sent, and why."""


@dataclass(frozen=True)
class Sight:
    """The service with its two task sets and their targets at one moment."""

    service: ExternalService
    old: TaskSet | None
    new: TaskSet | None
    old_health: Health
    new_health: Health

    @property
    def no_return(self) -> bool:
        """Whether the new task set is the primary already: from here on the work is only finished."""
        return self.new is not None and self.new.primary


@dataclass(frozen=True)
class Step:
    """One invocation: which execution, which service, how far it is."""

    world: World
    execution: str
    started_at: datetime
    given: ScaledownInput
    key: ServiceKey
    progress: Progress

    def record(self) -> ScaledownRecord:
        """The service's record, which has to be this execution's.

        Raises
        ------
        TakenError
            Another execution has taken the service over: this one was ended, or was started again after its end.
        """
        record = self.world.ledger.get(self.key)
        if record.owner != self.execution:
            raise TakenError(
                f"{self.key}: execution {record.owner or '(none)'} works on it now, not {self.execution}, which must "
                "not go on. Start a new execution"
            )
        return record

    def planned(self) -> tuple[ScaledownRecord, Plan]:
        """The record and its plan.

        Raises
        ------
        TakenError
            As `record`, or nothing is planned.
        """
        record = self.record()
        if record.plan is None:
            raise TakenError(f"{self.key}: nothing is planned for {self.execution}. Start a new execution")
        return record, record.plan

    def look(self, plan: Plan) -> Sight | None:
        """The service as it is now; None where it is gone."""
        service = self.world.task_sets.service(self.key)
        if service is None:
            return None
        new = service.task_set(plan.new) if plan.new else service.made_by(plan.token)
        return Sight(
            service,
            service.task_set(plan.old),
            new,
            self.world.balancers.health(plan.production),
            self.world.balancers.health(plan.idle),
        )

    def check_time(self, ahead: int = 0) -> None:
        """See to it that more than `ahead` seconds are left.

        Raises
        ------
        OverdueError
            They are not: what was done is put back, for which the state machine leaves time.
        """
        if self.world.now() + timedelta(seconds=ahead) - self.started_at >= timedelta(seconds=self.world.time_limit):
            when = f"would be over within the next {ahead} s" if ahead else "is over"
            raise OverdueError(
                f"{self.key}: the time limit of {self.world.time_limit} s {when} (time_limit_minutes of the module)"
            )

    def ended(self) -> Progress | None:
        """How this execution has ended already: a retry of a last step whose answer got lost. None: it has not."""
        record = self.world.ledger.get(self.key)
        if record.owner == self.execution and record.plan is None:
            note = f"{self.key}: what an earlier execution left is in order"
            return replace(self.progress, next=Next.CHECK, note=note, wait_seconds=0)
        if not record.owner and record.last == self.execution:
            return replace(self.progress, next=Next(record.outcome), note=record.note, wait_seconds=0)
        return None

    def finish(self, record: ScaledownRecord, plan: Plan, outcome: Next, note: str) -> Next:
        """Tell the end and leave the service to others; what was another execution's is only put in order."""
        own = plan.execution == self.execution
        self.tell("end", plan, result=str(outcome), note=note if own else f"{note}, for {plan.execution}")
        if own:
            self.release(record, outcome, note)
            return outcome
        self.world.ledger.put(record.in_order())
        return Next.CHECK

    def release(self, record: ScaledownRecord, outcome: Next, note: str) -> None:
        """Leave the service to others."""
        self.world.ledger.put(record.released(self.world.now(), str(outcome), f"{self.key}: {note}"))

    def tell(self, stage: str, plan: Plan, **detail: Any) -> None:
        """Tell one stage; that it can't be told is logged, and undoes nothing."""
        try:
            self.tell_or_fail(stage, plan, **detail)
        except SpotFailoverError as error:
            self.world.untold(stage, error)

    def tell_or_fail(self, stage: str, plan: Plan, **detail: Any) -> None:
        """Tell one stage; an error where that can't be done."""
        told = {"execution": self.execution, "old_task_set": plan.old, "new_task_set": plan.new, **detail}
        self.world.audit.tell(self.key, stage, {name: value for name, value in told.items() if value != ""})

    def said(self, progress: Progress) -> Progress:
        """The next progress, with what this one carries on."""
        return replace(progress, because=progress.because or self.progress.because)
