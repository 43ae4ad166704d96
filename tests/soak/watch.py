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
from tests.soak.aws import InProcess
from tests.soak.ground import AUTOMATION, TABLE
from tests.soak.plan import CENTRAL, HOME, TRIED_AGAIN, Place

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
    replaced: Strategy | None = None
    """What the first of these failovers replaced, as a restore has to give it back."""
    rolled_back_to: Strategy | None = None
    """What ECS brought back when it last rolled one of them back: the last strategy whose deployment was complete."""


@dataclass(frozen=True)
class Change:
    """An accepted call of ECS, by what it made of a service."""

    place: Place
    deployment: str
    """The primary one, after the call."""
    before: Strategy
    after: Strategy
    at: float
    forced: bool = False
    """Whether it made a new deployment whatever it changed."""

    def __str__(self) -> str:
        return f"{self.place} at {self.at:.0f}"


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
    """Deployments of failovers, and with which owners released what these had set."""
    _restores: dict[str, Place] = field(default_factory=dict)
    """Deployments of restores."""
    _owners: dict[str, Place] = field(default_factory=dict)
    """Deployments with which owners set another strategy."""
    _releases: dict[str, Place] = field(default_factory=dict)
    """Deployments with which owners released what they had set."""
    _live: dict[str, Service] = field(default_factory=dict)
    """By its ARN."""
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
            place, after = _place(service), _strategy(service)
            self._live[service.arn] = service
            change = Change(place, service.primary.id, self._before.pop(place, after), after, now, forced)
            if f"/{AUTOMATION}/" in principal_arn:
                self.switched(change, record_of(place))
            else:
                self.set_by_owner(change, created=api == "CreateService")

        scheduler.deploy = watched_deploy  # type: ignore[method-assign]
        scheduler.history.update = watched_update  # type: ignore[method-assign]
        self.aws.world.listeners.append(self._event)

    def set_by_owner(self, change: Change, *, created: bool = False) -> None:
        """Note what an owner did."""
        place, after = change.place, change.after
        if created or not after.same_as(change.before):
            self._expect(created or not self._left_behind(change), f"{change}: its owner found it on {change.before}")
            self.courses[place] = Course(after, change.at)
            self.raced.discard(place)
            self._owners[change.deployment] = place
            self.switches["owner: " + ("created" if created else "set another strategy")] += 1
            return
        self.switches["owner: deployed or scaled"] += 1
        if change.forced:
            self._released(place, after, change.at)
        owners = self.courses[place].owners
        if owners is not None and after.same_as(owners):
            self._releases[change.deployment] = place
        elif change.deployment not in self._owners:
            self._ours[change.deployment] = place

    def _left_behind(self, change: Change) -> bool:
        """Whether nobody would have brought it back from on-demand but its owner, whom ECS has not overruled."""
        course = self.courses[change.place]
        if not course.failovers or change.place in self.raced:
            return False
        record = record_of(change.place)
        theirs = course.owners is not None and change.before.same_as(course.owners)
        return not record.phase.open and change.before.same_as(record.fallback) and not theirs

    def _released(self, place: Place, strategy: Strategy, at: float) -> None:
        """Who releases what ECS brought back sets it anew (docs/guarantees.md), knowing of it or not."""
        course = self.courses[place]
        back = course.rolled_back_to
        if not course.rollbacks or back is None or not strategy.same_as(back):
            return
        if course.owners is None or not strategy.same_as(course.owners):
            self.raced.add(place)
        self.courses[place] = Course(strategy, at)

    def switched(self, change: Change, record: Record) -> None:
        """Judge what the automation did, by what its record said just then."""
        after, course = change.after, self.courses[change.place]
        if after.same_as(change.before):
            if self._owner_came_first(change, record):
                self.switches["owner came first within seconds"] += 1
                return
            self.switches["redeploy"] += 1
            self._expect(not record.phase.open, f"{change}: redeployed while {record.phase}")
        elif after.same_as(record.baseline):
            self.switches["restore"] += 1
            self._restores[change.deployment] = change.place
            self._expect(record.phase is Phase.RESTORING, f"{change}: restored while {record.phase}")
            self._expect_before(change, record.fallback)
            owners = None if change.place in self.raced else course.owners
            given = course.replaced if course.replaced is not None else owners
            self._expect(
                given is None or after.same_as(given),
                f"{change}: restored {after}, but failovers replaced {course.replaced} and the owner set {owners}",
            )
            course.failovers = course.rollbacks = 0
            course.replaced = course.rolled_back_to = None
        else:
            self.switches["failover"] += 1
            self._ours[change.deployment] = change.place
            self._expect(record.phase is Phase.FAILING_OVER, f"{change}: failed over while {record.phase}")
            self._expect(after.same_as(record.fallback), f"{change}: set {after}, announced {record.fallback}")
            self._expect(
                bool(record.baseline.active_among(SPOT_PROVIDERS)),
                f"{change}: failed over with the baseline {record.baseline}",
            )
            known = self._expect_before(change, record.baseline)
            if course.replaced is None:
                course.replaced = change.before if known else record.baseline
            self._expect(
                change.place in self.raced or course.owners is None or record.baseline.same_as(course.owners),
                f"{change}: failed over with the baseline {record.baseline}, but the owner set {course.owners}",
            )
            course.failovers += 1
            allowed = 1 + min(course.rollbacks, TRIED_AGAIN)
            self._expect(
                course.failovers <= allowed, f"{change}: failover {course.failovers} since the baseline was set"
            )

    def _owner_came_first(self, change: Change, record: Record) -> bool:
        """Whether the owner has set, seconds ago, just what the record announces: the call changed nothing."""
        course = self.courses[change.place]
        announced = {Phase.RESTORING: record.baseline, Phase.FAILING_OVER: record.fallback}.get(record.phase)
        return (
            announced is not None
            and course.owners is not None
            and change.after.same_as(announced)
            and change.after.same_as(course.owners)
            and change.at - course.owner_at <= RACE_SECONDS
        )

    def _expect_before(self, change: Change, known: Strategy) -> bool:
        """A switch replaces what the record knows of; False where there is a good reason that it did not."""
        before, course = change.before, self.courses[change.place]
        if before.same_as(known):
            return True
        if course.rolled_back_to is not None and before.same_as(course.rolled_back_to):
            self.switches["failover after ECS went back beyond the owner's strategy"] += 1
            return False
        seconds = change.at - course.owner_at
        owners = course.owners is not None and before.same_as(course.owners)
        if owners and seconds <= RACE_SECONDS:
            self.switches["owner overruled within seconds"] += 1
            self.raced.add(change.place)
            course.failovers = 0
            return False
        self.broken.append(
            f"{change}: replaced {before}, but the record knows {known}; the owner set {course.owners} "
            f"{seconds:.0f} s ago"
        )
        return True

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
        released = self._releases.get(failed)
        if released is not None and self._undone(released, service):
            # Several deployments of one strategy, none of which had come to its end.
            self.switches["ECS: rolled back an owner's strategy"] += 1
            self.raced.add(released)
            return
        self._ours_rolled_back(failed, _strategy(self._live[service]))

    def _ours_rolled_back(self, failed: str, to: Strategy) -> None:
        failover, restore = self._ours.get(failed), self._restores.get(failed)
        if failover is not None:
            self.switches["ECS: rolled back a failover"] += 1
            if failover in self.courses:
                self.courses[failover].rollbacks += 1
                self.courses[failover].rolled_back_to = to
        elif restore is not None:
            self.switches["ECS: rolled back a restore"] += 1
            if restore in self.courses and not to.same_as(record_of(restore).fallback):
                self.courses[restore].rolled_back_to = to
        else:
            self.switches["ECS: rolled back another deployment"] += 1

    def _undone(self, place: Place, service: str) -> bool:
        """Whether a service is no longer as its owner set it, for another reason than a failover that is still open."""
        live, owners, record = _strategy(self._live[service]), self.courses[place].owners, record_of(place)
        ours = record.phase.open and live.same_as(record.fallback)
        return owners is not None and not live.same_as(owners) and not ours

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
