"""Delivery is at least once and unordered; a failure may be told once and then not again for hours, or not."""

from __future__ import annotations

from typing import Any

import pytest

from local_aws.chaos.dice import Dice
from local_aws.chaos.events import EventChaos
from tests.local_aws.chaos.conftest import Unpleasant
from tests.local_aws.event_routes import SOURCE, QueueOnRule, put, rule_to_queue

QUEUE = {"Arn": "arn:aws:sqs:us-east-1:123456789012:orders"}


@pytest.fixture
def orders(unpleasant: Unpleasant) -> QueueOnRule:
    return rule_to_queue(unpleasant.aws, {"source": [SOURCE]})


def _received(unpleasant: Unpleasant, orders: QueueOnRule) -> list[dict[str, Any]]:
    """All messages, in the order in which the queue has them."""
    sqs, found = unpleasant.aws.client("sqs"), []
    while messages := sqs.receive_message(QueueUrl=orders.url, MaxNumberOfMessages=10).get("Messages"):
        found += messages
    return found


def _put(unpleasant: Unpleasant, count: int) -> list[str]:
    return [str(put(unpleasant.aws, {"n": number})["EventId"]) for number in range(count)]


def test_an_event_may_be_delivered_twice_as_two_messages_with_one_body(
    unpleasant: Unpleasant, orders: QueueOnRule
) -> None:
    unpleasant.chaos.events(duplicate=1.0)
    put(unpleasant.aws)
    unpleasant.aws.advance(1)
    one, other = _received(unpleasant, orders)
    assert one["Body"] == other["Body"]
    assert one["MessageId"] != other["MessageId"]
    assert len(unpleasant.deliveries("delivered")) == 2
    assert unpleasant.chaos.counts()["events_duplicated"] == 1


def test_an_event_may_get_lost_and_the_record_says_so(unpleasant: Unpleasant, orders: QueueOnRule) -> None:
    unpleasant.chaos.events(drop=1.0)
    (event_id,) = _put(unpleasant, 1)
    unpleasant.aws.advance(60)
    assert _received(unpleasant, orders) == []
    (told,) = unpleasant.deliveries("lost")
    assert (told["event_id"], told["target_arn"]) == (event_id, orders.arn)
    assert unpleasant.chaos.counts()["events_lost"] == 1


def test_events_may_come_late_and_in_another_order(unpleasant: Unpleasant, orders: QueueOnRule) -> None:
    unpleasant.chaos.events(delay_seconds=300, seed=1)
    sent = _put(unpleasant, 10)
    unpleasant.aws.advance(60)
    assert 0 < len(unpleasant.deliveries("delivered")) < 10
    unpleasant.aws.advance(241)
    came = [told["event_id"] for told in unpleasant.deliveries("delivered")]
    assert sorted(came) == sorted(sent)
    assert came != sent


def test_events_of_ecs_are_no_better_off(unpleasant: Unpleasant) -> None:
    """Forwarded from a workload account's bus or put by a service: what counts is the last step, into a queue."""
    on_rule = rule_to_queue(unpleasant.aws, {"source": ["aws.ecs"]})
    unpleasant.chaos.events(duplicate=1.0)
    unpleasant.aws.world.emit(
        "123456789012", "us-east-1", source="aws.ecs", detail_type="ECS Service Action", detail={}, resources=[]
    )
    unpleasant.aws.advance(1)
    assert len(_received(unpleasant, on_rule)) == 2


def _course(seed: int, **chances: float) -> list[tuple[float, ...]]:
    chaos = EventChaos()
    settings = {"duplicate": 0.3, "drop": 0.2, "delay_seconds": 60.0, **chances}
    chaos.set(**settings, dice=Dice(seed))
    return [tuple(chaos.delays(QUEUE)) for _ in range(200)]


def test_the_same_seed_brings_about_the_same() -> None:
    assert _course(7) == _course(7) != _course(8)
    lost, twice = _course(7).count(()), sum(len(delays) == 2 for delays in _course(7))
    assert 20 < lost < 60
    assert 30 < twice < 70


def test_what_is_lost_does_not_hang_on_whether_others_come_twice() -> None:
    def lost(course: list[tuple[float, ...]]) -> list[bool]:
        return [not delays for delays in course]

    assert lost(_course(7)) == lost(_course(7, duplicate=0.0)) == lost(_course(7, delay_seconds=0.0))


def test_only_deliveries_into_queues_are_disturbed() -> None:
    chaos = EventChaos()
    chaos.set(duplicate=0.0, drop=1.0, delay_seconds=0.0, dice=Dice())
    assert list(chaos.delays({"Arn": "arn:aws:events:us-east-1:123456789012:event-bus/central"})) == [0.0]
    assert list(chaos.delays({"Arn": "arn:aws:lambda:us-east-1:123456789012:function:restore"})) == [0.0]
    assert list(chaos.delays(QUEUE)) == []


def test_without_chaos_each_event_comes_once_and_in_order(unpleasant: Unpleasant, orders: QueueOnRule) -> None:
    sent = _put(unpleasant, 10)
    unpleasant.aws.advance(1)
    assert [told["event_id"] for told in unpleasant.deliveries("delivered")] == sent
    assert len(_received(unpleasant, orders)) == 10
