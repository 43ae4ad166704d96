"""Every change of a record, one function each: the only places where a phase is set."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from spot_failover.core import lifecycle
from spot_failover.core.events import Event
from spot_failover.core.policy import Policy
from spot_failover.core.reason import Reason
from spot_failover.core.record import Phase, Record
from spot_failover.core.service import Deployment
from spot_failover.core.strategy import Strategy

MAX_ROLLBACKS = 3
"""How often a failover that ECS rolled back is tried again before it is left to a person."""
RECHECK = timedelta(minutes=15)
"""When to look again, at the latest, at a record that waits: it may be scaled to zero, or its owner's again."""
NOT_COUNTED = frozenset({Reason.FAILOVER_LIMIT, Reason.DEPLOYMENT_IN_PROGRESS})
"""What a failover's intent waits for before it counts against its account's hour."""
OF_EXECUTIONS = frozenset({Reason.TASK_SET_LEFT, Reason.TASK_SET_REFUSED})
"""What was told of executions stays so until one has come to its good end."""


def _enter(record: Record, phase: Phase, now: datetime, **changes: Any) -> Record:
    """The record in a phase that the machine allows from where it is."""
    lifecycle.check(record.phase, phase)
    if phase is not record.phase:
        changes |= {"phase_since": now, "stuck": False, "execution": "", "execution_at": None}
    return replace(record, phase=phase, **changes)


def begin_failover(  # noqa: PLR0917 - each is a part of the intent
    record: Record,
    baseline: Strategy,
    fallback: Strategy,
    event: Event | None,
    reason: Reason,
    policy: Policy,
    now: datetime,
) -> Record:
    """The intent of a failover, with the baseline that the restore will give back.

    Raises
    ------
    ValueError
        The record is open, and so has its baseline; or the new one has no active Spot provider. Neither is overwritten.
    """
    if record.phase.open:
        raise ValueError(f"no record goes from {record.phase} to another baseline: {record.key}")
    if not baseline.active_among(policy.spot_providers):
        raise ValueError(f"{record.key}: a baseline without active Spot is never saved: {baseline}")
    return _enter(
        record,
        Phase.FAILING_OVER,
        now,
        baseline=baseline,
        fallback=fallback,
        event=event.to_record() if event is not None else record.event,
        reason=reason,
        failures=record.failures_now(now, policy.restore.stable_for),
        proven_at=None,
        due_at=now,
        not_before=None,
        alerted=frozenset(),
        short_since=None,
        interrupted={},
        redeploy_requested_at=None,  # all its tasks are replaced now
        expires_at=None,
    )


def shifting(record: Record, takes: timedelta) -> Record:
    """Keep how long ECS's traffic shift takes in the deployment that a switch makes."""
    return replace(record, shift_takes=takes)


@dataclass(frozen=True)
class Delays:
    """When a failed-over service is looked at: at the latest after `look`, and for its restore after `restore`."""

    restore: timedelta
    look: timedelta


def confirm_failover(record: Record, deployment: Deployment, desired: int, delays: Delays, now: datetime) -> Record:
    """The failover has taken effect."""
    return _enter(
        record,
        Phase.FAILED_OVER,
        now,
        deployment_id=deployment.id,
        switched_at=deployment.created_at,
        desired_at_switch=desired,
        due_at=now + min(delays.restore, delays.look),
        restore_at=now + delays.restore,
        not_before=None,
        lease=None,
        short_since=None,
    )


def reopen(record: Record, deployment: Deployment, desired: int, delays: Delays, now: datetime) -> Record:
    """What superseded the record is gone, and the fallback is back: it is to be restored to the same baseline."""
    open_again = replace(record, reason=Reason.CHANGE_ROLLED_BACK, expires_at=None)
    return confirm_failover(open_again, deployment, desired, delays, now)


def begin_restore(record: Record, now: datetime) -> Record:
    """The intent of a restore, counted against the day's limit."""
    day = now.date().isoformat()
    return _enter(
        record,
        Phase.RESTORING,
        now,
        reason=Reason.RESTORE_STARTED,
        due_at=now,
        restore_day=day,
        restores_that_day=record.restores_on(day) + 1,
        alerted=record.alerted & OF_EXECUTIONS,
    )


def confirm_restore(record: Record, deployment: Deployment, desired: int, now: datetime) -> Record:
    """The baseline is set; the service has yet to show that Spot carries it. A proving record is due at every tick."""
    return _enter(
        record,
        Phase.PROVING,
        now,
        deployment_id=deployment.id,
        switched_at=deployment.created_at,
        desired_at_switch=desired,
        due_at=now,
        lease=None,
        short_since=None,
        rollbacks=0,
        alerted=record.alerted & OF_EXECUTIONS,
    )


def give_up_restore(record: Record, delay: timedelta, now: datetime) -> Record:
    """An intent to restore whose call never took effect is taken back."""
    due_at = now + min(delay, RECHECK)
    return _enter(record, Phase.FAILED_OVER, now, due_at=due_at, restore_at=now + delay, lease=None, short_since=None)


