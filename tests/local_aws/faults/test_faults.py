"""One call of a function goes wrong: with or without its effect, seen as an error, as silence, or not at all."""

from __future__ import annotations

import pytest

from tests.local_aws.faults.conftest import Counter

pytestmark = pytest.mark.slow


def test_calls_are_recorded_with_function_invocation_and_ordinal(counter: Counter) -> None:
    counter.invoke()
    counter.record()
    counter.invoke(times=2)
    counter.invoke()

    calls = counter.calls()
    assert [(call["n"], call["function"], call["action"], call["ordinal"]) for call in calls] == [
        (1, "counter", "dynamodb:UpdateItem", 1),
        (2, "counter", "dynamodb:UpdateItem", 2),
        (3, "counter", "dynamodb:UpdateItem", 3),
    ]
    invoked = [told["request_id"] for told in counter.lab.invocations()]
    assert [call["invocation"] for call in calls] == [invoked[1], invoked[1], invoked[2]]


def test_calls_of_people_are_not_recorded(counter: Counter) -> None:
    counter.record()
    assert counter.count() == 0
    assert counter.calls() == []


@pytest.mark.parametrize(
    ("kind", "error", "effect"),
    [
        ("before", "InternalServerError", 0),
        ("after", "InternalServerError", 1),
        ("after_timeout", "ConnectionClosedError", 1),
        ("throttle", "ThrottlingException", 0),
        ("kill_before", "Runtime.ExitError", 0),
        ("kill_after", "Runtime.ExitError", 1),
    ],
)
def test_the_planned_call_goes_wrong_once(counter: Counter, kind: str, error: str, effect: int) -> None:
    counter.record()
    counter.plan(kind, ordinal=2)

    failed = counter.invoke(times=2)

    assert error in f"{failed['errorType']} {failed['errorMessage']}"
    assert counter.count() == 1 + effect
    assert counter.fired()
    assert counter.invoke() == "done"
    assert counter.count() == 2 + effect


@pytest.mark.parametrize(("kind", "count"), [("before", 1), ("after", 2), ("after_timeout", 2)])
def test_a_retry_of_the_sdk_goes_through(counter: Counter, kind: str, count: int) -> None:
    counter.record()
    counter.plan(kind)

    assert counter.invoke(attempts=2) == "done"
    assert counter.count() == count
    assert len(counter.calls()) == 1


@pytest.mark.parametrize(("kind", "count"), [("before", 0), ("after", 1)])
def test_a_fault_can_outlast_the_sdks_retries(counter: Counter, kind: str, count: int) -> None:
    counter.record()
    counter.plan(kind, retries_fail=True)

    assert "reached max retries: 1" in counter.invoke(attempts=2)["errorMessage"]
    assert counter.count() == count
    assert counter.invoke() == "done"


def test_a_plan_that_no_call_meets_stays(counter: Counter) -> None:
    counter.record()
    counter.plan("before", ordinal=2)

    assert counter.invoke() == "done"
    assert not counter.fired()


def test_recording_anew_forgets_calls_and_plan(counter: Counter) -> None:
    counter.record()
    counter.plan("before")
    counter.record()

    assert counter.invoke() == "done"
    assert [call["ordinal"] for call in counter.calls()] == [1]


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ({"function": "counter", "action": "dynamodb:UpdateItem", "kind": "sideways"}, "kind must be one of before"),
        ({"action": "dynamodb:UpdateItem", "kind": "before"}, "function and action are missing"),
        ({"function": "counter", "action": "a:B", "kind": "before", "ordinal": 0}, "ordinal must be a number"),
        ({"function": "counter", "action": "a:B", "kind": "before", "count": 1}, "not count"),
        ({"function": "counter", "action": "a:B", "kind": "before", "retries_fail": "yes"}, "must be true or false"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(counter: Counter, plan: dict[str, object], message: str) -> None:
    counter.record()
    with pytest.raises(ValueError, match=message):
        counter.post("plan", **plan)


def test_a_plan_for_a_call_that_was_made_is_refused(counter: Counter) -> None:
    counter.record()
    counter.invoke()
    with pytest.raises(ValueError, match="has been made already"):
        counter.plan("before")


def test_a_plan_without_recording_is_refused(counter: Counter) -> None:
    with pytest.raises(ValueError, match="nothing is recorded"):
        counter.plan("before")
