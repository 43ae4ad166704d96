"""An event about a service: the first row that fits decides. Rows stand in the order in which they are checked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from spot_failover.core import transitions
from spot_failover.core.decision import Decision, Situation
from spot_failover.core.events import (
    CLOCK_SKEW,
    Event,
    Interruption,
    OperatorFailover,
    PlacementFailure,
    SilentShortage,
)
from spot_failover.core.execution_table import others_deploy
from spot_failover.core.execution_transitions import told
from spot_failover.core.fallback import FallbackImpossibleError, fallback_strategy
from spot_failover.core.fallback_watch import fallback_in_the_way
from spot_failover.core.interruptions import often
from spot_failover.core.methods import unsupported
from spot_failover.core.phase_table import resolve
from spot_failover.core.policy import InterruptionResponse, Mode, Policy
from spot_failover.core.pool import SHARED_PROVIDERS
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Phase, Record
from spot_failover.core.service import LiveService
from spot_failover.core.shortage import spot_lacks
from spot_failover.core.strategy import Strategy
from spot_failover.core.tags import service_wishes


def screen(event: Event, policy: Policy) -> Decision | None:
    """What can be told from the event alone, before any call into its account; None: it has to be looked at."""
    if not policy.enabled:
        return _ignore(Reason.DISABLED)
    if not event.synthetic and (event.replayed or event.arrived - event.time > policy.max_event_age):
        return _ignore(Reason.EVENT_TOO_OLD)
    if policy.on_demand_providers.intersection(event.providers):
        return None
    return _screen_names(event, policy)


def names_spot(event: Event, policy: Policy) -> bool:
    """Whether the event is about Spot. An interruption need not name its provider: Spot is what gets interrupted."""
    if not event.providers:
        return not isinstance(event, PlacementFailure)
    return bool(policy.spot_providers.intersection(event.providers))


def screen_record(event: Event, record: Record, policy: Policy, now: datetime) -> Decision | None:
    """What the record tells beyond that; never None where the event is not about Spot."""
    on_demand = policy.on_demand_providers.intersection(event.providers)
    # What led to the failover may have named both providers, come again, or been told twice.
    after = record.switched_at is None or event.time > record.switched_at + CLOCK_SKEW
    if on_demand and isinstance(event, PlacementFailure) and record.phase is Phase.FAILED_OVER and after:
        return Decision(
            Action.ALERT,
            Reason.FALLBACK_SHORT,
            record=transitions.bring_forward(record, now, alerted=Reason.FALLBACK_SHORT),
            note="on-demand capacity lacks too: the next restore is brought forward",
        )
    return _screen_names(event, policy)


def _screen_names(event: Event, policy: Policy) -> Decision | None:
    if not names_spot(event, policy):
        return _ignore(Reason.NOT_SPOT)
    if not policy.scope.covers(event.key.account, event.key.cluster, event.key.service):
        return _ignore(Reason.OUT_OF_SCOPE)
    told_by_ecs = isinstance(event, PlacementFailure) and not event.synthetic
    if told_by_ecs and not policy.spot_providers.intersection(event.providers) & SHARED_PROVIDERS:
        # About instances such an event usually means ordinary lack of room, which an Auto Scaling group is mending.
        return _ignore(Reason.LEFT_TO_SWEEP)
    return None


def settled(event: Event, record: Record) -> Decision | None:
    """What the record tells without a look at the service; None: it has to be looked at.

    In a storm most events are about services that have been failed over since: to look at each anew would cost an
    account its quota. What ECS or its owner has taken back is found by its next event, by the tick, by the sweep.

    What reached the queue before ECS made the switch is no consequence of it, however the clocks differ: events take
    longer than that.
    """
    told_by_ecs = isinstance(event, PlacementFailure | Interruption) and not event.synthetic
    if not told_by_ecs or record.phase is not Phase.FAILED_OVER:
        return None
    return _ignore(Reason.STALE_EVENT) if _before_switch(event, record) else None


def _before_switch(event: Event, record: Record) -> bool:
    """Whether an event tells of a time before the last switch."""
    return record.switched_at is not None and (_stale(event, record) or event.arrived < record.switched_at)


def _stale(event: Event, record: Record) -> bool:
    return record.switched_at is not None and event.time < record.switched_at - CLOCK_SKEW


def service_gone(record: Record, now: datetime) -> Decision:
    """The service or its cluster is gone, or not ACTIVE: its record closes."""
    closed = transitions.close(record, Reason.SERVICE_GONE, now) if record.phase.open else None
    return Decision(Action.CLOSE if closed else Action.IGNORE, Reason.SERVICE_GONE, record=closed)


def observes(policy: Policy, event: Event | None, live: LiveService | None = None) -> bool:
    """Whether decisions are only told, not carried out: by policy, by a tag of the service, or for such an event."""
    mode = policy.mode if live is None else service_wishes(live.tags, policy).mode
    return mode is Mode.OBSERVE or (event is not None and event.report_only)


def decide_event(situation: Situation, event: Event) -> Decision:
    """The decision about an ACTIVE service, from the phase table on."""
    record = situation.record
    if record.leased(situation.now):
        return Decision(Action.RETRY, Reason.BUSY)
    step = resolve(situation)
    if step is not None:
        return step
    if isinstance(event, SilentShortage) and record.phase is Phase.FAILED_OVER:
        return replace(fallback_in_the_way(situation) or _ignore(Reason.NOT_SHORT), again=False)
    return gate(situation, event) or _short(situation, event)


def gate(situation: Situation, event: Event | None) -> Decision | None:
    """What keeps a settled service from failing over, whatever the event tells; None: nothing does."""
    live, record, policy = situation.live, situation.record, situation.policy
    wishes = service_wishes(live.tags, policy)
    if wishes.probe:
        return _ignore(Reason.PROBE)
    if not wishes.enrolled or wishes.method is None:
        return _ignore(Reason.OUT_OF_SCOPE)
    if wishes.held(situation.now) or (record.held_until is not None and situation.now < record.held_until):
        return _ignore(Reason.HELD)
    why_not = unsupported(live, policy)
    if why_not is not None:
        return Decision(Action.ALERT, Reason.UNSUPPORTED_CONTROLLER, note=why_not)
    if event is not None and _stale(event, record):
        return _ignore(Reason.STALE_EVENT)
    if live.desired == 0:
        return _ignore(Reason.SCALED_TO_ZERO)
    # A pair that the policy has got since may make a provider of the fallback a Spot one: the baseline stands.
    if record.phase is Phase.FAILED_OVER or not live.strategy.active_among(policy.spot_providers):
        return _ignore(Reason.NO_ACTIVE_SPOT)
    return None


def _short(situation: Situation, event: Event) -> Decision:
    if isinstance(event, Interruption):
        return _interrupted(situation, event)
    if isinstance(event, OperatorFailover):
        return _fail_over(situation, Reason.OPERATOR_REQUEST)
    if situation.primary_whole and not event.synthetic:
        return _ignore(Reason.NOT_SHORT)
    if isinstance(event, SilentShortage):
        if not spot_lacks(situation):
            return Decision(Action.REPORT, Reason.SHORT_NOT_CAPACITY, note="nothing shows that Spot capacity lacks")
        return _fail_over(situation, Reason.SILENT_SHORTAGE)
    return _fail_over(situation, Reason.FAILED_OVER)


@dataclass(frozen=True)
class Counting:
    """Whose intended tasks tell whether an interrupted service is short; no deployment: the whole service's."""

    deployment_id: str | None


