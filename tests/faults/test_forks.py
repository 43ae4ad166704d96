"""Copies of a process: what each finds is heard, what it does to its world is its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial

import pytest

from tests.faults.forks import CopyFailedError, side_by_side

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork.*:DeprecationWarning"),
]


def count_up(world: list[int], by: int) -> Iterator[int]:
    for _ in range(3):
        world[0] += by
        yield world[0]


def test_each_begins_with_the_world_as_it_was_and_changes_its_own() -> None:
    world = [10]

    found = list(side_by_side((partial(count_up, world, by) for by in (1, 100)), 2))

    assert sorted(found) == [11, 12, 13, 110, 210, 310]
    assert world == [10]


def test_one_after_another_keeps_their_order() -> None:
    assert list(side_by_side((partial(count_up, [0], by) for by in (1, 10)), 1)) == [1, 2, 3, 10, 20, 30]


def test_copies_have_copies_of_their_own() -> None:
    def outer() -> Iterator[int]:
        yield from side_by_side([partial(count_up, [5], 1)], 1)

    assert list(side_by_side([outer], 1)) == [6, 7, 8]


def test_what_one_raises_is_raised_here_and_tells_where() -> None:
    def fail() -> Iterator[int]:
        yield 1
        raise LookupError("no such cluster")

    with pytest.raises(CopyFailedError, match=r"in fail(.|\n)*LookupError: no such cluster"):
        list(side_by_side([fail], 1))


def test_one_that_dies_without_a_word_is_noticed() -> None:
    def die() -> Iterator[int]:
        yield 1
        os._exit(3)

    with pytest.raises(CopyFailedError, match="ended in the middle"):
        list(side_by_side([die], 1))
