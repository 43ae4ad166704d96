"""Examples as they stand, each applied, found to have nothing left to change, and destroyed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from local_aws.client import LocalAws
from tools.examples.example import Example
from tools.examples.inventory import inventory

__all__ = ["Example", "applied", "what_is_there"]

AT_ONCE = 5
"""Most of the time the provider waits, for queues above all."""


def what_is_there(aws: LocalAws, places: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
    """Names of what examples make, by account and Region."""
    return {place: sorted(thing.name for thing in inventory(aws, [place])) for place in places}


@contextmanager
def applied(*examples: Example) -> Iterator[None]:
    """Apply them side by side, plan each again, and in the end destroy them."""
    for example in examples:
        example.init()  # one by one: Terraform does not guard a plugin cache against two writers
    _each(_apply_in_full, examples)
    yield
    _each(Example.destroy, examples)


def _apply_in_full(example: Example) -> None:
    example.apply()
    example.check_unchanged()


def _each(step: Callable[[Example], None], examples: Sequence[Example]) -> None:
    """Take the step for all of them at once; the first error, after all are done."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(step, examples))
