"""What pip-audit tells is passed on, and an audit that could look up nothing is not one that found nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools import audit, pinned

VULNERABLE = {"name": "thing", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2"]}]}
CLEAN = {"name": "other", "version": "3", "vulns": []}
SKIPPED = {"name": "third", "skip_reason": "could not be found"}


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What pip-audit will print."""
    program = tmp_path / "environment" / "bin" / "pip-audit"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho no route to host >&2\ncat {tmp_path}/told\n")
    program.chmod(0o755)
    monkeypatch.setattr(audit, "folder", lambda: tmp_path / "environment")
    monkeypatch.setattr(pinned, "python_environment", lambda target, pins: None)
    return tmp_path / "told"


def test_nothing_known_is_a_success(told: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told.write_text(json.dumps({"dependencies": [CLEAN]}))
    assert audit.main() == 0
    assert "requirements/lambda.txt: 1 packages" in capsys.readouterr().out


def test_a_vulnerability_is_told_with_the_version_that_mends_it(told: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told.write_text(json.dumps({"dependencies": [CLEAN, VULNERABLE, SKIPPED]}))
    assert audit.main() == 1
    printed = capsys.readouterr().out
    assert "thing 1: PYSEC-1, mended in 2" in printed
    assert "third: NOT LOOKED UP: could not be found" in printed


@pytest.mark.parametrize("output", [json.dumps({"dependencies": [SKIPPED]}), ""])
def test_no_database_is_no_success(told: Path, output: str, capsys: pytest.CaptureFixture[str]) -> None:
    told.write_text(output)
    assert audit.main() == 1
    assert "NOT RUN: requirements/dev.txt" in capsys.readouterr().out


def test_what_audits_can_be_installed_alone(told: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Path] = []
    monkeypatch.setattr(pinned, "python_environment", lambda target, pins: made.append(target))
    # Nothing that could be asked would answer.
    assert audit.main(["install"]) == 0
    assert made == [audit.folder()]
    assert not told.exists()


def test_another_word_installs_nothing(told: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.main(["instal"]) == 2
    assert "Usage" in capsys.readouterr().err
    assert not told.exists()
