"""PutEvents, as customers may call it: entry by entry, on their own buses or on another account's bus."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.events.exceptions import ValidationException
from moto.events.models import EventBus, events_backends

from local_aws.eventbridge.router import DEFAULT_BUS, Router
from local_aws.world import Event, World

MAX_ENTRIES = 10


class EntryError(Exception):
    """One entry is refused; the codes are those of ``PutEventsResultEntry`` in the EventBridge API reference."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Origin:
    """Account and Region that a call comes from."""

    account: str
    region: str


def put_events(world: World, router: Router, origin: Origin, entries: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Put each entry's event on its bus; an entry that is refused has a code and a message instead of an event id.

    Permissions, the policy of another account's bus included, have been checked by then.
    """
    if not 1 <= len(entries) <= MAX_ENTRIES:
        raise ValidationException(
            f"1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length "
            f"between 1 and {MAX_ENTRIES}"
        )
    results = []
    for entry in entries:
        try:
            event = _event(world, origin, entry)
            bus = _bus(origin, entry.get("EventBusName") or DEFAULT_BUS)
        except EntryError as error:
            results.append({"ErrorCode": error.code, "ErrorMessage": str(error)})
            continue
        router.put(bus.account_id, bus.region, bus.name, event)
        results.append({"EventId": event["id"]})
    return results


def _event(world: World, origin: Origin, entry: Mapping[str, Any]) -> Event:
    for name in ("Source", "DetailType", "Detail"):
        if not entry.get(name):
            raise EntryError(
                "InvalidArgument", f"Parameter {name} is not valid. Reason: {name} is a required argument."
            )
    if entry["Source"].startswith("aws."):
        raise EntryError("NotAuthorizedForSourceException", "Not authorized for the source.")
    try:
        detail = json.loads(entry["Detail"])
    except ValueError as error:
        raise EntryError("MalformedDetail", "Detail is malformed.") from error
    if not isinstance(detail, dict):
        raise EntryError("MalformedDetail", "Detail is malformed.")
    when = datetime.fromtimestamp(float(entry.get("Time") or world.clock.now()), UTC)
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": entry["DetailType"],
        "source": entry["Source"],
        "account": origin.account,
        "time": when.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": origin.region,
        "resources": entry.get("Resources") or [],
        "detail": detail,
    }


def _bus(origin: Origin, name: str) -> EventBus:
    account, region = origin.account, origin.region
    if name.startswith("arn:"):
        region, account = name.split(":")[3:5]
    bus = events_backends[account][region].event_buses.get(name.rsplit("/", 1)[-1])
    if bus is None or region != origin.region:
        raise EntryError("InvalidArgument", f"Event bus {name} does not exist in {origin.region}.")
    return bus
