"""Evidence that Spot capacity lacks: what tells a shortage from an application that does not start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction

from spot_failover.core.decision import Situation
from spot_failover.core.events import CLOCK_SKEW, SilentShortage
from spot_failover.core.execution_table import waits_to_begin
from spot_failover.core.reason import Reason
from spot_failover.core.record import Phase
from spot_failover.core.service import LiveService
from spot_failover.core.strategy import Strategy
from spot_failover.core.task import PROVISIONING, Task

STEADY_STATE = "has reached a steady state"
"""ECS writes it into a service's events once all tasks run: what it told before is over."""


def seems_short(live: LiveService, spot_providers: frozenset[str], now: datetime, threshold: timedelta) -> bool:
    """Whether a service is worth a closer look: cheap, from its counts alone, and rather once too often.

    A pending task counts as coming in the service's own counts, however long it has been pending: a service that has
    some is looked at once its PRIMARY deployment is older than the threshold.
    """
    if live.desired == 0 or not live.strategy.providers & spot_providers:
        return False
    if not live.whole or not live.primary_whole:
        return True
    primary = live.primary
    return live.pending > 0 and primary is not None and now - primary.created_at >= threshold


def needs_tasks(situation: Situation) -> bool:
    """Whether the decision hangs on what each task does.

    The sweep's does, and one about a restore that waits for long, or about a failover that waits to begin: there a
    service counts as whole again with tasks that may have been pending all along.
    """
    live, record = situation.live, situation.record
    if situation.tasks is not None or live.desired == 0:
        return False
    if isinstance(situation.event, SilentShortage):
        return True
    if record.phase is Phase.FAILING_OVER and live.pending > 0 and situation.primary_whole:
        return Reason.FAILOVER_LIMIT in record.alerted or waits_to_begin(situation)
    if record.phase is not Phase.PROVING or record.switched_at is None or live.pending == 0:
        return False
    return situation.now - record.switched_at >= situation.policy.shortage_threshold


def spot_lacks(situation: Situation) -> bool:
    """Whether ECS shows, for longer than the threshold, that the Spot capacity of a short service lacks."""
    return waits_for_spot(situation) or _told_for_long(situation)


def waits_for_spot(situation: Situation) -> bool:
    """Whether tasks of an active Spot provider have waited for capacity for longer than the threshold."""
    active = situation.live.strategy.active_among(situation.policy.spot_providers)
    spot = {item.provider for item in active}
    return any(
        task.provider in spot
        and task.last_status == PROVISIONING
        and task.stalled(situation.now, situation.policy.shortage_threshold)
        for task in situation.tasks or ()
    )


def _told_for_long(situation: Situation) -> bool:
    """Whether a capacity message stands for longer than the threshold, and is about Spot."""
    told = [at for at in situation.live.capacity_messages if at >= _since(situation)]
    if not told or situation.now - min(told) < situation.policy.shortage_threshold:
        return False
    return not _only_on_demand_lacks(situation)


def _since(situation: Situation) -> datetime:
    """What ECS told before is of another deployment, or over."""
    live, record = situation.live, situation.record
    since = [event.created_at for event in live.events if STEADY_STATE in event.message.lower()]
    if live.primary is not None:
        since.append(live.primary.created_at)
    if record.switched_at is not None:
        since.append(record.switched_at)
    return max(since) - CLOCK_SKEW if since else situation.now - timedelta(days=1)


def _only_on_demand_lacks(situation: Situation) -> bool:
    """Whether the message must be about another provider: Spot has its share of the tasks, and that one lacks more.

    ECS writes the same message whichever provider of a strategy has no capacity. A part of a task is rounding: then it
    is about the provider whose turn the next task is.
    """
    live, primary = situation.live, situation.live.primary
    spot = {item.provider for item in live.strategy.active_among(situation.policy.spot_providers)}
    if primary is None or situation.tasks is None:
        return False
    has = _by_provider([task for task in situation.tasks if task.deployment_id == primary.id])
    lacking = {
        provider: share - has.get(provider, 0) for provider, share in shares(live.strategy, primary.desired).items()
    }
    most_of_spot = max(lacking[provider] for provider in spot)
    return most_of_spot < 1 and most_of_spot < max(lacking.values())


def shares(strategy: Strategy, tasks: int) -> Mapping[str, Fraction]:
    """How many of so many tasks each provider is to have: its base, then by weight. ECS rounds one way or the other."""
    left = tasks
    wanted = {}
    for item in strategy:
        wanted[item.provider] = Fraction(min(item.base, left))
        left -= min(item.base, left)
    weights = sum(item.weight for item in strategy)
    for item in strategy:
        wanted[item.provider] += Fraction(left * item.weight, weights or 1)
    return wanted


def _by_provider(tasks: Sequence[Task]) -> Mapping[str, int]:
    counts: dict[str, int] = {}
    for task in tasks:
        counts[task.provider] = counts.get(task.provider, 0) + 1
    return counts
