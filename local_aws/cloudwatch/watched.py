"""What an alarm watches, as values of periods that end now."""

from __future__ import annotations

from collections.abc import Iterable

from moto.cloudwatch.models import Alarm, Dimension, MetricDataQuery
from moto.utilities.arns import parse_arn

from local_aws.cloudwatch.evaluation import COMPARISONS, Rule
from local_aws.cloudwatch.expression import Values, calculate
from local_aws.metrics import STATISTICS, Metrics, Series, statistic

LONGEST = 86400
"""Seconds: an alarm that looks at more than a day is evaluated by rules of its own, which are not followed here."""


def rule_of(alarm: Alarm) -> Rule:
    """When it is in ALARM."""
    periods = int(alarm.evaluation_periods)
    return Rule(
        comparison=alarm.comparison_operator,
        threshold=float(alarm.threshold),
        periods=periods,
        datapoints=int(alarm.datapoints_to_alarm or periods),
        missing=alarm.treat_missing_data or "missing",
    )


def check(alarm: Alarm) -> None:
    """Refuse what can't be evaluated here (``NotImplementedError``): better than an alarm that never changes."""
    statistics = [alarm.extended_statistic or alarm.statistic] if not alarm.metric_data_queries else [
        query.metric_stat.stat for query in alarm.metric_data_queries if query.metric_stat is not None
    ]  # fmt: skip
    for name in statistics:
        if name not in STATISTICS:
            raise NotImplementedError(f"alarm {alarm.name}: the statistic {name} is not computed here")
    if alarm.comparison_operator not in COMPARISONS:
        raise NotImplementedError(f"alarm {alarm.name}: {alarm.comparison_operator} is not evaluated here")
    if period_of(alarm) * int(alarm.evaluation_periods) > LONGEST:
        raise NotImplementedError(f"alarm {alarm.name} looks at more than a day, which is not evaluated here")
    values_of(alarm, Metrics(), 0.0)


def period_of(alarm: Alarm) -> int:
    """Seconds of one period."""
    if not alarm.metric_data_queries:
        return int(alarm.period)
    periods = [query.metric_stat.period for query in alarm.metric_data_queries if query.metric_stat is not None]
    return max(int(period) for period in periods)


def values_of(alarm: Alarm, metrics: Metrics, end: float) -> Values:
    """Of the periods of its evaluation range, the last of which ends at ``end``; the oldest first."""
    count, period = rule_of(alarm).range, period_of(alarm)
    arn = parse_arn(alarm.alarm_arn)

    def look(namespace: str, name: str, dimensions: Iterable[Dimension], stat: str) -> Values:
        named = {str(one.name): str(one.value) for one in dimensions}
        series = Series.of(arn.account, arn.region, namespace, name, named)
        return _values(metrics, series, stat, end, period, count)

    if not alarm.metric_data_queries:
        return look(alarm.namespace, alarm.metric_name, alarm.dimensions, alarm.statistic)
    known: dict[str, Values] = {}
    for query in alarm.metric_data_queries:
        if query.metric_stat is not None:
            metric = query.metric_stat.metric
            known[query.id] = look(metric.namespace, metric.metric_name, metric.dimensions, query.metric_stat.stat)
    _calculate_all([query for query in alarm.metric_data_queries if query.expression], known, count)
    return known[_returned(alarm.metric_data_queries)]


def _calculate_all(queries: list[MetricDataQuery], known: dict[str, Values], count: int) -> None:
    """Expressions may use others, whatever their order."""
    while queries:
        left = []
        for query in queries:
            others = {other.id for other in queries} - {query.id}
            if any(other in str(query.expression) for other in others):
                left.append(query)
            else:
                known[query.id] = calculate(str(query.expression), known, count)
        if len(left) == len(queries):
            raise NotImplementedError(f"expressions that need each other: {', '.join(one.id for one in left)}")
        queries = left


def _returned(queries: list[MetricDataQuery]) -> str:
    """AWS wants exactly one; what says nothing is returned."""
    returned = [query.id for query in queries if str(query.return_data).lower() not in {"false", "none"}]
    return returned[-1] if returned else queries[-1].id


def _values(metrics: Metrics, series: Series, stat: str, end: float, period: int, count: int) -> Values:
    start = end - count * period
    points = metrics.points(series, start, end)
    if not points:
        return [None] * count
    periods: list[list[int]] = [[] for _ in range(count)]
    for place, point in enumerate(points):
        periods[min(count - 1, int((point.time - start) // period))].append(place)
    return [statistic(stat, [points[place] for place in places]) for places in periods]
