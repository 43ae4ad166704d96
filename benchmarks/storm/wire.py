"""Between the functions and AWS: every call takes time, and is counted."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qs

from botocore.awsrequest import AWSPreparedRequest
from moto.core import models

from benchmarks.storm.lanes import Lanes
from tests.soak.wire import LONGEST_CALL, SHORTEST_CALL, Answer, Killed


@dataclass
class Counts:
    """The calls of one run."""

    tried: Counter[str] = field(default_factory=Counter)
    throttled: Counter[str] = field(default_factory=Counter)
    baselines: int = 0
    """Writes of a record with another baseline than the one before."""
    switched: dict[str, float] = field(default_factory=dict)
    """Service to the virtual time of its first successful UpdateService."""
    cut_off: int = 0
    """Threads of invocations that came to their time-out."""


@dataclass
class CountingWire:
    """Answers the functions' requests, in their lanes."""

    lanes: Lanes
    dice: random.Random
    counts: Counts = field(default_factory=Counts)
    _baselines: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self._answer = models.botocore_stubber.process_request
        models.botocore_stubber.process_request = self._process  # type: ignore[method-assign,assignment]
        return self

    def __exit__(self, *_error: object) -> None:
        models.botocore_stubber.process_request = self._answer  # type: ignore[method-assign]

    def _process(self, request: AWSPreparedRequest) -> Answer | None:
        lane = self.lanes.current
        if lane is None:
            return self._answer(request)
        self.lanes.sleep(self.dice.uniform(SHORTEST_CALL, LONGEST_CALL))
        if self.lanes.clock.now() > lane.ends_at:
            self.counts.cut_off += 1
            raise Killed
        answer = self._answer(request)
        self._count(request, answer)
        return answer

    def _count(self, request: AWSPreparedRequest, answer: Answer | None) -> None:
        action, counts = action_of(request), self.counts
        counts.tried[action] += 1
        if answer is None or answer[0] >= 400:
            body = answer[2] if answer is not None else b""
            text = body.decode() if isinstance(body, bytes) else str(body)
            counts.throttled[action] += "ThrottlingException" in text
        elif action == "UpdateService":
            name = json.loads(_text(request.body))["service"]
            counts.switched.setdefault(name, self.lanes.clock.now())
        elif action == "PutItem":
            self._note_baseline(json.loads(_text(request.body))["Item"])

    def _note_baseline(self, item: Mapping[str, Any]) -> None:
        if "config" not in item:
            return
        key, baseline = f"{item['id']['S']} {item['region']['S']}", json.dumps(item["config"], sort_keys=True)
        self.counts.baselines += self._baselines.get(key) != baseline
        self._baselines[key] = baseline


def action_of(request: AWSPreparedRequest) -> str:
    """What is asked for, by its name in the API."""
    target = request.headers.get("X-Amz-Target")
    if target:
        return _text(target).rpartition(".")[2]
    return parse_qs(_text(request.body)).get("Action", ["?"])[0]


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
