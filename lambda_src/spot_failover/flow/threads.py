"""Work for several accounts and Regions at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Given = TypeVar("Given")
Done = TypeVar("Done")


def side_by_side(threads: int, work: Callable[[Given], Done], groups: Iterable[Given]) -> Iterator[Done]:
    """The outcomes for all groups, in order; with one thread it is the caller's own."""
    if threads == 1:
        yield from map(work, groups)
        return
    with ThreadPoolExecutor(threads) as pool:
        yield from pool.map(work, groups)
