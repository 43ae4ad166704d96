"""How many tasks an on-demand twin should have: exactly what its primary lacks, counted anew at every look.

Only absolute counts are set, so whatever is delivered twice, late or out of order asks for the same again. A twin gets
more at once, and less only by tasks of its primary that have run for a while. Once the primary has been whole for
`whole_for`, the twin goes back to 0 in steps.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from spot_failover.core.decision import Decision, Situation
from spot_failover.core.event_decision import gate
from spot_failover.core.events import Event, Interruption, SilentShortage, TaskStateChange
from spot_failover.core.policy import InterruptionResponse, Method, Policy
from spot_failover.core.reason import Action, Reason
from spot_failover.core.service import LiveService
from spot_failover.core.shortage import spot_lacks
from spot_failover.core.tags import service_wishes
from spot_failover.core.task import carrying
from spot_failover.core.twin_check import twin_problem
from spot_failover.core.twin_state import TwinState

SETTLE = timedelta(minutes=1)
"""How long a task has to run before it counts as carrying load: ECS calls it RUNNING before the load balancer calls it
healthy. Also for how long DescribeServices may answer with what was before our own change."""
MOST_SETTLE = timedelta(minutes=10)
"""The longest time that a service's health check grace period may stretch that to."""


@dataclass(frozen=True)
class TwinSituation:
    """All that a decision about a twin may look at."""

    state: TwinState
    policy: Policy
    now: datetime
    primary: Situation | None
    """With its tasks; None: the primary is gone."""
    name: str = ""
    """The twin's; where the primary names another by now, that of the one before until it has no tasks."""
    twin: LiveService | None = None
    """None: there is no such active service."""
    left: int = 0
    """Tasks of the one before, if it says no more that it is the primary's: it is left alone."""
    autoscaled: bool | None = None
    """None: nobody has asked yet, which is no matter where nothing is scaled."""

    @property
    def current(self) -> int:
        """Tasks that the twin is asked to have; right after our own call ECS may still answer with the ones before."""
        called = self.state.called_at
        if called is not None and self.state.twin == self.name and self.now - called < SETTLE:
            return self.state.taken
        return self.twin.desired if self.twin is not None else 0

    @property
    def empty(self) -> bool:
        """Whether it has no tasks by all that is known: what still has some is never left alone."""
        return self.current == 0 and (self.twin is None or self.twin.desired == 0)


@dataclass(frozen=True)
class TwinDecision:
    """What to do about a twin and why.

    For `SCALE_TWIN`, `state` is the intent to write first and `count` what to ask ECS for. For any other action,
    `state` is what to write, None where nothing changes.
    """

    action: Action
    reason: Reason
    state: TwinState | None = None
    count: int | None = None
    note: str = ""


@dataclass(frozen=True)
class _Need:
    """What the primary lacks."""

    least: int
    """Desired - running - coming: the twin may not have fewer."""
    most: int
    """Desired - tasks that have run for the settle time: it need not have more."""
    whole_since: datetime
    """Since when as many as desired of its present tasks have run; now, where so many do not."""


def decide_twin(situation: TwinSituation) -> TwinDecision:
    """The decision about a primary and its twin: begin, follow, or bring back to 0."""
    state, primary = situation.state, situation.primary
    if state.leased(situation.now):
        return TwinDecision(Action.RETRY, Reason.BUSY)
    if primary is None:
        return _follow(situation, _Need(0, 0, whole_since=situation.now), Reason.SERVICE_GONE)
    alarm = None if isinstance(primary.event, TaskStateChange) else primary.event
    if alarm is None and not state.active:
        return TwinDecision(Action.IGNORE, Reason.TWIN_IDLE)
    blocked = gate(primary, primary.event)
    if blocked is not None and not state.active:
        return _told(blocked)
    if alarm is not None and blocked is None and (situation.current == 0 or not state.active):
        return _begin(situation, primary, alarm)
    if blocked is not None and blocked.reason is Reason.HELD:
        return _told(blocked)
    return _follow(situation, _need(situation, primary), _release(situation, primary, blocked))


