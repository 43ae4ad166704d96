"""What the owner of a service does to it: Terraform, releases, autoscaling."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from tests.soak.ground import Ground
from tests.soak.plan import ON_DEMAND, STRATEGIES, Place, Wire, options, same

TRY_AGAIN = 45.0
"""Seconds after which somebody whom ECS throttled tries once more."""
GONE = frozenset({"ServiceNotFoundException", "ServiceNotActiveException", "ClusterNotFoundException"})


@dataclass
class Owner:
    """The owner of one service."""

    ground: Ground
    place: Place
    dice: random.Random
    did: Counter[str]
    wanted: dict[str, Any] = field(default_factory=dict)
    """As their Terraform has the service."""
    exists: bool = False

    @property
    def strategy(self) -> Wire:
        """The strategy that they want."""
        strategy: Wire = self.wanted["capacityProviderStrategy"]
        return strategy

    def create(self) -> None:
        """Make the service, and its cluster if need be."""
        self.wanted = options(self.place, self.dice)
        self.exists = True
        self._call(self._create, "create")

    def delete(self) -> None:
        """Delete it for good, or until it is created again."""
        self.exists = False
        self._call(lambda ecs: ecs.delete_service(**self._named, force=True), "delete")

    def release(self) -> None:
        """A new deployment of the same image and strategy."""
        self._update("release", dict)

    def reapply(self) -> None:
        """`terraform apply`: the strategy is what they want, whoever has changed it."""
        self._update("re-apply", self._as_wanted)

    def choose(self) -> None:
        """They change their mind about Spot."""
        strategy = self.dice.choice((*STRATEGIES, ON_DEMAND))
        if self.exists and not same(strategy, self.strategy):
            self.wanted["capacityProviderStrategy"] = strategy
            self._update("another strategy", self._as_wanted)

    def scale(self, desired: int) -> None:
        """Autoscaling, or a person."""
        if self.exists:
            self.wanted["desiredCount"] = desired
            self._call(lambda ecs: ecs.update_service(**self._named, desiredCount=self.wanted["desiredCount"]), "scale")

    def _as_wanted(self) -> dict[str, Any]:
        return {"capacityProviderStrategy": self.strategy}

    @property
    def _named(self) -> dict[str, str]:
        return {"cluster": self.place.cluster, "service": self.place.service}

    def _update(self, what: str, change: Callable[[], dict[str, Any]]) -> None:
        """What they want when it is tried again is what they want then."""
        if self.exists:
            self._call(lambda ecs: ecs.update_service(**self._named, forceNewDeployment=True, **change()), what)

    def _create(self, ecs: Any) -> None:
        place = self.place
        ecs.create_cluster(clusterName=place.cluster, capacityProviders=["FARGATE", "FARGATE_SPOT"])
        definition = ecs.register_task_definition(
            family=f"{place.cluster}-{place.service}",
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            containerDefinitions=[{"name": "web", "image": place.image, "essential": True}],
        )
        network = {"awsvpcConfiguration": {"subnets": ["subnet-0a1b2c3d4e5f60718"]}}
        ecs.create_service(
            cluster=place.cluster,
            serviceName=place.service,
            taskDefinition=definition["taskDefinition"]["taskDefinitionArn"],
            networkConfiguration=network,
            **self.wanted,
        )

    def _call(self, call: Callable[[Any], object], what: str) -> None:
        try:
            call(self.ground.owner("ecs", self.place.account, self.place.region))
        except ClientError as error:
            # Throttled, or the service still drains: a person tries again later.
            code = error.response["Error"]["Code"]
            if code in GONE and what != "create":
                self.did[f"{what}: too late, it was deleted"] += 1
                return
            self.did[f"{what}: {code}, tried again"] += 1
            self.ground.clock.call_later(TRY_AGAIN, lambda: self._call(call, what), name=f"{what} {self.place} again")
        else:
            self.did[what] += 1
