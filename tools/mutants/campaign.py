"""Tries one mutation after the other, each in a fork.

Most are made in a function that no test runs before it begins: there all tests are imported once, and a fork exchanges
the function's code and runs those that reach it. For all others a fork imports core and tests anew.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path

import pytest

from tools.mutants import suite
from tools.mutants.mutation import Mutation
from tools.mutants.reach import Reach
from tools.mutants.swap import Functions


class Outcome(StrEnum):
    """What the tests made of a mutation."""

    KILLED = "killed"
    SURVIVED = "survived"


Tell = Callable[[Mutation, Outcome], None]


def attempt(pending: Sequence[Mutation], reach: Reach, tell: Tell) -> None:
    """Try all of them, and tell what came of each; in a process that has imported neither core nor tests."""
    told: set[str] = set()
    read_end, write_end = os.pipe()

    def exchanged() -> int:
        os.close(read_end)
        # Forks of this one end here, too, each with the status of its tests.
        return suite.run(suite.files(), _Exchanges(pending, reach, write_end))

    child = suite.forked(exchanged)
    os.close(write_end)
    known = {mutation.key: mutation for mutation in pending}
    with os.fdopen(read_end) as lines:
        for line in lines:
            key, _, outcome = line.strip().partition(" ")
            told.add(key)
            tell(known[key], Outcome(outcome))
    os.waitpid(child, 0)
    for mutation in pending:
        if mutation.key not in told:
            tell(mutation, _imported_anew(mutation, reach))


def _imported_anew(mutation: Mutation, reach: Reach) -> Outcome:
    """What the tests make of a module with another source: those near it first, then all others that may notice."""
    may_notice = {Path(test.partition("::")[0]).name for test in reach.of(mutation)}
    first = suite.near(mutation.module)
    rest = [path for path in suite.files() if path not in first and path.name in may_notice]
    passed = all(not tests or suite.passes(mutation.module, mutation.source, tests) for tests in (first, rest))
    return Outcome.SURVIVED if passed else Outcome.KILLED


class _Exchanges:
    """Goes, as a plugin of pytest, from mutation to mutation where pytest would go from test to test."""

    def __init__(self, pending: Sequence[Mutation], reach: Reach, answers: int) -> None:
        self._pending = pending
        self._reach = reach
        self._answers = answers

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        functions = Functions()
        items = {item.nodeid: item for item in session.items}
        # Forks share what is there for as long as nothing goes through it.
        gc.freeze()
        for mutation in self._pending:
            code = None if self._reach.at_import(mutation) else functions.changed(mutation)
            if code is None:
                continue
            near = {path.name for path in suite.near(mutation.module)}
            chosen = [items[test] for test in self._reach.of(mutation)]
            child = os.fork() if chosen else None
            if child == 0:
                suite.bound_time()
                functions.exchange(code)
                session.items[:] = sorted(chosen, key=lambda item: item.path.name not in near)
                # pytest goes on with these tests, as in any run.
                return None
            survived = child is None or os.waitpid(child, 0)[1] == 0
            outcome = Outcome.SURVIVED if survived else Outcome.KILLED
            os.write(self._answers, f"{mutation.key} {outcome}\n".encode())
        return True
