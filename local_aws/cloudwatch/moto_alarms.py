"""Moto's CloudWatch and Logs, taught what they lack: states, metrics of log events and of AWS's own services."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Protocol

from moto.cloudwatch.models import Alarm, CloudWatchBackend, MetricAggregatedDatum, MetricDatum, MetricDatumBase
from moto.core.common_models import CloudWatchMetricProvider
from moto.logs import models as logs_models
from moto.logs.models import LogsBackend

from local_aws.cloudwatch import watched
from local_aws.cloudwatch.emf import metrics_of
from local_aws.cloudwatch.evaluation import State
from local_aws.cloudwatch.evaluator import Evaluator
from local_aws.cloudwatch.log_patterns import parse
from local_aws.metrics import Point, Series
from local_aws.world import World

_put_metric_alarm = CloudWatchBackend.put_metric_alarm
_put_metric_data = CloudWatchBackend.put_metric_data
_put_log_events = LogsBackend.put_log_events


class Installed(Protocol):
    """What the patched classes call."""

    world: World
    evaluator: Evaluator


def patch(current: Callable[[], Installed]) -> None:
    """Replace methods once in a process; ``current`` gives the part of the world that is."""
    _patch_alarms(current)
    _patch_data(current)
    logs_models.EventMessageFilter = _Filter  # type: ignore[attr-defined,assignment]


def _patch_alarms(current: Callable[[], Installed]) -> None:
    def put_metric_alarm(self: CloudWatchBackend, *arguments: Any, **named: Any) -> Alarm:
        before = dict(self.alarms)
        alarm = _put_metric_alarm(self, *arguments, **named)
        old = before.get(alarm.name)
        if alarm.rule is None:
            try:
                watched.check(alarm)
            except NotImplementedError:
                self.alarms = before
                raise
            # "The alarm state is immediately set to INSUFFICIENT_DATA"; of one that exists "its state is left
            # unchanged" (PutMetricAlarm).
            alarm.state_value = str(State.INSUFFICIENT_DATA) if old is None else old.state_value
            if old is not None:
                alarm.state_reason, alarm.state_reason_data = old.state_reason, old.state_reason_data
                alarm.state_updated_timestamp, alarm.history = old.state_updated_timestamp, old.history
            current().evaluator.begin()
        return alarm

    def set_alarm_state(
        self: CloudWatchBackend, alarm_name: str, reason: str, reason_data: str, state_value: str
    ) -> None:
        _set_alarm_state(self, alarm_name, reason, reason_data, state_value, current())

    CloudWatchBackend.put_metric_alarm = put_metric_alarm  # type: ignore[method-assign]
    CloudWatchBackend.set_alarm_state = set_alarm_state  # type: ignore[method-assign]


def _patch_data(current: Callable[[], Installed]) -> None:
    def put_metric_data(self: CloudWatchBackend, namespace: str, metric_data: list[dict[str, Any]]) -> None:
        _put_metric_data(self, namespace, metric_data)
        data, self.metric_data = self.metric_data, []
        for one in data:
            series = _series(self, one)
            current().world.metrics.add(series, _point(one))

    def put_log_events(self: LogsBackend, group: str, stream: str, events: list[dict[str, Any]]) -> Any:
        answer = _put_log_events(self, group, stream, events)
        for event in events:
            for series, point in metrics_of(self.account_id, self.region_name, event["message"]):
                current().world.metrics.add(series, point)
        return answer

    class Provider(CloudWatchMetricProvider):
        """Lets moto's GetMetricStatistics, GetMetricData and ListMetrics see all that was measured."""

        @staticmethod
        def get_cloudwatch_metrics(account_id: str, region: str) -> list[MetricDatumBase]:
            found = current().world.metrics.of(account_id, region)
            return [_datum(series, point) for series, points in found.items() for point in points]

    CloudWatchBackend.put_metric_data = put_metric_data  # type: ignore[method-assign]
    LogsBackend.put_log_events = put_log_events  # type: ignore[method-assign,assignment]
    _providers.append(Provider)


class _Filter:
    """In the place of moto's, which is made anew for each log event."""

    def __init__(self, pattern: str) -> None:
        self.matches = parse(pattern or "")


_moto_set_alarm_state = CloudWatchBackend.set_alarm_state
_providers: list[type[CloudWatchMetricProvider]] = []
"""Moto finds providers as subclasses, which must be held."""


def _set_alarm_state(
    backend: CloudWatchBackend, name: str, reason: str, data: str, value: str, installed: Installed
) -> None:
    alarm = backend.alarms.get(name)
    before = None if alarm is None else alarm.state_value
    _moto_set_alarm_state(backend, name, reason, data, value)
    if alarm is not None and alarm.rule is None and before is not None:
        alarm.state_value = before
        installed.evaluator.set_state(alarm, State(value), reason, data, installed.world.clock.now())


def _series(backend: CloudWatchBackend, datum: MetricDatumBase) -> Series:
    dimensions = {str(one.name): str(one.value) for one in datum.dimensions}
    return Series.of(backend.account_id, backend.region_name, datum.namespace, datum.name, dimensions)


def _point(datum: MetricDatumBase) -> Point:
    moment = datum.timestamp if datum.timestamp.tzinfo else datum.timestamp.replace(tzinfo=UTC)
    if isinstance(datum, MetricAggregatedDatum):
        return Point(moment.timestamp(), datum.min, datum.max, datum.sum, datum.sample_count)
    return Point.single(moment.timestamp(), datum.value if isinstance(datum, MetricDatum) else 0.0)


def _datum(series: Series, point: Point) -> MetricDatumBase:
    dimensions = [{"Name": name, "Value": value} for name, value in sorted(series.dimensions)]
    moment = datetime.fromtimestamp(point.time, UTC).replace(tzinfo=None)
    return MetricAggregatedDatum(
        series.namespace, series.name, point.minimum, point.maximum, point.samples, point.total, dimensions, moment
    )
