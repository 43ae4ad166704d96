"""Every check that a decision makes about a service, with what it finds right now. The decisions are the core's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from spot_failover.core.decision import Situation
from spot_failover.core.methods import unsupported
from spot_failover.core.policy import Method, Mode
from spot_failover.core.readiness import finding
from spot_failover.core.record import Phase
from spot_failover.core.service import LiveService
from spot_failover.core.shortage import spot_lacks
from spot_failover.core.tags import service_wishes
from spotctl.judgement import Look, sweep
from spotctl.output import at


class State(StrEnum):
    """What a check says."""

    PASSES = "passes"
    STOPS = "stops"
    """It keeps something from being done; the text says what."""
    TELLS = "tells"
    """Neither: a fact that decisions look at."""


@dataclass(frozen=True)
class Check:
    """One check."""

    name: str
    state: State
    text: str


def _check(name: str, text: str, *, passes: bool) -> Check:
    return Check(name, State.PASSES if passes else State.STOPS, text)


def checks(seen: Look, now: datetime) -> list[Check]:
    """All of them, in the order in which decisions make them."""
    policy, record, key = seen.policy, seen.record, seen.key
    in_scope = policy.scope.covers(key.account, key.cluster, key.service)
    found = [
        _check("kill switch", f"enabled = {str(policy.enabled).lower()}", passes=policy.enabled),
        _check("scope", "in scope by its names" if in_scope else "out of scope by its names", passes=in_scope),
        _check("service", "ACTIVE" if seen.live else "gone, or not ACTIVE", passes=seen.live is not None),
        _check(
            "lease",
            f"{record.lease.owner} changes it until {at(record.lease.expires_at)}"
            if record.lease is not None and record.leased(now)
            else "nobody changes it",
            passes=not record.leased(now),
        ),
        Check("record", State.TELLS, _record(seen)),
    ]
    if seen.live is not None:
        found += _of_tags(seen, seen.live, now)
        found += _of_failover(seen, seen.live, now)
    if record.phase.open:
        found += _of_restore(seen, now)
    return found


def _record(seen: Look) -> str:
    record = seen.record
    if not record.version:
        return "none: it has never been moved"
    return f"{record.phase} since {at(record.phase_since)} ({record.reason or '-'}), version {record.version}"


def _of_tags(seen: Look, live: LiveService, now: datetime) -> Iterator[Check]:
    wishes, record = service_wishes(live.tags, seen.policy), seen.record
    yield _check("mode", str(wishes.mode), passes=wishes.mode is Mode.ACT)
    yield _check("enrolled", "yes" if wishes.enrolled else "no, by tag or enrollment", passes=wishes.enrolled)
    switching = {Method.STRATEGY, Method.TASK_SET}
    yield _check("method", str(wishes.method or "unreadable"), passes=wishes.method in switching)
    yield _check("probe", "yes: never switched itself" if wishes.probe else "no", passes=not wishes.probe)
    held = record.held_until is not None and now < record.held_until
    text = f"until {at(record.held_until)} by {record.held_by or 'the automation'}" if held else "no"
    if wishes.held(now):
        text = f"by its tag, until {at(wishes.hold_until)}"
    yield _check("hold", text, passes=not held and not wishes.held(now))
    if wishes.unreadable:
        names = ", ".join(wishes.unreadable)
        yield _check("tags", f"unreadable, so it is left alone in what they are about: {names}", passes=False)


def _of_failover(seen: Look, live: LiveService, now: datetime) -> Iterator[Check]:
    policy, primary = seen.policy, live.primary
    why_not = unsupported(live, policy)
    yield _check("controller", why_not or f"{live.scheduling}, {live.controller}", passes=why_not is None)
    yield _check("desired count", str(live.desired), passes=live.desired > 0)
    active = bool(live.strategy.active_among(policy.spot_providers))
    yield _check("active Spot", str(live.strategy), passes=active)
    event = sweep(seen)
    situation = Situation(live, seen.record, policy, now, event=event, tasks=seen.tasks)
    numbers = f"PRIMARY {primary.running} running, {primary.pending} pending of {primary.desired}; " if primary else ""
    numbers += f"all deployments {live.running} running, {live.pending} pending of {live.desired}"
    short = not situation.primary_whole
    yield Check("short", State.TELLS, f"{'yes' if short else 'no'}: {numbers}")
    newest = max(live.capacity_messages, default=None)
    told = f"last capacity message at {at(newest)}" if newest else "no capacity message in its events"
    lacks = active and spot_lacks(situation)
    yield Check("evidence", State.TELLS, f"{told}; for the sweep {'enough' if lacks else 'not enough'}")
    problem = finding(live, seen.attached, policy)
    text = f"{problem.reason}: {problem.note}" if problem else "nothing known would stop a failover"
    yield _check("readiness", text, passes=problem is None)


def _of_restore(seen: Look, now: datetime) -> Iterator[Check]:
    record, policy, live = seen.record, seen.policy.restore, seen.live
    if live is None:
        return
    wishes = service_wishes(live.tags, seen.policy)
    due = record.due_at is not None and record.due_at <= now
    yield _check("due", f"looked at {at(record.due_at)}, restore {at(record.restore_at)}", passes=due)
    if record.phase is not Phase.FAILED_OVER:
        return
    yield _check("restore window", "open" if wishes.may_restore(now) else "shut", passes=wishes.may_restore(now))
    rolls = live.can_roll or policy.allow_disruption
    bounds = f"minimumHealthyPercent {live.minimum_healthy_percent}, maximumPercent {live.maximum_percent}"
    yield _check("safe to restore", bounds, passes=rolls)
    today = record.restores_on(now.date().isoformat())
    yield _check("restores today", f"{today} of {policy.max_per_day}", passes=today < policy.max_per_day)
    for pool in seen.pools:
        refusal = pool.refusal(record.key, policy, now)
        text = f"{refusal}, next canary {at(pool.next_canary_at)}" if refusal else "lets it try"
        yield _check(f"pool {pool.key.provider}", text, passes=refusal is None)