def fail_restore(record: Record, event: Event | None, reason: Reason, now: datetime) -> Record:
    """Spot did not carry the service: the intent to set the fallback again, one failure more."""
    return _enter(
        record,
        Phase.FAILING_OVER,
        now,
        reason=reason,
        event=event.to_record() if event is not None else record.event,
        failures=record.failures + 1,
        due_at=now,
        not_before=None,
        short_since=None,
    )


def restore_rolled_back(
    record: Record, deployment: Deployment, desired: int, reason: Reason, delays: Delays, now: datetime
) -> Record:
    """ECS itself brought the fallback back."""
    failed = replace(record, reason=reason, failures=record.failures + 1)
    return confirm_failover(failed, deployment, desired, delays, now)


def failover_rolled_back(record: Record, delay: timedelta, now: datetime) -> Record:
    """ECS brought the baseline back: try again after `delay`; after `MAX_ROLLBACKS` a person has to look.

    The state machine puts it back before it was confirmed, and so does ECS where the call's answer got lost: the phase
    stays, and why it was entered: a failover that nobody needs any more is not tried again, one that was asked for is.
    """
    rollbacks = record.rollbacks + 1
    held, by, reason = record.held_until, record.held_by, record.reason
    if rollbacks > MAX_ROLLBACKS:
        held, by = datetime.max.replace(tzinfo=now.tzinfo), ""
    if rollbacks > MAX_ROLLBACKS or record.phase is not Phase.FAILING_OVER:
        reason = Reason.FAILOVER_ROLLED_BACK
    return _enter(
        replace(record, execution="", execution_at=None),
        Phase.FAILING_OVER,
        now,
        reason=reason,
        rollbacks=rollbacks,
        held_until=held,
        held_by=by,
        due_at=now + delay,
        not_before=now + delay,
        lease=None,
    )


def close(record: Record, reason: Reason, now: datetime) -> Record:
    """Nothing is left to do. What later decisions need outlives it: failures, the day's restores, the last switch."""
    return _enter(
        record,
        Phase.CLOSED,
        now,
        reason=reason,
        due_at=None,
        not_before=None,
        lease=None,
        held_until=record.held_until if record.held_by else None,
        alerted=frozenset(),
        short_since=None,
        rollbacks=0,
        proven_at=now if reason is Reason.RESTORED else record.proven_at,
        expires_at=lifecycle.kept_until(record, now),
    )


def hold_by_operator(record: Record, by: str, until: datetime, now: datetime) -> Record:
    """No failover and no restore begins until then; what has begun is finished first.

    A hold of the automation's own stays its own, and never ends earlier for this: only a release lets it try again what
    it has left to a person.
    """
    if record.held_until is not None and now < record.held_until and not record.held_by:
        return record if until <= record.held_until else replace(record, held_until=until)
    held = replace(record, held_until=until, held_by=by)
    return held if record.phase.open else replace(held, expires_at=lifecycle.kept_until(held, now))


def release(record: Record, now: datetime) -> Record:
    """Nobody holds the service any more: an open record is looked at by the next tick."""
    free = replace(record, held_until=None, held_by="")
    if record.phase.open:
        return replace(free, due_at=min(record.due_at or now, now))
    return replace(free, expires_at=lifecycle.kept_until(free, now))


def hold(record: Record, now: datetime) -> Record:
    """Leave the service to a person, who has overruled us; looked at again at times, to see when it is over."""
    return _enter(
        record,
        Phase.FAILED_OVER,
        now,
        reason=Reason.RESTORE_OVERRULED,
        held_until=datetime.max.replace(tzinfo=now.tzinfo),
        held_by="",
        due_at=now + RECHECK,
        lease=None,
    )


def request_redeploy(record: Record, now: datetime) -> Record:
    """The intent of a forced deployment on the same strategy."""
    return replace(record, redeploy_requested_at=now, expires_at=lifecycle.kept_until(record, now))


def confirm_redeploy(record: Record, deployment: Deployment) -> Record:
    """The forced deployment stands."""
    return replace(record, redeployed_at=deployment.created_at, redeploy_requested_at=None, lease=None)


def postpone(record: Record, until: datetime, *, alerted: str | None = None) -> Record:
    """Look again later; with `alerted` the alert counts as told."""
    told = record.alerted if alerted is None else record.alerted | {alerted}
    return replace(record, due_at=until, alerted=told)


def bring_forward(record: Record, now: datetime, *, alerted: str | None = None) -> Record:
    """The next restore is tried at the next tick: on-demand capacity lacks too, or an operator asks; see `postpone`."""
    told = record.alerted if alerted is None else record.alerted | {alerted}
    return replace(record, due_at=min(record.due_at or now, now), restore_at=now, alerted=told)


def limit_failover(record: Record, until: datetime) -> Record:
    """The intent of a failover whose call waits until the account may have another."""
    return replace(record, due_at=until, not_before=until, alerted=record.alerted | {Reason.FAILOVER_LIMIT})


def allow_failover(record: Record) -> Record:
    """The intent of a failover that the account's hour has room for: it waits no more."""
    return replace(record, not_before=None, alerted=record.alerted - NOT_COUNTED)


def mark_stuck(record: Record) -> Record:
    """A person has been told to look."""
    return replace(record, stuck=True)
