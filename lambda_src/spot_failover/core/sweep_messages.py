"""The messages of the sweep's queue: heartbeats of workload accounts, and orders to sweep one of them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from spot_failover.core.errors import MalformedEventError
from spot_failover.core.events import Heartbeat

HEARTBEAT_SOURCE = "ecs.spot-failover"
HEARTBEAT_DETAIL_TYPE = "Spot Failover Heartbeat"
_ACCOUNT = re.compile(r"\d{12}")
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d{1,2}")


@dataclass(frozen=True)
class SweepOrder:
    """Look at the services of one account and Region."""

    sweep: str
    """Id of the sweep: an order that goes on where another stopped has the same."""
    account: str
    region: str
    after: str = ""
    """`cluster/service` of the last service that was looked at, `cluster/~` where nothing of the cluster is left;
    empty: from the beginning."""
    ordered_at: datetime | None = None
    """When it was put into the queue; None: by an older version."""

    def to_json(self) -> str:
        """The message's body."""
        body = {"sweep": self.sweep, "account": self.account, "region": self.region, "after": self.after}
        if self.ordered_at is not None:
            body["ordered_at"] = self.ordered_at.isoformat()
        return json.dumps(body)

    def overtaken(self, swept_at: datetime | None) -> bool:
        """Whether a sweep has ended since it was ordered: there is nothing that it would find and the next does not."""
        return self.ordered_at is not None and swept_at is not None and swept_at > self.ordered_at


def parse_sweep_message(body: str) -> Heartbeat | SweepOrder:
    """Read a message.

    What EventBridge delivers holds an envelope that its sender can't forge, so a heartbeat registers nobody else's
    account. Orders are put into the queue by the sweep itself: the queue takes from no rule what has no envelope.

    Raises
    ------
    MalformedEventError
        Neither.
    """
    try:
        message = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedEventError(f"not JSON: {error}") from error
    if not isinstance(message, dict):
        raise MalformedEventError(f"not a JSON object: {str(message)[:100]!r}")
    account, region = _text(message, "account", _ACCOUNT), _text(message, "region", _REGION)
    if "detail-type" not in message:
        after = message.get("after", "")
        if not isinstance(after, str):
            raise MalformedEventError(f"after is {str(after)[:100]!r}, not a text")
        ordered_at = _time(message, "ordered_at") if "ordered_at" in message else None
        return SweepOrder(_text(message, "sweep"), account, region, after, ordered_at)
    source, detail_type = message.get("source"), message["detail-type"]
    if source != HEARTBEAT_SOURCE or detail_type != HEARTBEAT_DETAIL_TYPE:
        raise MalformedEventError(f"source {str(source)[:100]!r}, detail-type {str(detail_type)[:100]!r}: no heartbeat")
    return Heartbeat(_text(message, "id"), account, region, _time(message, "time"))


def _time(message: Mapping[str, Any], name: str) -> datetime:
    try:
        time = datetime.fromisoformat(_text(message, name))
    except ValueError as error:
        raise MalformedEventError(f"{name} is {message[name]!r}, not an ISO 8601 time") from error
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _text(message: Mapping[str, Any], name: str, pattern: re.Pattern[str] = re.compile(r".+", re.DOTALL)) -> str:
    value = message.get(name)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise MalformedEventError(f"{name} is {str(value)[:100]!r}, which is no {name}")
    return value
