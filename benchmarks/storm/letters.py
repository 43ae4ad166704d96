"""The storm's messages: EventBridge events as ECS sends them, each several times, in no order."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from benchmarks.storm.place import Size, places
from tests.soak.plan import Place

COPIES = (3, 5)
"""How often each event is delivered, at least and at most."""
LASTED = 120.0
"""Seconds over which ECS told the events, before they all come in at once."""
FAILURES, INTERRUPTIONS = "placement_failure", "spot_interruption"


@dataclass(frozen=True)
class Letter:
    """One message. `queue`: its queue's key in `modules/central`."""

    queue: str
    body: str


def letters(size: Size, now: float) -> list[Letter]:
    """All messages in the order in which they come in. The same size gives the same, but for the times."""
    dice = random.Random(f"storm {size.seed}")  # noqa: S311 - repeatable, not secret
    where = places(size)
    found: list[Letter] = []
    for number in range(size.events):
        # Every service is told of at least once, the others by chance.
        place = where[number] if number < len(where) else dice.choice(where)
        failure = number < len(where) or dice.random() < 0.5
        letter = _letter(number, place, now - dice.uniform(0.0, LASTED), failure=failure)
        found += [letter] * dice.randint(*COPIES)
    dice.shuffle(found)
    return found


def events(size: Size, now: float) -> Iterator[Letter]:
    """Each event once, in the order of `letters`."""
    yield from dict.fromkeys(letters(size, now))


def _letter(number: int, place: Place, at: float, *, failure: bool) -> Letter:
    time = datetime.fromtimestamp(at, UTC)
    event: dict[str, Any] = {
        "version": "0",
        "id": f"00000000-0000-4000-8000-{number:012d}",
        "source": "aws.ecs",
        "account": place.account,
        "region": place.region,
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    prefix = f"arn:aws:ecs:{place.region}:{place.account}"
    cluster = f"{prefix}:cluster/{place.cluster}"
    created = time.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    if failure:
        detail: dict[str, Any] = {
            "eventType": "ERROR",
            "eventName": "SERVICE_TASK_PLACEMENT_FAILURE",
            "clusterArn": cluster,
            "capacityProviderArns": [f"{prefix}:capacity-provider/FARGATE_SPOT"],
            "reason": "RESOURCE:FARGATE",
            "createdAt": created,
        }
        event |= {"detail-type": "ECS Service Action", "resources": [place.arn], "detail": detail}
        return Letter(FAILURES, json.dumps(event))
    task = f"{prefix}:task/{place.cluster}/{number:032x}"
    detail = {
        "clusterArn": cluster,
        "taskArn": task,
        "group": f"service:{place.service}",
        "capacityProviderName": "FARGATE_SPOT",
        "launchType": "FARGATE",
        "lastStatus": "RUNNING",
        "desiredStatus": "STOPPED",
        "stopCode": "SpotInterruption",
        "stoppedReason": "Your Spot Task was interrupted.",
        "createdAt": "2026-02-28T00:00:00.000Z",
        "updatedAt": created,
    }
    event |= {"detail-type": "ECS Task State Change", "resources": [task], "detail": detail}
    return Letter(INTERRUPTIONS, json.dumps(event))
