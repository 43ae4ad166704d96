"""The restore tick: what to do with a record that is due."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from spot_failover.core import transitions
from spot_failover.core.decision import Decision, Situation
from spot_failover.core.fallback_watch import fallback_in_the_way
from spot_failover.core.phase_table import resolve
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Phase
from spot_failover.core.tags import ServiceWishes, service_wishes


def decide_restore(situation: Situation) -> Decision:
    """The decision about an ACTIVE service whose record is due."""
    record, live, now = situation.record, situation.live, situation.now
    if record.leased(now):
        return Decision(Action.RETRY, Reason.BUSY)
    step = resolve(situation)
    if step is not None:
        return step
    if record.phase is not Phase.FAILED_OVER or record.due_at is None or record.due_at > now:
        return Decision(Action.IGNORE, Reason.NOT_DUE)
    wishes = service_wishes(live.tags, situation.policy)
    if wishes.held(now) or (record.held_until is not None and now < record.held_until):
        return Decision(Action.WAIT, Reason.HELD, record=transitions.postpone(record, now + transitions.RECHECK))
    if live.desired == 0:
        return _restore_at_zero(situation)
    if record.restore_at is not None and now < record.restore_at:
        return _look_at_fallback(situation, record.restore_at)
    return (
        fallback_in_the_way(situation)
        or _outside_window(situation, wishes)
        or _unsafe(situation)
        or _limit(situation)
        or _pool_in_the_way(situation)
        or _restore(situation, Reason.RESTORE_STARTED)
    )


def _restore(situation: Situation, reason: Reason) -> Decision:
    record = transitions.begin_restore(situation.record, situation.now)
    return Decision(Action.RESTORE, reason, record=record, target=record.baseline)


def _restore_at_zero(situation: Situation) -> Decision:
    """The safest moment, but nothing would be learned from it: it waits for the canary of an open pool.

    Where no service of the pool can be one, the record would wait for ever: then it goes in the canary's place.
    """
    for pool in situation.pools:
        if pool.holds_up_at_zero(situation.now):
            postponed = transitions.postpone(situation.record, situation.now + transitions.RECHECK)
            return Decision(Action.WAIT, Reason.POOL_OPEN, record=postponed, note=str(pool.key))
    return _restore(situation, Reason.RESTORED_AT_ZERO)


def _look_at_fallback(situation: Situation, restore_at: datetime) -> Decision:
    """Before its restore is due: whether the service runs on its fallback."""
    in_the_way = fallback_in_the_way(situation)
    if in_the_way is not None and in_the_way.reason is not Reason.DEPLOYMENT_IN_PROGRESS:
        return in_the_way
    # However late the restore: a service that was scaled to zero gets its baseline back soon.
    until = min(restore_at, situation.now + transitions.RECHECK)
    return Decision(Action.WAIT, Reason.NOT_DUE, record=transitions.postpone(situation.record, until))


def _unsafe(situation: Situation) -> Decision | None:
    live, record = situation.live, situation.record
    if live.can_roll or situation.policy.restore.allow_disruption:
        return None
    told = Reason.UNSAFE_TO_RESTORE
    postponed = transitions.postpone(record, situation.now + transitions.RECHECK, alerted=told)
    return Decision(
        Action.WAIT if told in record.alerted else Action.ALERT,
        Reason.UNSAFE_TO_RESTORE,
        record=postponed,
        note=f"a deployment could stop healthy tasks first: minimumHealthyPercent {live.minimum_healthy_percent}, "
        f"maximumPercent {live.maximum_percent}, desired {live.desired}",
    )


def _outside_window(situation: Situation, wishes: ServiceWishes) -> Decision | None:
    if wishes.may_restore(situation.now):
        return None
    soon = situation.now + transitions.RECHECK
    begin = wishes.window.next_begin(situation.now) if wishes.window is not None else soon
    postponed = transitions.postpone(situation.record, min(begin, soon))
    return Decision(Action.WAIT, Reason.RESTORE_WINDOW, record=postponed)


def _pool_in_the_way(situation: Situation) -> Decision | None:
    record, policy, now = situation.record, situation.policy.restore, situation.now
    soon = now + transitions.RECHECK
    for pool in situation.pools:
        if pool.key in situation.probes:
            since = situation.probes[pool.key]
            ready = soon if since is None else since + policy.probe_time
            if now < ready:
                note = f"{pool.key}: its probe {pool.probe} has not run for long enough"
                waiting = transitions.postpone(record, min(ready, soon))
                return Decision(Action.WAIT, Reason.PROBE_WAITING, record=waiting, note=note)
        refusal = pool.refusal(record.key, policy, now)
        if refusal is None:
            continue
        until = min(max(pool.next_canary_at or now, now), soon)
        postponed = transitions.postpone(record, until) if until > now else None
        return Decision(Action.WAIT, refusal, record=postponed, note=str(pool.key))
    return None


def _limit(situation: Situation) -> Decision | None:
    record, now = situation.record, situation.now
    if record.restores_on(now.date().isoformat()) < situation.policy.restore.max_per_day:
        return None
    tomorrow = datetime.combine(now.date() + timedelta(days=1), time.min, tzinfo=now.tzinfo)
    until = min(tomorrow, now + transitions.RECHECK)
    return Decision(Action.WAIT, Reason.RESTORE_LIMIT, record=transitions.postpone(record, until))
