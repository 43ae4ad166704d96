"""Where ECS has refused a call for its quota, the next ones are spaced out: that account and Region, no other."""

from __future__ import annotations

from datetime import timedelta

from spot_failover.aws.turns import SLOW, SPACE, Turns
from tests.doubles.clock import Clock

HERE, THERE = ("111111111111", "us-east-1"), ("111111111111", "eu-west-1")


def test_nobody_waits_before_anything_was_refused() -> None:
    clock, slept = Clock(), list[float]()
    turns = Turns(clock.now, slept.append)
    for _ in range(3):
        turns.wait(*HERE)
    assert slept == []


def test_after_a_refusal_each_waits_for_the_one_before() -> None:
    clock, slept = Clock(), list[float]()
    turns = Turns(clock.now, slept.append)
    turns.refused(*HERE)
    for place in (HERE, HERE, THERE, HERE):
        turns.wait(*place)
    space = SPACE.total_seconds()
    assert slept == [space, 2 * space]


def test_it_is_over_when_nothing_has_been_refused_for_a_while() -> None:
    clock, slept = Clock(), list[float]()
    turns = Turns(clock.now, slept.append)
    turns.refused(*HERE)
    clock.advance(seconds=(SLOW + timedelta(seconds=1)).total_seconds())
    turns.wait(*HERE)
    turns.wait(*HERE)
    assert slept == []
