"""Watches every change of every service for what must never happen, from local_aws's side of the calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType

from local_aws.ecs import strategy as strategies
from local_aws.ecs.service import Deployment, Revision, Service
from spot_failover.aws.record_codec import decode
from spot_failover.core.record import Phase, Record
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.strategy import Strategy
from spot_failover.core.transitions import MAX_ROLLBACKS
from tests.soak.aws import InProcess
from tests.soak.ground import AUTOMATION, TABLE
from tests.soak.plan import CENTRAL, HOME, Place

SPOT_PROVIDERS = frozenset({"FARGATE_SPOT"})
RACE_SECONDS = 30.0
"""ECS has no conditional update: an owner who deploys between a function's look at a service and its call is
overruled. Reads may be 5 s late, a look may be 5 s old, and the intent is written in between, with retries."""


@dataclass
class Course:
    """What has happened to one service."""

    owners: Strategy | None = None
    """What its owner set last."""
    owner_at: float = 0.0
    failovers: int = 0
    """Since the baseline was last set."""
    rollbacks: int = 0


@dataclass
class Watch:
    """Counts switches and keeps what was broken."""

    aws: InProcess
    broken: list[str] = field(default_factory=list)
    raced: set[Place] = field(default_factory=set)
    """Services whose owner was overruled within seconds, or by ECS, and has not deployed since."""
    switches: Counter[str] = field(default_factory=Counter)
    courses: dict[Place, Course] = field(default_factory=dict)
    _before: dict[Place, Strategy] = field(default_factory=dict)
    _ours: dict[str, Place] = field(default_factory=dict)
    """Deployments of failovers."""
    _owners: dict[str, Place] = field(default_factory=dict)
    """Deployments with which owners set another strategy."""
    _failed: dict[str, str] = field(default_factory=dict)
    """By a service's ARN, its deployment that failed last."""

    def open(self) -> None:
        """Begin to watch."""
        scheduler = self.aws.scheduler
        deploy, update = scheduler.deploy, scheduler.history.update

        def watched_deploy(service: Service, revision: Revision) -> Deployment:
            self._before[_place(service)] = _strategy(service)
            return deploy(service, revision)

        def watched_update(service: Service, api: str, principal_arn: str, *, forced: bool, now: float) -> None:
            update(service, api, principal_arn, forced=forced, now=now)
            place = _place(service)
            before = self._before.pop(place, _strategy(service))
            if f"/{AUTOMATION}/" in principal_arn:
                self._switched(place, service, before, now)
            else:
                self._owner(place, service, api, before, now)

        scheduler.deploy = watched_deploy  # type: ignore[method-assign]
        scheduler.history.update = watched_update  # type: ignore[method-assign]
        self.aws.world.listeners.append(self._event)

    def _owner(self, place: Place, service: Service, api: str, before: Strategy, now: float) -> None:
        after = _strategy(service)
        if api == "CreateService" or not after.same_as(before):
            self.courses[place] = Course(after, now)
            self.raced.discard(place)
            self._owners[service.primary.id] = place
            self.switches["owner: " + ("created" if api == "CreateService" else "set another strategy")] += 1
        else:
            self.switches["owner: deployed or scaled"] += 1

    def _switched(self, place: Place, service: Service, before: Strategy, now: float) -> None:
        after, record, course = _strategy(service), record_of(place), self.courses[place]
        where = f"{place} at {now:.0f}"
        if after.same_as(before):
            self.switches["redeploy"] += 1
            self._expect(not record.phase.open, f"{where}: redeployed while {record.phase}")
        elif after.same_as(record.baseline):
            self.switches["restore"] += 1
            self._expect(record.phase is Phase.RESTORING, f"{where}: restored while {record.phase}")
            self._expect_before(place, before, record.fallback, now)
            course.failovers = course.rollbacks = 0
        else:
            self.switches["failover"] += 1
            self._ours[service.primary.id] = place
            self._expect(record.phase is Phase.FAILING_OVER, f"{where}: failed over while {record.phase}")
            self._expect(after.same_as(record.fallback), f"{where}: set {after}, announced {record.fallback}")
            self._expect(
                bool(record.baseline.active_among(SPOT_PROVIDERS)),
                f"{where}: failed over with the baseline {record.baseline}",
            )
            self._expect_before(place, before, record.baseline, now)
            course.failovers += 1
            allowed = 1 + min(course.rollbacks, MAX_ROLLBACKS)
            self._expect(
                course.failovers <= allowed, f"{where}: failover {course.failovers} since the baseline was set"
            )

    def _expect_before(self, place: Place, before: Strategy, known: Strategy, now: float) -> None:
        """A switch replaces what the record knows of."""
        if before.same_as(known):
            return
        course = self.courses[place]
        seconds = now - course.owner_at
        owners = course.owners is not None and before.same_as(course.owners)
        if owners and seconds <= RACE_SECONDS:
            self.switches["owner overruled within seconds"] += 1
            self.raced.add(place)
            course.failovers = 0
            return
        self.broken.append(
            f"{place} at {now:.0f}: replaced {before}, but the record knows {known}; the owner set "
            f"{course.owners} {seconds:.0f} s ago"
        )

    def _event(self, event: Mapping[str, Any]) -> None:
        """ECS's own roll-backs."""
        if event["detail-type"] != "ECS Deployment State Change":
            return
        (service,), detail = event["resources"], event["detail"]
        if detail["eventName"] == "SERVICE_DEPLOYMENT_FAILED":
            self._failed[service] = detail["deploymentId"]
        if "rolling back" not in detail["reason"]:
            return
        failed = self._failed.pop(service)
        if failed in self._owners:
            self.switches["ECS: rolled back an owner's strategy"] += 1
            self.raced.add(self._owners[failed])
            return
        place = self._ours.get(failed)
        if place is None:
            self.switches["ECS: rolled back another deployment"] += 1
            return
        self.switches["ECS: rolled back a failover"] += 1
        if place in self.courses:
            self.courses[place].rollbacks += 1

    def _expect(self, kept: bool, broken: str) -> None:
        if not kept:
            self.broken.append(broken)


def record_of(place: Place) -> Record:
    """The record of a service as the table holds it."""
    key = ServiceKey(place.account, place.region, place.cluster, place.service)
    table = dynamodb_backends[CENTRAL][HOME].tables[TABLE]
    item = table.get_item(DynamoType({"S": place.record_id}), DynamoType({"S": place.region}))
    return decode(item.to_json()["Attributes"]) if item is not None else Record(key)


def _place(service: Service) -> Place:
    key = service.key
    return Place(key.account, key.region, key.cluster, key.name)


def _strategy(service: Service) -> Strategy:
    return Strategy.from_api(strategies.to_wire(service.revision.strategy))
