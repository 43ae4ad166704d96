"""From the JSON of a queue message to an event, refusing what is malformed or speaks of somebody else's service.

Shapes: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html and ecs_task_events.html.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from spot_failover.core.arn import Arn
from spot_failover.core.errors import ForeignResourceError, MalformedEventError
from spot_failover.core.events import Interruption, PlacementFailure, StandaloneTask, TaskStateChange
from spot_failover.core.policy import SyntheticPolicy
from spot_failover.core.service_key import NAME, ServiceKey

ECS_SOURCE = "aws.ecs"
STOP_CODES = frozenset({"SpotInterruption", "TerminationNotice"})
"""The stop code is SpotInterruption now and was TerminationNotice before; at times it was missing."""
STOPPED_REASON = "Your Spot Task was interrupted."
_GROUP = "service:"
"""Names of services and clusters (ECS API reference, CreateService, CreateCluster)."""


@dataclass(frozen=True)
class Home:
    """Where this installation runs."""

    account: str
    """The central account."""
    partition: str
    """`aws`, `aws-cn`, `aws-us-gov`: the envelope of an event does not name it."""


@dataclass(frozen=True)
class _Envelope:
    """The part that EventBridge writes, which a sender can't forge."""

    event_id: str
    account: str
    region: str
    source: str
    detail_type: str
    time: datetime
    arns: tuple[Arn, ...]
    detail: Mapping[str, Any]
    replayed: bool
    synthetic: bool
    home: Home

    def owned_arns(self, *extra: Arn) -> tuple[Arn, ...]:
        """All ARNs that the event holds, after checking that its sender owns every one of them."""
        arns = (*self.arns, *extra)
        if not arns:
            raise MalformedEventError("no ARN in resources or detail")
        first = arns[0]
        for arn in arns:
            foreign = arn.partition != self.home.partition or arn.account != first.account or arn.region != first.region
            owned = (arn.account, arn.region) == (self.account, self.region)
            if foreign or not (owned or (self.synthetic and self.account == self.home.account)):
                raise ForeignResourceError(
                    f"the event of account {self.account}, Region {self.region}, source {self.source} names {arn}"
                )
        return arns

    def report_only(self, key: ServiceKey, synthetic: SyntheticPolicy) -> bool:
        """Whether the event may only report what would be done: central account, somebody else's service."""
        return self.synthetic and key.account != self.account and not synthetic.act_from_central


def parse_placement_failure(body: str, arrived: datetime, synthetic: SyntheticPolicy, home: Home) -> PlacementFailure:
    """Read a placement failure.

    Parameters
    ----------
    body
        The queue message: an EventBridge event as JSON.
    arrived
        When the message reached the queue.

    Raises
    ------
    MalformedEventError
        Not an event of this shape.
    ForeignResourceError
        It names a resource of another account, Region or partition than its own.
    """
    envelope = _envelope(body, synthetic, home)
    if envelope.detail_type != "ECS Service Action":
        raise MalformedEventError(f"detail-type is {envelope.detail_type!r}, not 'ECS Service Action'")
    if envelope.detail.get("eventName") != "SERVICE_TASK_PLACEMENT_FAILURE":
        raise MalformedEventError(
            f"eventName is {envelope.detail.get('eventName')!r}, not SERVICE_TASK_PLACEMENT_FAILURE"
        )
    providers = envelope.detail.get("capacityProviderArns") or []
    if not isinstance(providers, list):
        raise MalformedEventError(f"capacityProviderArns is {providers!r}, not a list")
    provider_arns = tuple(Arn.parse(provider) for provider in providers)
    arns = envelope.owned_arns(*_cluster_arns(envelope.detail), *provider_arns)
    key = _service_key(arns)
    return PlacementFailure(
        event_id=envelope.event_id,
        key=key,
        source=envelope.source,
        time=envelope.time,
        arrived=arrived,
        replayed=envelope.replayed,
        synthetic=envelope.synthetic,
        report_only=envelope.report_only(key, synthetic),
        providers=tuple(arn.name for arn in provider_arns),
        cause=str(envelope.detail.get("reason") or ""),
    )


def parse_interruption(
    body: str, arrived: datetime, synthetic: SyntheticPolicy, home: Home
) -> Interruption | StandaloneTask:
    """Read a Spot interruption; see `parse_placement_failure`."""
    envelope = _envelope(body, synthetic, home)
    detail = envelope.detail
    _check_task_event(envelope)
    code, cause = detail.get("stopCode"), detail.get("stoppedReason")
    if not (isinstance(code, str) and code in STOP_CODES) and cause != STOPPED_REASON:
        raise MalformedEventError(f"no Spot interruption: stopCode {code!r}, stoppedReason {cause!r}")
    key, task_arn = _task_of(envelope)
    if isinstance(key, StandaloneTask):
        return key
    provider = detail.get("capacityProviderName")
    return Interruption(
        event_id=envelope.event_id,
        key=key,
        source=envelope.source,
        time=envelope.time,
        arrived=arrived,
        replayed=envelope.replayed,
        synthetic=envelope.synthetic,
        report_only=envelope.report_only(key, synthetic),
        providers=(str(provider),) if provider else (),
        cause=str(code or cause),
        task_arn=task_arn,
        task_created_at=_time(detail.get("createdAt")),
    )


