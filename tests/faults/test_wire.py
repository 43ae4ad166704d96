"""On the wire in this process each kind of fault means what it means on the way through HTTP."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, HeadersDict
from botocore.exceptions import ConnectionClosedError

from local_aws.faults.plan import CallSite, Kind, Plan
from tests.faults.wire import FaultyWire
from tests.soak.clock import StillClock
from tests.soak.wire import Answer, Killed, Life

SITE = CallSite("function", "ecs:UpdateService", 1)
PLAIN: Answer = (200, {}, b"{}")


@dataclass
class Line:
    """A wire to an AWS that counts what it is asked."""

    wire: FaultyWire
    took_effect: int = 0

    def ask(self, attempt: str = "first") -> tuple[int, bytes]:
        headers: Any = HeadersDict(
            {
                "Authorization": b"AWS4-HMAC-SHA256 Credential=A/20260301/us-east-1/ecs/aws4_request, Signature=0",
                "X-Amz-Target": "AmazonEC2ContainerServiceV20141113.UpdateService",
                "Content-Type": "application/x-amz-json-1.1",
                "amz-sdk-invocation-id": attempt,
            }
        )
        url = "https://ecs.us-east-1.amazonaws.com/"
        answer = self.wire._process(AWSPreparedRequest("POST", url, headers, b"{}", stream_output=False))
        assert answer is not None
        return answer[0], answer[2]


@pytest.fixture
def line() -> Iterator[Line]:
    with StillClock(1_772_323_200.0) as clock:
        wire = FaultyWire(clock, random.Random(1))  # noqa: S311  (repeatable, not secret)
        line = Line(wire)

        def aws(_: AWSPreparedRequest) -> Answer:
            line.took_effect += 1
            return PLAIN

        mocked, wire._process_request = wire._process_request, aws
        wire.injector.record(enabled=True)
        wire.lives.append(Life(clock.now() + 60, "function", "request-1"))
        yield line
        wire._process_request = mocked
        wire.close()


def test_calls_of_functions_are_recorded_with_their_retries_as_one(line: Line) -> None:
    for attempt in ("first", "first", "second"):
        assert line.ask(attempt) == (200, b"{}")

    calls = [(call.invocation, call.site) for call in line.wire.injector.calls]
    assert calls == [("request-1", SITE), ("request-1", CallSite("function", "ecs:UpdateService", 2))]


def test_calls_of_others_are_not_even_while_a_function_is_at_work(line: Line) -> None:
    line.wire.injector.arm(Plan(SITE, Kind.BEFORE))
    with line.wire._meanwhile():
        assert line.ask() == (200, b"{}")

    assert line.wire.injector.calls == []
    assert not line.wire.injector.fired


@pytest.mark.parametrize(("kind", "status"), [(Kind.BEFORE, 500), (Kind.AFTER, 500), (Kind.THROTTLE, 400)])
def test_an_error_is_answered_once_or_to_each_retry(line: Line, kind: Kind, status: int) -> None:
    line.wire.injector.arm(Plan(SITE, kind, retries_fail=kind is not Kind.THROTTLE))

    answers = [line.ask("first")[0] for _ in range(2)]

    assert answers == [status, 200 if kind is Kind.THROTTLE else status]
    assert line.took_effect == {Kind.BEFORE: 0, Kind.AFTER: 1, Kind.THROTTLE: 1}[kind]
    assert line.ask("next call")[0] == 200


def test_a_lost_answer_is_a_closed_connection_after_the_effect(line: Line) -> None:
    line.wire.injector.arm(Plan(SITE, Kind.AFTER_TIMEOUT))

    with pytest.raises(ConnectionClosedError):
        line.ask()

    assert line.took_effect == 1
    assert line.ask()[0] == 200


@pytest.mark.parametrize(("kind", "effects"), [(Kind.KILL_BEFORE, 0), (Kind.KILL_AFTER, 1)])
def test_a_killed_function_hears_nothing_and_nothing_of_it_catches_that(line: Line, kind: Kind, effects: int) -> None:
    line.wire.injector.arm(Plan(SITE, kind))

    with pytest.raises(Killed):
        line.ask()

    assert line.took_effect == effects
    assert not issubclass(Killed, Exception)
    with pytest.raises(Killed):
        line.ask("of a finally")
    assert line.took_effect == effects
