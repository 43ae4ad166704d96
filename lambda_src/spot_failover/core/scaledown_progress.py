"""Where a controlled scale-down stands: what comes next, and what a person reads in the execution."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from spot_failover.core.task_set import Health, TaskSet


class Next(StrEnum):
    """What the state machine does next: its choices read these words."""

    WAIT = "wait"
    WAIT_FOR_SERVICE = "wait_for_service"
    SWAP = "swap"
    SCALE_DOWN = "scale_down"
    CLEAN_UP = "clean_up"
    DONE = "done"
    CHECK = "check"
    """What an earlier execution left is in order: begin."""
    ROLL_BACK = "roll_back"
    SWAP_BACK = "swap_back"
    REMOVE_NEW = "remove_new"
    ROLLED_BACK = "rolled_back"
    LEFT = "left"
    """Neither done nor as before: a person has to look."""


@dataclass(frozen=True)
class Progress:
    """Handed from state to state; what stands in it at the end is the execution's output, or its cause."""

    next: Next
    note: str
    """One sentence for people."""
    wait_seconds: int = 0
    target_scale: float = 0
    """What the old task set is scaled to next, in percent: absolute, so that a retry takes nothing off twice."""
    unwell_since: datetime | None = None
    """Since when the new task set has not been whole, after the swap."""
    because: str = ""
    """Why all is put back as it was."""
    old: str = ""
    new: str = ""
    """Ids of the task sets."""
    old_running: int = 0
    new_running: int = 0
    new_healthy: int = 0
    most_healthy: int = 0
    """The most healthy targets that the new task set has had, but no more than were desired at any look since."""

    def seeing(self, old: TaskSet | None, new: TaskSet | None, health: Health) -> Progress:
        """The same with the counts of this moment."""
        return replace(
            self,
            old=old.id if old else self.old,
            new=new.id if new else self.new,
            old_running=old.running if old else 0,
            new_running=new.running if new else 0,
            new_healthy=health.healthy,
            most_healthy=min(new.desired, max(self.most_healthy, health.healthy)) if new else self.most_healthy,
        )

    def to_json(self) -> dict[str, Any]:
        """As the state machine carries it: every field, always."""
        fields = asdict(self)
        fields["next"] = str(self.next)
        fields["unwell_since"] = self.unwell_since.isoformat() if self.unwell_since else ""
        return fields

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Progress:
        """Inverse of `to_json`; an empty one before the first state has answered."""
        since = fields.get("unwell_since")
        return cls(
            next=Next(fields.get("next", Next.CHECK)),
            note=str(fields.get("note", "")),
            target_scale=float(fields.get("target_scale", 0)),
            unwell_since=datetime.fromisoformat(since) if since else None,
            because=str(fields.get("because", "")),
            old=str(fields.get("old", "")),
            new=str(fields.get("new", "")),
            most_healthy=int(fields.get("most_healthy", 0)),
        )


class Condition(StrEnum):
    """How a task set with its targets is."""

    WHOLE = "whole"
    COMING = "coming"
    FAILING = "failing"
    """None of its targets is healthy, or less than half of those that were and are still desired, or it is gone."""


def is_whole(task_set: TaskSet | None, health: Health) -> bool:
    """Whether all tasks of a task set run, and as many targets are healthy."""
    if task_set is None:
        return False
    running = task_set.running >= task_set.desired and task_set.pending == 0
    return running and task_set.steady and health.healthy >= task_set.desired


def condition(task_set: TaskSet | None, health: Health, most_healthy: int) -> Condition:
    """How a task set is of whose targets `most_healthy` have been healthy: what it never had it has not lost.

    Autoscaling may more than double the desired count at any time: the tasks that it adds are coming.
    """
    if task_set is None:
        return Condition.FAILING
    if is_whole(task_set, health):
        return Condition.WHOLE
    none = health.healthy == 0 and task_set.desired > 0
    lost = 2 * health.healthy < min(task_set.desired, most_healthy)
    return Condition.FAILING if none or lost else Condition.COMING


def poll_seconds(patience: int) -> int:
    """How often something is looked at that may take `patience` seconds: some 60 times, every 5 to 60 seconds.

    An execution's history holds 25,000 events, and each look takes nine of them (Step Functions quotas).
    """
    return max(5, min(60, patience // 60))


def overdue(since: datetime, now: datetime, patience: int) -> bool:
    """Whether `patience` seconds are over."""
    return now - since >= timedelta(seconds=patience)


def next_scale(scale: float, decrement: int) -> float:
    """The old task set's scale after one more step, in percent."""
    return max(0.0, scale - decrement)


def why(error: Mapping[str, Any]) -> str:
    """The message of what a state has caught: the function's own, or what Step Functions says about it."""
    name, cause = str(error.get("Error", "")), str(error.get("Cause", ""))
    try:
        told = json.loads(cause)
    except ValueError:
        return f"{name}: {cause}" if cause else name
    message = told.get("errorMessage") if isinstance(told, dict) else None
    return f"{name}: {message or cause}"
