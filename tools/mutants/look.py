"""One run of the unit tests on the core as it is: whether they pass, and what they make use of."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tools import paths
from tools.mutants import suite
from tools.mutants.reach import Place, Reach, recorded

_OURS = frozenset({"tests", "spot_failover", "__main__"})
"""What a mutation may reach: every fork imports it anew. All else that the tests import takes most of their time."""


@dataclass(frozen=True)
class Seen:
    """What a run of the tests made use of."""

    modules: tuple[str, ...]
    """Imported modules that are not this repository's."""
    files: tuple[Path, ...]
    """Files of this repository that were read, modules too."""
    reach: Reach


class _Recorder:
    """Notes, as a plugin of pytest, what each test runs of the core."""

    def __init__(self) -> None:
        self.tests: dict[str, set[Place]] = {}
        self.imports: set[Place] = set()

    @pytest.hookimpl(hookwrapper=True)
    def pytest_collection(self) -> Iterator[None]:
        with recorded(self.imports):
            yield

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        with recorded(self.tests.setdefault(item.nodeid, set())):
            yield


def look() -> Seen | None:
    """Run the unit tests on the core as it is, and see what they need; None if they fail."""
    with tempfile.NamedTemporaryFile() as told:
        child = suite.forked(lambda: _told(Path(told.name)))
        if os.waitpid(child, 0)[1] != 0:
            return None
        found = json.loads(Path(told.name).read_text())
    files = tuple(Path(file) for file in found["files"])
    return Seen(tuple(found["modules"]), files, _reach(found["tests"], found["imports"]))


def _reach(tests: Mapping[str, Iterable[Sequence[Any]]], imports: Iterable[Sequence[Any]]) -> Reach:
    by_place: defaultdict[Place, list[str]] = defaultdict(list)
    for test, places in tests.items():
        for module, line in places:
            by_place[module, line].append(test)
    return Reach(list(tests), by_place, {(module, line) for module, line in imports})


def _told(path: Path) -> int:
    read: set[Path] = set()

    def heard(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and isinstance(arguments[0], str):
            read.add(_source(Path(arguments[0])))

    sys.addaudithook(heard)
    recorder = _Recorder()
    status = suite.run(suite.files(), recorder)
    read = {file for file in read if file.is_relative_to(paths.ROOT) and file.is_file()}
    found = {
        "modules": [name for name in sys.modules if name.partition(".")[0] not in _OURS and not _is_test(name)],
        "files": sorted(str(file) for file in read if not any(part.startswith(".") for part in _parts(file))),
        "tests": {test: sorted(places) for test, places in recorder.tests.items()},
        "imports": sorted(recorder.imports),
    }
    path.write_text(json.dumps(found))
    return status


def _is_test(name: str) -> bool:
    return name.startswith("test_")


def _parts(file: Path) -> tuple[str, ...]:
    return file.relative_to(paths.ROOT).parts


def _source(path: Path) -> Path:
    """The module that a compiled file was made of, by Python or by pytest; of any other file, itself."""
    if path.suffix != ".pyc" or path.parent.name != "__pycache__":
        return path
    return path.parent.parent / f"{path.name.partition('.')[0]}.py"
