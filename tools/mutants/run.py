"""Runs the tests on one mutation after the other, each in a fork of a process that has imported what takes long."""

from __future__ import annotations

import importlib.abc
import importlib.util
import os
import resource
import sys
from collections.abc import Sequence
from enum import StrEnum
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest

from tools import paths

PACKAGE = "spot_failover.core"
UNIT = paths.ROOT / "tests" / "unit"
CPU_SECONDS = 60
"""A mutation may make a loop endless. Processor time, not the clock's: a busy machine must not decide."""
# They take most of a test run's time to import, and know nothing of the core.
WARM = ("hypothesis", "_hypothesis_pytestplugin", "json", "dateutil.parser", "botocore.exceptions")


class Outcome(StrEnum):
    """What the tests made of a mutation."""

    KILLED = "killed"
    SURVIVED = "survived"


class _Mutated(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Serves one module from a text."""

    def __init__(self, module: str, source: str) -> None:
        self._module = module
        self._source = source

    def find_spec(self, fullname: str, _path: object, _target: object = None) -> ModuleSpec | None:
        """The module's, and no other."""
        return importlib.util.spec_from_loader(fullname, self) if fullname == self._module else None

    def exec_module(self, module: ModuleType) -> None:
        """Run the text."""
        exec(compile(self._source, self._module, "exec"), module.__dict__)  # noqa: S102 - it is our own source


def warm_up() -> None:
    """Import what every fork would import again."""
    for name in WARM:
        importlib.import_module(name)
    sys.dont_write_bytecode = True


def near(module: str) -> list[Path]:
    """The tests that import a module of the core themselves: they notice most."""
    name = f"{PACKAGE}.{module} import"
    return [path for path in sorted(UNIT.glob("test_*.py")) if name in path.read_text()]


def outcome(module: str, source: str) -> Outcome:
    """What the unit tests make of the module with such a source: those near it first, then all others."""
    first = near(module)
    rest = [path for path in sorted(UNIT.glob("test_*.py")) if path not in first]
    passed = (not first or passes(module, source, first)) and passes(module, source, rest)
    return Outcome.SURVIVED if passed else Outcome.KILLED


def passes(module: str, source: str | None, tests: Sequence[Path]) -> bool:
    """Whether tests pass, with a module's source exchanged where one is given."""
    child = os.fork()
    if child == 0:
        os._exit(_tested(module, source, tests))
    return os.waitpid(child, 0)[1] == 0


def _tested(module: str, source: str | None, tests: Sequence[Path]) -> int:
    try:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if source is not None:
            sys.meta_path.insert(0, _Mutated(f"{PACKAGE}.{module}", source))
        options = [
            "-x",
            "-q",
            "--assert=plain",
            "-p",
            "no:randomly",
            "-o",
            f"cache_dir={paths.CACHE / 'mutants-pytest'}",
        ]
        return int(pytest.main([*options, *map(str, tests)]))
    except BaseException:  # noqa: BLE001 - a fork must not go on as its parent would
        return 1
