"""Runs of the unit tests in a process of their own: as they are, or on one module imported with another source."""

from __future__ import annotations

import contextlib
import importlib
import importlib.abc
import importlib.util
import os
import re
import resource
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest

from tools import paths

PACKAGE = "spot_failover.core"
UNIT = paths.ROOT / "tests" / "unit"
CPU_SECONDS = 60
"""A mutation may make a loop endless. Processor time, not the clock's: a busy machine must not decide."""
_CACHE = f"cache_dir={paths.CACHE / 'mutants-pytest'}"
_OPTIONS = ("-x", "-q", "--assert=plain", "--tb=no", "-p", "no:randomly", "-o", _CACHE)


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


def files() -> list[Path]:
    """All files of unit tests."""
    return sorted(UNIT.glob("test_*.py"))


@cache
def near(module: str) -> Sequence[Path]:
    """The tests that import a module of the core themselves: they notice most."""
    own = re.compile(rf"^from {PACKAGE}(\.{module} import| import .*\b{module}\b)", re.MULTILINE)
    return [path for path in files() if own.search(path.read_text())]


def warm_up(modules: Iterable[str]) -> None:
    """Import what every fork would import again."""
    for name in modules:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    sys.dont_write_bytecode = True


def passes(module: str, source: str | None, tests: Sequence[Path]) -> bool:
    """Whether tests pass in a fork that imports them, with a module's source exchanged where one is given."""

    def tried() -> int:
        bound_time()
        if source is not None:
            sys.meta_path.insert(0, _Mutated(f"{PACKAGE}.{module}", source))
        return run(tests)

    return os.waitpid(forked(tried), 0)[1] == 0


def forked(work: Callable[[], int]) -> int:
    """Id of a fork of this process, which ends with the status that `work` returns, with 1 where it raises."""
    child = os.fork()
    if child == 0:
        try:
            os._exit(work())
        finally:
            os._exit(1)
    return child


def run(tests: Sequence[Path], plugin: object = None) -> int:
    """Run tests in this process, which prints nothing from now on; pytest's exit status."""
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    os.close(silence)
    return int(pytest.main([*_OPTIONS, *map(str, tests)], [plugin] if plugin is not None else []))


def bound_time() -> None:
    """End this process where it comes to no end by itself."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