def parse_task_state(
    body: str, arrived: datetime, synthetic: SyntheticPolicy, home: Home
) -> TaskStateChange | StandaloneTask:
    """Read the start or stop of a task; see `parse_placement_failure`.

    It only says that a service is worth a look, so which state it names is no matter.
    """
    envelope = _envelope(body, synthetic, home)
    _check_task_event(envelope)
    key, task_arn = _task_of(envelope)
    if isinstance(key, StandaloneTask):
        return key
    return TaskStateChange(
        event_id=envelope.event_id,
        key=key,
        source=envelope.source,
        time=envelope.time,
        arrived=arrived,
        replayed=envelope.replayed,
        synthetic=envelope.synthetic,
        report_only=envelope.report_only(key, synthetic),
        cause=str(envelope.detail.get("lastStatus") or ""),
        task_arn=task_arn,
    )


def _check_task_event(envelope: _Envelope) -> None:
    if envelope.detail_type != "ECS Task State Change":
        raise MalformedEventError(f"detail-type is {envelope.detail_type!r}, not 'ECS Task State Change'")


def _task_of(envelope: _Envelope) -> tuple[ServiceKey | StandaloneTask, str]:
    """The service of an event's task, and the task's ARN."""
    detail = envelope.detail
    task_arns = (Arn.parse(detail["taskArn"]),) if detail.get("taskArn") else ()
    arns = envelope.owned_arns(*_cluster_arns(detail), *task_arns)
    task_arn = next((str(arn) for arn in (*task_arns, *arns) if arn.kind == "task"), "")
    group = detail.get("group")
    if isinstance(group, str) and not group.startswith(_GROUP):
        standalone = StandaloneTask(envelope.event_id, arns[0].account, arns[0].region, _cluster(arns) or "", task_arn)
        return standalone, task_arn
    return _service_key(arns, group.removeprefix(_GROUP) if isinstance(group, str) else ""), task_arn


def event_id(body: str) -> str:
    """The id of an event that may be malformed otherwise; empty where it has none."""
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    found = event.get("id") if isinstance(event, dict) else None
    return found if isinstance(found, str) else ""


def _envelope(body: str, synthetic: SyntheticPolicy, home: Home) -> _Envelope:
    try:
        event = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedEventError(f"not JSON: {error}") from error
    if not isinstance(event, dict):
        raise MalformedEventError(f"not a JSON object: {str(event)[:100]!r}")
    texts = {}
    for name in ("id", "account", "region", "source", "detail-type", "time"):
        if not isinstance(event.get(name), str) or not event[name]:
            raise MalformedEventError(f"{name} is {str(event.get(name))[:100]!r}, not a text")
        texts[name] = event[name]
    resources, detail = event.get("resources"), event.get("detail")
    if not isinstance(resources, list) or not isinstance(detail, dict):
        raise MalformedEventError("resources is no list, or detail no object")
    is_synthetic = synthetic.enabled and texts["source"] in synthetic.sources
    if texts["source"] != ECS_SOURCE and not is_synthetic:
        raise MalformedEventError(f"source is {texts['source']!r}, which is not accepted here")
    try:
        time = datetime.fromisoformat(texts["time"])
    except ValueError as error:
        raise MalformedEventError(f"time is {texts['time']!r}, not an ISO 8601 time") from error
    return _Envelope(
        event_id=texts["id"],
        account=texts["account"],
        region=texts["region"],
        source=texts["source"],
        detail_type=texts["detail-type"],
        time=time if time.tzinfo else time.replace(tzinfo=UTC),
        arns=tuple(Arn.parse(resource) for resource in resources),
        detail=detail,
        replayed="replay-name" in event,
        synthetic=is_synthetic,
        home=home,
    )


def _time(text: object) -> datetime | None:
    """A time that the decision can do without: None where it can't be read."""
    if not isinstance(text, str):
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _cluster_arns(detail: Mapping[str, Any]) -> tuple[Arn, ...]:
    return (Arn.parse(detail["clusterArn"]),) if detail.get("clusterArn") else ()


def _cluster(arns: tuple[Arn, ...]) -> str | None:
    """Name of the cluster: its own ARN tells it, or the long ARN of a service or a task."""
    for arn in arns:
        if arn.service == "ecs" and arn.kind == "cluster" and arn.name:
            return arn.name
    long_form = 2
    for arn in arns:
        if arn.service == "ecs" and arn.kind in {"service", "task"} and len(arn.path) == long_form:
            return arn.path[0]
    return None


def _service_name(arn: Arn) -> str:
    """Name in a service's ARN: `service/cluster/name`, or the old short `service/name`."""
    if len(arn.path) > 2:
        raise MalformedEventError(f"not the ARN of a service: {arn}")
    return arn.name


def _service_key(arns: tuple[Arn, ...], name: str = "") -> ServiceKey:
    service = name or next((_service_name(arn) for arn in arns if arn.service == "ecs" and arn.kind == "service"), "")
    cluster = _cluster(arns)
    if not service or not cluster:
        raise MalformedEventError("neither resources nor detail tell which service of which cluster this is about")
    # A name that ECS refuses would take the other services of its DescribeServices call down with it.
    if not NAME.fullmatch(service) or not NAME.fullmatch(cluster):
        raise MalformedEventError(f"no names of a service and a cluster: {service!r}, {cluster!r}")
    return ServiceKey(arns[0].account, arns[0].region, cluster, service)
