"""Runs the tests on one mutation after the other, each in a fork of a process that has imported what takes long."""

from __future__ import annotations

import contextlib
import importlib
import importlib.abc
import importlib.util
import json
import os
import re
import resource
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
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
_OURS = frozenset({"tests", "spot_failover", "__main__"})
"""What a mutation may reach: every fork imports it anew. All else that the tests import takes most of their time."""


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


@dataclass(frozen=True)
class Seen:
    """What a run of the tests made use of."""

    modules: tuple[str, ...]
    """Imported modules that are not this repository's."""
    files: tuple[Path, ...]
    """Files of this repository that were read, modules too."""


def look() -> Seen | None:
    """Run the unit tests on the core as it is, and see what they need; None if they fail."""
    with tempfile.NamedTemporaryFile() as told:
        child = os.fork()
        if child == 0:
            os._exit(_told(Path(told.name)))
        if os.waitpid(child, 0)[1] != 0:
            return None
        found = json.loads(Path(told.name).read_text())
    return Seen(tuple(found["modules"]), tuple(Path(file) for file in found["files"]))


def warm_up(seen: Seen) -> None:
    """Import what every fork would import again."""
    for name in seen.modules:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    sys.dont_write_bytecode = True


def _told(path: Path) -> int:
    files: set[Path] = set()

    def heard(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and isinstance(arguments[0], str):
            files.add(_source(Path(arguments[0])))

    sys.addaudithook(heard)
    status = _tested("", None, sorted(UNIT.glob("test_*.py")))
    files = {file for file in files if file.is_relative_to(paths.ROOT) and file.is_file()}
    ours = sorted(str(file) for file in files if not any(part.startswith(".") for part in _place(file)))
    modules = [name for name in sys.modules if name.partition(".")[0] not in _OURS and not name.startswith("test_")]
    path.write_text(json.dumps({"modules": modules, "files": ours}))
    return status


def _place(file: Path) -> tuple[str, ...]:
    return file.relative_to(paths.ROOT).parts


def _source(path: Path) -> Path:
    """The module that a compiled file was made of, by Python or by pytest; of any other file, itself."""
    if path.suffix != ".pyc" or path.parent.name != "__pycache__":
        return path
    return path.parent.parent / f"{path.name.partition('.')[0]}.py"


def near(module: str) -> list[Path]:
    """The tests that import a module of the core themselves: they notice most."""
    own = re.compile(rf"^from {PACKAGE}(\.{module} import| import .*\b{module}\b)", re.MULTILINE)
    return [path for path in sorted(UNIT.glob("test_*.py")) if own.search(path.read_text())]


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
