"""The storm's queue: SQS's rules for a standard queue."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.storm.deployment import Reading
from benchmarks.storm.queue import StormQueue
from tests.soak.clock import StillClock

READING = Reading(
    delay_seconds=30,
    visibility_timeout_seconds=90,
    max_receive_count=2,
    batch_size=10,
    batching_window_seconds=0,
    maximum_concurrency=2,
    timeout_seconds=60,
)


@pytest.fixture
def queue() -> Iterator[StormQueue]:
    with StillClock(1000.0) as clock:
        yield StormQueue("queue", clock, READING)


def test_a_message_is_seen_after_the_delay_and_once(queue: StormQueue) -> None:
    queue.send(["a"])
    assert queue.receive(10) == []
    queue.clock.advance(30)
    assert [message.body for message in queue.receive(10)] == ["a"]
    assert queue.receive(10) == []


def test_what_fails_comes_again_and_ends_as_a_dead_letter(queue: StormQueue) -> None:
    queue.send(["good", "bad"])
    queue.clock.advance(30)
    messages = queue.receive(10)
    bad = messages[1].message_id
    queue.settle(messages, {bad}, {bad: queue.clock.now()})
    assert queue.left == 1
    for _ in range(2):
        queue.clock.advance(90)
        again = queue.receive(10)
        if again:
            queue.settle(again, {bad}, {bad: queue.clock.now()})
    assert [message.body for message in queue.dead_letters] == ["bad"]
    assert queue.left == 0