def counting(situation: Situation, event: Event) -> Counting | None:
    """What to count before the decision; None where the decision does not hang on it.

    ECS does not document whether a task between its notice and its end is still in the service's counts, so the tasks
    that ECS intends to keep are counted instead. Where it tells that capacity lacks, old tasks of the deployment before
    must not hide it: then the PRIMARY's are.
    """
    live, record = situation.live, situation.record
    if event.synthetic or live.desired == 0 or situation.tasks is not None:
        return None
    if record.phase is Phase.PROVING:
        return Counting(None)
    if not live.strategy.active_among(situation.policy.spot_providers) or live.primary is None:
        return None
    if isinstance(event, PlacementFailure):
        return Counting(live.primary.id) if live.primary_whole else None
    response = service_wishes(live.tags, situation.policy).response
    if response in {InterruptionResponse.NONE, InterruptionResponse.FAILOVER} or _redeploys(situation, response):
        return None
    return Counting(live.primary.id if live.capacity_message_since(event.time) else None)


def _interrupted(situation: Situation, event: Interruption) -> Decision:
    response = service_wishes(situation.live.tags, situation.policy).response
    if response is InterruptionResponse.NONE:
        return _ignore(Reason.RESPONSE_NONE)
    if response is InterruptionResponse.FAILOVER:
        return _fail_over(situation, Reason.INTERRUPTED)
    if often(situation):
        return _fail_over(situation, Reason.INTERRUPTION_STORM)
    if _redeploys(situation, response):
        return _redeploy(situation, event)
    told = situation.live.capacity_message_since(event.time)
    whole = situation.primary_whole if told else situation.service_whole
    if whole and not event.synthetic:
        return _ignore(Reason.NOT_SHORT)
    return _fail_over(situation, Reason.INTERRUPTED_SHORT)


