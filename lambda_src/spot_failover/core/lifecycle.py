"""The record as a state machine: which phase may follow which, why, and how long each may last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import MAXYEAR, datetime, timedelta
from enum import StrEnum

from spot_failover.core.events import Event, SilentShortage
from spot_failover.core.policy import Policy
from spot_failover.core.reason import Reason
from spot_failover.core.record import Phase, Record


class Actor(StrEnum):
    """Who may make a transition."""

    EVENT = "event"
    """A placement failure or an interruption."""
    TICK = "tick"
    """The restore schedule."""
    SWEEP = "sweep"
    """The sweep that looks for silent shortages."""


ALL = frozenset(Actor)
NOT_TICK = ALL - {Actor.TICK}
ONLY_TICK = frozenset({Actor.TICK})


@dataclass(frozen=True)
class Transition:
    """One arrow of the machine."""

    source: Phase
    target: Phase
    by: frozenset[Actor]
    why: str


TRANSITIONS = (
    Transition(Phase.CLOSED, Phase.FAILING_OVER, NOT_TICK, "short of Spot, and the baseline is saved"),
    Transition(Phase.CLOSED, Phase.FAILED_OVER, NOT_TICK, "ECS rolled back what had superseded the failover"),
    Transition(Phase.FAILING_OVER, Phase.FAILED_OVER, ALL, "the call has taken effect"),
    Transition(Phase.FAILED_OVER, Phase.RESTORING, ONLY_TICK, "a restore is due"),
    Transition(Phase.RESTORING, Phase.PROVING, ALL, "the call has taken effect"),
    Transition(Phase.RESTORING, Phase.FAILED_OVER, ALL, "given up before the call, or the state machine put it back"),
    Transition(Phase.PROVING, Phase.FAILING_OVER, ALL, "Spot does not carry the service"),
    Transition(Phase.PROVING, Phase.FAILED_OVER, ALL, "ECS rolled the restore back, or somebody overruled it"),
    Transition(Phase.FAILED_OVER, Phase.FAILING_OVER, ALL, "ECS rolled the failover back"),
    Transition(Phase.FAILING_OVER, Phase.CLOSED, ALL, "superseded, whole again in time, or the service is gone"),
    Transition(Phase.FAILED_OVER, Phase.CLOSED, ALL, "superseded, or the service is gone"),
    Transition(Phase.RESTORING, Phase.CLOSED, ALL, "superseded, or the service is gone"),
    Transition(Phase.PROVING, Phase.CLOSED, ALL, "proven, superseded, scaled to zero, or the service is gone"),
)
_ALLOWED = {(transition.source, transition.target) for transition in TRANSITIONS}

KEEP_CLOSED = timedelta(days=30)
"""How long a closed record is kept: longer than any `stable_for`, so that its failure count is not forgotten early."""
INTENT_LIMIT = timedelta(minutes=30)
"""An intent is confirmed, or its call made again, at the next tick: one that lasts longer meets an error every time."""
WAITING_LIMIT = timedelta(hours=24)
"""A failed-over service waits for its restore, whatever the delay, for no longer than this without a word."""


def actor(event: Event | None) -> Actor:
    """Who decides: the sweep makes events of its own, the restore schedule has none."""
    if event is None:
        return Actor.TICK
    return Actor.SWEEP if isinstance(event, SilentShortage) else Actor.EVENT


def allowed(source: Phase, target: Phase, by: Actor) -> bool:
    """Whether somebody may take a record from one phase to another by one decision.

    Closing a record and failing over anew are two decisions.
    """
    return source is target or any((one.source, one.target) == (source, target) and by in one.by for one in TRANSITIONS)


def check(source: Phase, target: Phase) -> None:
    """Allow a transition, or the same phase again.

    Raises
    ------
    ValueError
        The machine has no such arrow.
    """
    if source is not target and (source, target) not in _ALLOWED:
        raise ValueError(f"no record goes from {source} to {target}")


def limit(record: Record, policy: Policy) -> timedelta | None:
    """How long a record may stay in its phase before a person should look; None: for good.

    ECS may make an intent wait for the traffic shift of the deployment before it, too.
    """
    match record.phase:
        case Phase.FAILING_OVER | Phase.RESTORING:
            return INTENT_LIMIT + record.shift_takes
        case Phase.FAILED_OVER:
            return WAITING_LIMIT + record.shift_takes
        case Phase.PROVING:
            return policy.restore.patience + INTENT_LIMIT + record.shift_takes
        case _:
            return None


def kept_until(record: Record, now: datetime) -> datetime | None:
    """When a closed record may be deleted: not before an operator's hold has ended; None: the hold has no end."""
    expires_at = now + KEEP_CLOSED
    if not record.held_by or record.held_until is None or record.held_until <= expires_at:
        return expires_at
    return record.held_until if record.held_until.year < MAXYEAR else None


WAITS_BY_CHOICE = frozenset({Reason.HELD, Reason.RESTORE_WINDOW, Reason.FAILOVER_LIMIT})
"""Why a record may wait for as long as somebody has chosen."""
WAITS_FOR_PEOPLE = frozenset({Reason.HELD, Reason.UNSAFE_TO_RESTORE})
"""Why a failed-over service does not want Spot before somebody lets it."""


def stuck(record: Record, policy: Policy, now: datetime, *, by_choice: bool = False) -> bool:
    """Whether a person should look: the record was left to one, or is in its phase for too long and not by choice."""
    if not record.phase.open:
        return False
    held = record.held_until is not None and now < record.held_until
    if held and record.reason in {Reason.RESTORE_OVERRULED, Reason.FAILOVER_ROLLED_BACK}:
        return not record.held_by
    most, since = None if by_choice else limit(record, policy), record.execution_at or record.phase_since
    if record.phase is Phase.FAILED_OVER and Reason.TASK_SET_REFUSED in record.alerted:
        since = record.switched_at  # each try in vain enters the phase anew
    return most is not None and since is not None and now - since > most


def mermaid() -> str:
    """The machine as a mermaid state diagram, for the documentation."""
    lines = ["stateDiagram-v2", f"    [*] --> {Phase.CLOSED}"]
    for transition in TRANSITIONS:
        who = "" if transition.by == ALL else f" ({' or '.join(sorted(transition.by))} only)"
        lines.append(f"    {transition.source} --> {transition.target}: {transition.why}{who}")
    return "\n".join(lines)
