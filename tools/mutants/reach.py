"""Which functions of the core the unit tests run, test by test: no other test can notice a change of one."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType

from tools.mutants.core import CORE
from tools.mutants.mutation import Mutation

Place = tuple[str, int]
"""A module of the core, and the first line of some code in it."""

_CORE = f"{CORE}/"


@dataclass(frozen=True)
class Reach:
    """What is run by which test.

    Parameters
    ----------
    tests
        Node ids of all tests, in their order.
    by_place
        The tests that run some code.
    imports
        What runs already when the tests are imported and collected.
    """

    tests: Sequence[str]
    by_place: Mapping[Place, Collection[str]]
    imports: Collection[Place]

    def at_import(self, mutation: Mutation) -> bool:
        """Whether a mutation may make a difference before any test has begun."""
        return mutation.unit is None or any(_holds(mutation, place) for place in self.imports)

    def of(self, mutation: Mutation) -> list[str]:
        """The tests that may notice a mutation."""
        if self.at_import(mutation):
            return list(self.tests)
        found = {test for place, tests in self.by_place.items() if _holds(mutation, place) for test in tests}
        return [test for test in self.tests if test in found]


@contextmanager
def recorded(places: set[Place]) -> Iterator[None]:
    """Add all of the core that runs meanwhile in this thread."""
    seen: dict[int, CodeType] = {}

    def heard(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call":
            seen.setdefault(id(frame.f_code), frame.f_code)

    before = sys.getprofile()
    sys.setprofile(heard)
    try:
        yield
    finally:
        sys.setprofile(before)
        places |= {
            (Path(code.co_filename).stem, code.co_firstlineno)
            for code in seen.values()
            if code.co_filename.startswith(_CORE)
        }


def _holds(mutation: Mutation, place: Place) -> bool:
    module, line = place
    return mutation.unit is not None and mutation.module == module and mutation.unit.first <= line <= mutation.unit.last
