"""What does not add up is told, and how."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.soak.ledger import Invocation, Ledger, Outcome, QueueAccount, final, mark, sent_by
from tests.soak.weather import Weather

QUEUE = "queue"
NOWHERE: Any = None
NOBODY: Any = None


def delivery(outcome: str = "delivered", target: str = f"arn:aws:sqs:us-east-1:123456789012:{QUEUE}") -> dict[str, Any]:
    return {"target_arn": target, "event_id": "event", "outcome": outcome, "reason": ""}


def forwarded() -> dict[str, Any]:
    return delivery(target="arn:aws:events:us-east-1:123456789012:event-bus/central")


def decision(action: str = "ignore", reason: str = "NOT_SHORT") -> dict[str, str]:
    return {"action": action, "reason": reason}


def handled(*messages: str, outcome: Outcome = Outcome.OK, failed: tuple[str, ...] = (), **told: Any) -> Invocation:
    decisions = told.get("decisions", [decision() for message in messages if message not in failed])
    return Invocation("function", QUEUE, outcome, messages, failed, decisions)


@pytest.fixture
def ledger() -> Ledger:
    """Two messages, one of which came a second time."""
    made = Ledger()
    made.queue(QUEUE).receives = 3
    for told in (forwarded(), delivery(), forwarded(), delivery(), forwarded(), delivery("lost")):
        made.add_delivery(told)
    made.add(handled("a", "b"))
    made.add(handled("a"))
    return made


def test_what_adds_up_is_right(ledger: Ledger) -> None:
    account = ledger.queue(QUEUE)

    assert ledger.mismatches() == []
    assert (account.delivered, account.lost, account.again) == (2, 1, 1)


def test_a_message_that_nobody_handled_is_missed(ledger: Ledger) -> None:
    ledger.add_delivery(forwarded())
    ledger.add_delivery(delivery())

    assert ledger.mismatches() == [
        (
            "queue: 3 messages delivered, 0 sent by hand and 0 by the function make 3, but 2 handled, 0 dead-lettered "
            "and 0 left make 2"
        )
    ]


def test_a_message_that_came_back_too_often_is_dead_lettered(ledger: Ledger) -> None:
    ledger.add_delivery(forwarded())
    ledger.add_delivery(delivery())
    ledger.queue(QUEUE).buried["c"] = "event"

    assert ledger.mismatches() == []


def test_an_end_that_was_not_logged_is_missed(ledger: Ledger) -> None:
    ledger.queue(QUEUE).receives += 1
    ledger.add(handled("b", decisions=[]))

    told, sums = ledger.mismatches()
    assert "1 messages done, logged []" in told
    assert "logged 3 ends, but 4 messages (2 of them again)" in sums


def test_what_a_dying_function_logged_counts_for_nothing(ledger: Ledger) -> None:
    ledger.queue(QUEUE).receives += 1
    ledger.add(handled("b", outcome=Outcome.KILLED, decisions=[decision()]))

    assert ledger.mismatches() == []


def test_a_message_that_comes_again_has_no_end_yet(ledger: Ledger) -> None:
    ledger.queue(QUEUE).receives += 1
    ledger.add(handled("b", failed=("b",), decisions=[decision("confirm", "FAILED_OVER"), decision("retry", "BUSY")]))

    assert ledger.mismatches() == []


BAD = ("bad", "MALFORMED_EVENT")


def rejected(*messages: str) -> Invocation:
    return handled(*messages, decisions=[decision("dead_letter", "MALFORMED_EVENT") for _ in messages])


def sent_bad(ledger: Ledger) -> QueueAccount:
    """A message that deserves it, sent by hand."""
    account = ledger.queue(QUEUE)
    account.by_hand, account.receives = 1, account.receives + 1
    account.arrived["bad"] = 1
    account.deserved.add(BAD)
    return account


def test_a_rejected_event_is_in_the_dead_letter_queue(ledger: Ledger) -> None:
    account = sent_bad(ledger)
    ledger.add(rejected("c"))
    assert ledger.mismatches() == [
        "queue: 1 events rejected, 0 of them in the dead-letter queue",
        "queue: 1 of ('bad', 'MALFORMED_EVENT') arrived, 0 rejected",
    ]

    account.rejected[BAD] = 1
    assert ledger.mismatches() == []


def test_what_deserves_to_be_rejected_and_is_not_is_told(ledger: Ledger) -> None:
    account = sent_bad(ledger)
    ledger.add(handled("c"))
    assert ledger.mismatches() == ["queue: 1 of ('bad', 'MALFORMED_EVENT') arrived, 0 rejected"]

    account.rejected["bad", "FOREIGN_RESOURCE"] = 1
    assert "1 messages rejected that do not deserve it, such as ('bad', 'FOREIGN_RESOURCE')" in ledger.mismatches()[0]


def test_a_message_is_rejected_again_only_when_it_came_again(ledger: Ledger) -> None:
    account = sent_bad(ledger)
    account.rejected[BAD] = 3
    ledger.add(rejected("c"))
    assert ledger.mismatches() == ["queue: 2 more rejected than arrived, but messages came again only 1 times"]

    account.receives += 1
    ledger.add(rejected("c"))
    assert ledger.mismatches() == []


def test_genuine_events_that_are_all_rejected_are_told() -> None:
    ledger = Ledger()
    account = ledger.queue(QUEUE)
    for event in ("one", "two"):
        ledger.add_delivery(forwarded())
        ledger.add_delivery(delivery() | {"event_id": event})
        account.rejected[event, "MALFORMED_EVENT"] = 1
    account.receives = 2
    ledger.add(rejected("a", "b"))

    assert ledger.mismatches() == [
        "queue: 2 messages rejected that do not deserve it, such as ('one', 'MALFORMED_EVENT')"
    ]


def test_genuine_events_that_sqs_has_buried_all_are_told() -> None:
    ledger = Ledger()
    account = ledger.queue(QUEUE)
    for number in range(100):
        ledger.add_delivery(forwarded())
        ledger.add_delivery(delivery())
        account.buried[f"message-{number}"] = f"event-{number}"

    assert ledger.mismatches() == ["SQS moved 100 messages to dead-letter queues, 4 at most are few"]


@pytest.mark.parametrize(("denials", "told"), [(5, False), (4, True)])
def test_those_whose_account_let_nobody_in_are_not_among_the_few(denials: int, told: bool) -> None:
    ledger = Ledger()
    account = ledger.queue(QUEUE)
    names = tuple(f"message-{number}" for number in range(100))
    for name in names:
        ledger.add_delivery(forwarded())
        ledger.add_delivery(delivery())
        account.buried[name] = "event"
    for time in range(10):
        reason = "AccessDeniedError" if time < denials else "TransientError"
        lines = [decision("retry", reason) | {"message_id": name} for name in names]
        ledger.add(handled(*names, failed=names, decisions=lines))
    account.receives = 1000
    account.in_dead_letters = 100
    found = [text for text in ledger.mismatches() if text.startswith("SQS moved")]
    assert bool(found) is told


@pytest.mark.parametrize(("ended", "excused"), [(1_772_323_100.0, False), (1_772_323_300.0, True)])
def test_an_account_lets_nobody_in_only_where_its_permissions_were_taken_away(
    ledger: Ledger, ended: float, excused: bool
) -> None:
    account, weather = ledger.queue(QUEUE), Weather(NOWHERE, NOBODY, 0.0, lambda _: None)
    weather.denials.append(("111111111111", 1_772_320_000.0, ended))
    account.denied["message"] = 10
    body = json.dumps({"id": "event", "account": "111111111111", "time": "2026-03-01T00:00:00Z"})

    account.bury("message", body, weather.let_nobody_in)

    assert account.buried == {"message": "event"}
    assert account.buried_though_let_in == 1 - excused


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('{"account": "1", "time": "1970-01-01T00:00:09Z"}', ("1", 9.0)),
        ('{"account": "1", "ordered_at": "1970-01-01T00:00:09+00:00"}', ("1", 9.0)),
        ('{"account": "1"}', ("", 0.0)),
        ("[1, 2]", ("", 0.0)),
        ("{", ("", 0.0)),
    ],
)
def test_a_message_tells_its_account_and_its_time(body: str, expected: tuple[str, float]) -> None:
    assert sent_by(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"), [('{"id": "e-1", "x": 2}', "e-1"), ("{", "{"), ("null", "null"), ("[1, 2]", "[1, 2]")]
)
def test_a_message_is_known_by_its_event_or_its_text(body: str, expected: str) -> None:
    assert mark(body) == expected


def test_a_message_that_is_left_is_told(ledger: Ledger) -> None:
    ledger.add_delivery(forwarded())
    ledger.add_delivery(delivery())
    ledger.queue(QUEUE).left = 1

    assert ledger.mismatches() == ["queue: 1 messages are left in the queue"]


def test_a_receive_without_an_end_is_told(ledger: Ledger) -> None:
    ledger.queue(QUEUE).receives += 1

    assert ledger.mismatches() == ["queue: 4 receives, 3 + 0 + 0 ends"]


def test_an_event_that_the_central_bus_swallowed_is_missed(ledger: Ledger) -> None:
    ledger.add_delivery(forwarded())

    assert ledger.mismatches() == [
        "4 events reached the central bus, 0 of them were delivered twice, but 3 were delivered to queues or lost"
    ]


def test_an_event_that_a_policy_refused_is_told(ledger: Ledger) -> None:
    ledger.add_delivery(delivery("denied"))

    assert ledger.mismatches() == ["queue: event event denied: "]


@pytest.mark.parametrize(
    ("action", "reason", "expected"),
    [
        ("close", "SUPERSEDED", False),
        ("close", "RESTORED", False),
        ("close", "RESTORED_AT_ZERO", False),
        ("confirm", "FAILED_OVER", False),
        ("give_up", "RESTORE_FAILED", False),
        ("close", "SERVICE_GONE", True),
        ("fail_over", "FAILED_OVER", True),
    ],
)
def test_an_event_may_be_decided_about_more_than_once(action: str, reason: str, expected: bool) -> None:
    assert final(decision(action, reason)) is expected
