"""A service with the EXTERNAL controller whose task set a state machine replaces."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from spot_failover.core.policy import Policy, TaskSetPolicy
from spot_failover.core.strategy import Strategy
from tests.doubles.builders import NO_CAPACITY, SPOT, WEB, deployment, failure, service
from tests.doubles.installation import Installation

ENABLED = Policy(task_set=TaskSetPolicy(enabled=True))
FOREIGN = deployment(SPOT, id="ecs-svc/pipeline", status="ACTIVE", rollout_state="IN_PROGRESS", running=0)
"""The task set that somebody's pipeline is making."""


def shortage(policy: Policy = ENABLED, *, tags: dict[str, str] | None = None) -> Installation:
    """Its Spot tasks have just gone."""
    installation = Installation(policy).with_services(service(deployment(SPOT), controller="EXTERNAL", tags=tags))
    installation.services.lose_spot()
    return installation


def failed_over() -> Installation:
    """It has moved to on-demand capacity, and its restore is due."""
    installation = shortage()
    installation.deliver(failure())
    installation.clock.advance(minutes=20)
    installation.replacements.succeed()
    next_tick(installation)
    installation.clock.advance(minutes=5)
    return installation


def restoring() -> Installation:
    """Its restore is under way."""
    installation = failed_over()
    installation.services.spot = True
    installation.tick()
    return installation


def asked(installation: Installation) -> list[list[Any]]:
    """The strategies that executions were started for, in order, as (provider, weight, base)."""
    strategies = [
        Strategy.from_api(order.given["capacityProviderStrategy"]) for order in installation.replacements.orders
    ]
    return [[(item.provider, item.weight, item.base) for item in strategy] for strategy in strategies]


def next_tick(installation: Installation) -> None:
    """The restore schedule's next run."""
    installation.clock.advance(minutes=1)
    installation.tick()


def foreign_deployment(installation: Installation, *, runs: bool) -> None:
    """Somebody else's second task set comes, or is gone."""
    live = installation.services.live[WEB]
    ours = tuple(each for each in live.deployments if each.id != FOREIGN.id)
    theirs = replace(FOREIGN, created_at=installation.clock.now())
    installation.services.live[WEB] = replace(live, deployments=(*ours, theirs) if runs else ours)


def whole_again(installation: Installation) -> None:
    """Spot is back by itself, on the task set that was there."""
    live = installation.services.live[WEB]
    whole = tuple(replace(each, running=each.desired) for each in live.deployments)
    installation.services.live[WEB] = replace(live, deployments=whole, running=live.desired)


def capacity_message(installation: Installation) -> None:
    """ECS tells that it found no capacity."""
    live, now = installation.services.live[WEB], installation.clock.now()
    message = replace(live.events[0], created_at=now, message=NO_CAPACITY)
    installation.services.live[WEB] = replace(live, events=(message, *live.events))