def _release(situation: TwinSituation, primary: Situation, blocked: Decision | None) -> Reason | None:
    """Why the twin may only go down any more; None: it follows in both directions."""
    key, wishes = primary.live.key, service_wishes(primary.live.tags, situation.policy)
    covered = situation.policy.twin.enabled and situation.policy.scope.covers(key.account, key.cluster, key.service)
    if wishes.method is not Method.FAILOVER_SERVICE or not covered:
        return Reason.OUT_OF_SCOPE
    return blocked.reason if blocked is not None and blocked.reason is not Reason.STALE_EVENT else None


def _need(situation: TwinSituation, primary: Situation) -> _Need:
    live, now = primary.live, situation.now
    tasks = primary.tasks or ()
    settle = min(max(SETTLE, live.health_grace), MOST_SETTLE)
    started = sorted(task.started_at or task.created_at for task in tasks if task.runs)
    settled = sum(now - at >= settle for at in started)
    return _Need(
        least=max(0, live.desired - carrying(tasks, now, situation.policy.shortage_threshold)),
        most=max(0, live.desired - settled),
        whole_since=started[live.desired - 1] if 0 < live.desired <= len(started) else now,
    )


def _begin(situation: TwinSituation, primary: Situation, event: Event) -> TwinDecision:
    """The twin rests: only a shortage of Spot wakes it."""
    response = service_wishes(primary.live.tags, situation.policy).response
    if isinstance(event, Interruption) and response is InterruptionResponse.NONE:
        return TwinDecision(Action.IGNORE, Reason.RESPONSE_NONE)
    need = _need(situation, primary)
    silent = isinstance(event, SilentShortage)
    if need.least == 0 and not event.synthetic:
        if need.most == 0 or silent:
            return TwinDecision(Action.IGNORE, Reason.NOT_SHORT)
        # ECS may yet fail to place what is coming, and need not tell of it again: the tasks' own events will.
        watched = replace(situation.state, evidence_at=situation.now, due_at=situation.now, expires_at=None)
        return TwinDecision(Action.WAIT, Reason.NOT_SHORT, state=watched, note="watched until all its tasks have run")
    if silent and not spot_lacks(primary):
        note = "nothing shows that Spot capacity lacks"
        return TwinDecision(Action.REPORT, Reason.SHORT_NOT_CAPACITY, note=note)
    return _raise(situation, max(need.least, int(event.synthetic)))


def _follow(situation: TwinSituation, need: _Need, release: Reason | None) -> TwinDecision:
    current, most = situation.current, situation.policy.twin.max_tasks
    if current == 0 and (release is not None or need.most == 0 or _watched_for_long(situation, need)):
        if not situation.empty:
            return _steady(situation, "ECS took 0 a moment ago and still answers with tasks: looked at again", release)
        return TwinDecision(Action.CLOSE, release or Reason.TWIN_IDLE, state=situation.state.resting(situation.now))
    if release is None and min(most, need.least) > current:
        return _raise(situation, need.least)
    if min(most, need.most) < current:
        return _lower(situation, need, release)
    return _steady(situation, "it has what its primary lacks", release)


def _watched_for_long(situation: TwinSituation, need: _Need) -> bool:
    """Whether what woke the twin is over, and it was never told to have tasks: whatever lacks now is another matter."""
    state, threshold = situation.state, situation.policy.shortage_threshold
    if state.wanted > 0:
        return need.least == 0 and state.raised_at is not None and situation.now - state.raised_at >= threshold
    return state.evidence_at is None or situation.now - state.evidence_at >= threshold


def _raise(situation: TwinSituation, lacking: int) -> TwinDecision:
    state, now = situation.state, situation.now
    count = min(situation.policy.twin.max_tasks, lacking)
    intent = replace(
        state.naming(situation.name),
        wanted=count,
        evidence_at=now,
        raised_at=now,
        stepped_at=None,
        step_from=0,
        due_at=now,
        expires_at=None,
    )
    note = f"{lacking} tasks lack, max_tasks is {count}" if count < lacking else ""
    if situation.current >= count:
        # It has them already: somebody else's doing, or ours before the state got lost. From now on it is followed.
        kept = replace(intent, wanted=situation.current)
        return _usable(situation, TwinDecision(Action.CONFIRM, Reason.TWIN_STEADY, state=kept), None)
    return _usable(situation, TwinDecision(Action.SCALE_TWIN, Reason.TWIN_RAISED, intent, count, note), None)