def _redeploys(situation: Situation, response: InterruptionResponse) -> bool:
    """Whether the response is a redeployment; with an open record, or while Spot is known to lack, it is as `auto`."""
    pool_open = any(pool.open for pool in situation.pools)
    asked = response is InterruptionResponse.REDEPLOY and not situation.live.external
    return asked and not situation.record.phase.open and not pool_open


def _redeploy(situation: Situation, event: Event) -> Decision:
    record, primary, now = situation.record, situation.live.primary, situation.now
    requested = record.redeploy_requested_at
    if requested is not None and primary is not None:
        if primary.created_at >= requested - CLOCK_SKEW:
            return Decision(
                Action.CONFIRM, Reason.REDEPLOYED, record=transitions.confirm_redeploy(record, primary), again=True
            )
        return Decision(Action.REDEPLOY, Reason.REDEPLOYED, record=record)
    if record.redeployed_at is not None and now - record.redeployed_at < situation.policy.interruption.min_interval:
        return _ignore(Reason.REDEPLOY_TOO_SOON)
    if primary is not None and primary.created_at > event.time and not primary.completed:
        return _ignore(Reason.ALREADY_REPLACING)
    return Decision(Action.REDEPLOY, Reason.REDEPLOYED, record=transitions.request_redeploy(record, now))


def _fail_over(situation: Situation, reason: Reason) -> Decision:
    live, policy = situation.live, situation.policy
    try:
        target = fallback_strategy(live.strategy, policy.fallback_pairs, policy.fallback_weight)
    except FallbackImpossibleError as error:
        return Decision(Action.ALERT, Reason.FALLBACK_IMPOSSIBLE, note=str(error))
    record = transitions.begin_failover(
        situation.record, live.strategy, target, situation.event, reason, policy, situation.now
    )
    waiting = others_deploy(situation)
    if waiting is not None:
        # The intent is not lost: the tick begins it, and then it counts against the account's hour.
        return replace(waiting, record=told(record, waiting.reason), target=target)
    return Decision(Action.FAIL_OVER, reason, record=record, target=target)


def new_providers(live: LiveService, target: Strategy | None) -> frozenset[str]:
    """Providers that a switch would bring in: the cluster must have them attached."""
    return target.providers - live.strategy.providers if target is not None else frozenset()


def provider_missing(missing: frozenset[str], cluster: str) -> Decision:
    """The switch needs a provider that the cluster lacks: nothing is changed."""
    names = ", ".join(sorted(missing))
    note = f"attach {names} to cluster {cluster} (PutClusterCapacityProviders)"
    return Decision(Action.ALERT, Reason.FALLBACK_PROVIDER_MISSING, note=note)


def _ignore(reason: Reason) -> Decision:
    return Decision(Action.IGNORE, reason)
