"""Exchanges the code of a function that lives already: a mutation without importing anything anew."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from types import CodeType, FunctionType

from tools.mutants.core import CORE
from tools.mutants.mutation import Mutation

_Place = tuple[str, str, int]
"""File, qualified name, first line."""


class Functions:
    """All functions of the core that live in this process."""

    def __init__(self) -> None:
        self._living: dict[_Place, list[FunctionType]] = {}
        for one in gc.get_objects():
            if isinstance(one, FunctionType) and one.__code__.co_filename.startswith(f"{CORE}/"):
                self._living.setdefault(_place(one.__code__), []).append(one)

    def changed(self, mutation: Mutation) -> CodeType | None:
        """The function's code with a mutation; None where only a new import can bring it in."""
        if mutation.unit is None:
            return None
        file = str(CORE / f"{mutation.module}.py")
        wanted = (file, mutation.unit.name, mutation.unit.first)
        living = self._living.get(wanted)
        if living is None:
            return None
        codes = _codes(compile(mutation.source, file, "exec"))
        return next(
            (code for code in codes if _place(code) == wanted and all(_fits(one, code) for one in living)), None
        )

    def exchange(self, code: CodeType) -> None:
        """From now on the function does what this code says."""
        for one in self._living[_place(code)]:
            one.__code__ = code


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _place(code: CodeType) -> _Place:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def _fits(function: FunctionType, code: CodeType) -> bool:
    """Python refuses code with other variables of an outer scope."""
    return function.__code__.co_freevars == code.co_freevars