def _lower(situation: TwinSituation, need: _Need, release: Reason | None) -> TwinDecision:
    state, now, current = situation.state, situation.now, situation.current
    least = min(situation.policy.twin.max_tasks, need.most)
    scaled_to_zero = situation.primary is not None and situation.primary.live.desired == 0
    if least > 0 or scaled_to_zero:
        intent = replace(state.naming(situation.name), wanted=least, stepped_at=None, step_from=0, due_at=now)
        note = "its primary wants no tasks" if scaled_to_zero else "as many tasks of its primary run again"
        return _usable(
            situation, TwinDecision(Action.SCALE_TWIN, Reason.TWIN_LOWERED, intent, least, note=note), release
        )
    twin = situation.policy.twin
    since = max(need.whole_since, state.raised_at or need.whole_since)
    if situation.primary is not None and now - since < twin.whole_for:
        return _steady(situation, f"until its primary has been whole for {twin.whole_for}", release)
    if state.stepped_at is not None and now - state.stepped_at < twin.step_wait:
        return _steady(situation, f"until {twin.step_wait} after the last step", release)
    begin = state.step_from or current
    count = max(0, current + -begin * twin.step_percent // 100)
    intent = replace(state.naming(situation.name), wanted=count, stepped_at=now, step_from=begin, due_at=now)
    return _usable(situation, TwinDecision(Action.SCALE_TWIN, Reason.TWIN_STEPPED_DOWN, intent, count), release)


def _usable(situation: TwinSituation, decision: TwinDecision, release: Reason | None) -> TwinDecision:
    """The decision, where the twin may be scaled; else an alert, once in a while."""
    problem = _problem(situation, release)
    if not problem:
        return _with_release(decision, release)
    state = situation.state
    if state.active and situation.empty:
        state = state.resting(situation.now)
    if situation.state.may_tell(Reason.TWIN_UNUSABLE, situation.now):
        told = state.telling(Reason.TWIN_UNUSABLE, situation.now)
        return TwinDecision(Action.ALERT, Reason.TWIN_UNUSABLE, state=told, note=problem)
    changed = None if state is situation.state else state
    return TwinDecision(Action.IGNORE, Reason.TWIN_UNUSABLE, state=changed, note=f"told already: {problem}")


def _problem(situation: TwinSituation, release: Reason | None) -> str:
    if situation.primary is None:
        # Nothing is left to compare it with, but its own tag still has to say whose twin it is.
        owner = service_wishes(situation.twin.tags, situation.policy).twin if situation.twin is not None else ""
        key = situation.state.primary
        return "" if owner == key.service else f"{situation.name} is not tagged as the twin of {key.service}"
    policy = situation.policy
    if release is not None:
        policy = replace(policy, twin=replace(policy.twin, enabled=True))
    autoscaled = bool(situation.autoscaled)
    return twin_problem(situation.primary.live, situation.name, situation.twin, policy, autoscaled=autoscaled)


def _steady(situation: TwinSituation, note: str, release: Reason | None) -> TwinDecision:
    """Nothing to do; a twin that does not get its tasks either is for a person to know."""
    state, now, twin = situation.state, situation.now, situation.twin
    late = state.raised_at is not None and now - state.raised_at >= situation.policy.failover_deadline
    if late and twin is not None and twin.running < situation.current:
        runs = f"twin {twin.key.service} runs {twin.running} of {situation.current} tasks"
        note = f"{runs}: on-demand capacity lacks too, or its tasks do not start"
        if state.may_tell(Reason.FALLBACK_SHORT, now):
            told = state.telling(Reason.FALLBACK_SHORT, now)
            return TwinDecision(Action.ALERT, Reason.FALLBACK_SHORT, state=told, note=note)
    return _with_release(TwinDecision(Action.IGNORE, Reason.TWIN_STEADY, note=note), release)


def _with_release(decision: TwinDecision, release: Reason | None) -> TwinDecision:
    if release is None:
        return decision
    return replace(decision, note=f"its primary is left alone by now ({release}). {decision.note}".strip())


def _told(decision: Decision) -> TwinDecision:
    return TwinDecision(decision.action, decision.reason, note=decision.note)
