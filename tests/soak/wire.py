"""Between a function and AWS: calls take time, in which others work, and some of them go wrong."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from moto.core import models

from tests.soak.clock import StillClock

Answer = tuple[int, Mapping[str, str], Any]

SHORTEST_CALL, LONGEST_CALL = 0.01, 0.12
"""Seconds that a call takes, as AWS's usually do."""
SLOW_CALL = 4.0
"""Seconds of a slow one; the functions wait for 5."""


class Killed(BaseException):
    """The Lambda service ended the sandbox in the middle of a call: nothing may catch it."""


@dataclass(frozen=True)
class Rates:
    """How often a call of a function goes wrong in each way: probabilities, 0 for a calm day."""

    killed: float = 0.0
    """The sandbox dies there; half of these calls take effect."""
    lost: float = 0.0
    """The call takes effect, and its answer never comes."""
    failed: float = 0.0
    """HTTP 500, without effect."""
    unreachable: float = 0.0
    throttled: float = 0.0
    slow: float = 0.0

    def times(self, factor: float) -> Rates:
        """So many times as often."""
        return Rates(*(factor * rate for rate in astuple(self)))


CALM = Rates()
USUAL = Rates(killed=0.002, lost=0.003, failed=0.004, unreachable=0.002, throttled=0.01, slow=0.01)


@dataclass
class Life:
    """An invocation, as far as the wire needs it. Times are virtual, in epoch seconds."""

    ends_at: float
    function: str = ""
    request_id: str = ""
    killed: bool = False
    """Whether it is over: code of it that Python still runs, such as a `finally`, reaches nobody."""


@dataclass
class Wire:
    """Answers every AWS request of this process. Only those of functions take time and go wrong."""

    clock: StillClock
    dice: random.Random
    rates: Rates = CALM
    lives: list[Life | None] = field(default_factory=list)
    """Invocations under way, each begun in the middle of the one before it, with a None where time went by in one:
    what falls due then is not its doing, an owner's call for example."""
    faults: Counter[str] = field(default_factory=Counter)
    orders: Counter[str] = field(default_factory=Counter)
    """Messages that functions sent in batches, by queue: those that were taken."""
    _process_request: Callable[[AWSPreparedRequest], Answer | None] = field(init=False)

    def __post_init__(self) -> None:
        self._process_request = models.botocore_stubber.process_request
        models.botocore_stubber.process_request = self._process  # type: ignore[method-assign,assignment]
        self.clock.around = self._meanwhile

    @property
    def under_way(self) -> int:
        """How many invocations there are at once."""
        return sum(life is not None for life in self.lives)

    def set(self, rates: Rates) -> None:
        """Change how often calls go wrong."""
        self.rates = rates

    def close(self) -> None:
        """Give moto's own way back."""
        models.botocore_stubber.process_request = self._process_request  # type: ignore[method-assign,assignment]

    def _process(self, request: AWSPreparedRequest) -> Answer | None:
        life = self.lives[-1] if self.lives else None
        if life is None:
            return self._process_request(request)
        if life.killed:
            raise Killed
        try:
            return self._of_function(life, request)
        except Killed:
            life.killed = True
            raise

    def _of_function(self, life: Life, request: AWSPreparedRequest) -> Answer | None:
        slow = self._happens("slow", self.rates.slow)
        self.clock.advance(SLOW_CALL if slow else self.dice.uniform(SHORTEST_CALL, LONGEST_CALL))
        self._end_if_late(life)
        return self._go_wrong(request) if self.rates is not CALM else self._answer(request)

    @contextmanager
    def _meanwhile(self) -> Iterator[None]:
        self.lives.append(None)
        try:
            yield
        finally:
            self.lives.pop()

    def _go_wrong(self, request: AWSPreparedRequest) -> Answer | None:
        rates = self.rates
        if self._happens("killed", rates.killed):
            if self.dice.random() < 0.5:
                self._answer(request)
            raise Killed
        if self._happens("unreachable", rates.unreachable):
            raise EndpointConnectionError(endpoint_url=request.url)
        if self._happens("failed", rates.failed):
            return 500, {"x-amzn-RequestId": "failed"}, json.dumps({"__type": "InternalServerError", "message": "soak"})
        if self._happens("throttled", rates.throttled):
            return 400, {"x-amzn-RequestId": "throttled"}, json.dumps({"__type": "ThrottlingException"})
        if self._happens("answer lost", rates.lost):
            self._answer(request)
            raise ReadTimeoutError(endpoint_url=request.url)
        return self._answer(request)

    def _answer(self, request: AWSPreparedRequest) -> Answer | None:
        answer = self._process_request(request)
        target: Any = request.headers.get("X-Amz-Target")
        if target in {"AmazonSQS.SendMessageBatch", b"AmazonSQS.SendMessageBatch"} and answer is not None:
            body: Any = request.body
            url = json.loads(body)["QueueUrl"]
            self.orders[url.rsplit("/", 1)[-1]] += len(json.loads(answer[2]).get("Successful", ()))
        return answer

    def _end_if_late(self, life: Life) -> None:
        if self.clock.now() > life.ends_at:
            self.faults["timed out"] += 1
            raise Killed

    def _happens(self, name: str, probability: float) -> bool:
        # Every call throws the same dice, whatever becomes of it.
        happens = self.dice.random() < probability
        self.faults[name] += happens
        return happens
