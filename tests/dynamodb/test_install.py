"""Installing DynamoDB Local: once, whole or not at all, and never missed in silence."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools import paths
from tools.dynamodb_local import install
from tools.pinned import NotInstallableError


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and a PATH that holds what a test puts into the folder."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(paths, "CACHE", tmp_path / "cache")
    return folder


def put(programs: Path, name: str, script: str) -> None:
    path = programs / name
    path.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")
    path.chmod(0o755)


FETCH = 'for one; do case "$one" in -DoutputDirectory=*) out="${one#*=}";; esac; done; mkdir -p "$out"'


def test_what_is_missing_is_named(programs: Path) -> None:
    with pytest.raises(NotInstallableError, match=r"^java and mvn not on the PATH.*a JDK, 17 or newer, and Maven"):
        install.install()
    put(programs, "java", "exit 0")
    with pytest.raises(NotInstallableError, match=r"^mvn not on the PATH"):
        install.install()
    assert not install.installed()


def test_what_is_there_is_not_fetched_again(programs: Path) -> None:
    put(programs, "java", "exit 0")
    put(programs, "mvn", f'{FETCH}; touch "$out/DynamoDBLocal-2.6.0.jar"')
    assert not install.installed()
    folder = install.install()
    assert [file.name for file in folder.iterdir()] == ["DynamoDBLocal-2.6.0.jar"]
    put(programs, "mvn", "exit 1")
    assert install.install() == folder
    assert install.installed()


def test_a_half_fetched_one_is_not_taken(programs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(programs, "java", "exit 0")
    put(programs, "mvn", f'{FETCH}; touch "$out/DynamoDBLocal-2.6.0.jar"; echo no route to host; exit 1')
    assert install.main() == 1
    assert "Maven could not fetch DynamoDB Local:\nno route to host" in capsys.readouterr().err
    assert not install.installed()
    assert list((paths.CACHE / "dynamodb-local").iterdir()) == []


@pytest.mark.slow
def test_without_it_the_tests_say_what_they_did_not_run(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-o", f"cache_dir={tmp_path}", "--collect-only", "-q"]
    command += ["tests/dynamodb/test_races.py", "tests/dynamodb/test_writes.py"]
    environment = {**os.environ, "PATH": str(tmp_path)}
    ended = subprocess.run(command, cwd=paths.ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout
    told = re.search(r"^NOT RUN: (\d+) tests of the state table on DynamoDB Local, which", ended.stdout, re.MULTILINE)
    left_out = re.search(r"\((\d+) deselected\)", ended.stdout)
    assert told is not None
    assert left_out is not None
    assert told[1] == left_out[1]
    collected = [line for line in ended.stdout.splitlines() if "::" in line]
    assert collected
    assert all(line.endswith("[moto]") for line in collected)
