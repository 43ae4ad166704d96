"""The embedded metric format: metrics out of log events.

CloudWatch user guide, "Specification: Embedded metric format".
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from local_aws.metrics import Point, Series

_MARK = '"CloudWatchMetrics"'
_MOST_VALUES = 100
"""In one array of values."""


def metrics_of(account: str, region: str, message: str) -> Iterator[tuple[Series, Point]]:
    """The points that a log event holds; none for one of another shape, as CloudWatch does not complain in the log."""
    if _MARK not in message:
        return
    try:
        root = json.loads(message)
        directives, milliseconds = root["_aws"]["CloudWatchMetrics"], root["_aws"]["Timestamp"]
        for directive in directives:
            for definition in directive["Metrics"]:
                values = _values(root[definition["Name"]])
                for names in directive["Dimensions"]:
                    dimensions = {name: str(root[name]) for name in names}
                    series = Series.of(account, region, directive["Namespace"], definition["Name"], dimensions)
                    for value in values:
                        yield series, Point.single(milliseconds / 1000, value)
    except (ValueError, KeyError, TypeError):
        return


def _values(given: Any) -> list[float]:
    values = given if isinstance(given, list) else [given]
    if len(values) > _MOST_VALUES or any(isinstance(one, bool) for one in values):
        raise ValueError("not the values of a metric")
    return [float(one) for one in values if isinstance(one, int | float)]
