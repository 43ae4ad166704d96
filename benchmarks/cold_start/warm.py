"""What a warm invocation costs the processor by itself: AWS answers at once, from a dictionary."""

from __future__ import annotations

import cProfile
import json
import os
import pstats
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import botocore.client

from benchmarks.claim import Claim
from benchmarks.cold_start.environment import NOWHERE, environment
from benchmarks.storm.letters import FAILURES, letters
from benchmarks.storm.place import Size
from spot_failover.aws.record_codec import encode
from spot_failover.core.record import Phase, Record
from spot_failover.core.service_key import ServiceKey
from tests.doubles.builders import FALLBACK, SPOT
from tests.soak.functions import Handler, load

RECORDS, ROUNDS = 100, 15
MOST_MILLISECONDS = 1.0
_PARTS = {
    "spot_failover": "the product",
    "aws_lambda_powertools": "Powertools",
    "botocore": "botocore",
    "logging": "logging",
    "json": "JSON",
}


@dataclass(frozen=True)
class Warm:
    """Processor time of one message in a batch, in milliseconds, and where it goes (shares of the whole)."""

    milliseconds: float
    yardstick: float
    """Reading the same message's JSON and writing a line of it, ten times, with the standard library alone."""
    parts: Mapping[str, float]


def measure() -> Warm:
    """Invoke a handler again and again, with what most messages of a storm are: already dealt with."""
    now = datetime.now(UTC)
    bodies = [
        each.body
        for each in letters(Size(events=500, services=50, crowded=10), now.timestamp() - 60)
        if each.queue == FAILURES
    ][:RECORDS]
    with _function() as handler:
        event = {"Records": [_record(number, body, now) for number, body in enumerate(bodies)]}
        handler(event, _Context())
        spent = [_seconds(lambda: handler(event, _Context())) for _ in range(ROUNDS)]
        yardstick = [
            _seconds(lambda: [json.dumps(json.loads(body)) for body in bodies for _ in range(10)])
            for _ in range(ROUNDS)
        ]
        profile = cProfile.Profile(time.process_time)
        profile.runcall(handler, event, _Context())
    return Warm(
        1000 * statistics.median(spent) / len(bodies),
        1000 * statistics.median(yardstick) / len(bodies),
        _shares(profile),
    )


def claims(warm: Warm) -> list[Claim]:
    """What is said of it."""
    return [
        Claim(
            "warm",
            "warm invoke: processor time of a message, AWS calls left out",
            warm.milliseconds,
            MOST_MILLISECONDS,
            " ms",
        ),
        Claim(
            "warm", "the same in readings and writings of its JSON", 10 * warm.milliseconds / warm.yardstick, None, " x"
        ),
    ]


class _Context:
    function_name = "probe"
    memory_limit_in_mb = 256
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:probe"
    aws_request_id = "request-1"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 60_000


@contextmanager
def _function() -> Iterator[Handler]:
    with (
        patch.dict(os.environ, environment(NOWHERE) | {"POWERTOOLS_SERVICE_NAME": "warm"}),
        patch.object(botocore.client.BaseClient, "_make_api_call", _answer),
        Path(os.devnull).open("w", encoding="utf-8") as nowhere,
        redirect_stdout(nowhere),
    ):
        yield load("spot_failover.handlers.placement_failure")


def _answer(_client: Any, operation: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Every service has been failed over a moment ago."""
    if operation == "GetItem" and asked["Key"]["id"]["S"].startswith("pool::"):
        return {}
    if operation != "BatchGetItem":
        raise AssertionError(f"{operation}: such messages ask for records and pools, and for nothing else")
    ((table, wanted),) = asked["RequestItems"].items()
    return {"Responses": {table: [_item(key["id"]["S"], key["region"]["S"]) for key in wanted["Keys"]]}}


def _item(record_id: str, region: str) -> dict[str, Any]:
    later = datetime.now(UTC) + timedelta(minutes=1)
    key = ServiceKey.from_record_id(record_id, region)
    return encode(
        Record(
            key, phase=Phase.FAILED_OVER, baseline=SPOT, fallback=FALLBACK, version=3, switched_at=later, due_at=later
        )
    )


def _record(number: int, body: str, now: datetime) -> dict[str, Any]:
    return {
        "messageId": f"message-{number}",
        "body": body,
        "attributes": {"SentTimestamp": str(int(now.timestamp() * 1000))},
        "eventSource": "aws:sqs",
    }


def _seconds(work: Any) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _shares(profile: cProfile.Profile) -> dict[str, float]:
    """Own time of every function, added up by the package it belongs to."""
    spent = Counter[str]()
    stats: Any = pstats.Stats(profile)
    for (file, _, name), (_, _, own, _, _) in stats.stats.items():
        part = next(
            (label for folder, label in _PARTS.items() if f"/{folder}/" in file or f"{folder}." in name),
            "the rest of Python",
        )
        spent[part] += own
    whole = sum(spent.values()) or 1.0
    return {part: own / whole for part, own in spent.most_common()}
