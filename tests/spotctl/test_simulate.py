"""`spotctl simulate` on a made-up history: the tables, the files, and what is wrong with other folders."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from spotctl.exits import Exit
from spotctl.main import spotctl

HISTORY = "capacity,seconds\n1,20000\n0,6000\n1,24000\n0,12000\n1,24400\n"


def traces(folder: Path, text: str | None) -> Path:
    """A folder with one history, or with none."""
    found = folder / "traces"
    found.mkdir()
    if text is not None:
        (found / "mine.csv").write_text(text, encoding="utf-8")
    return found


def test_policies_are_compared_on_the_user_s_own_history(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = CliRunner().invoke(spotctl, ["simulate", str(traces(tmp_path, HISTORY)), "--out", str(out), "--days", "1"])
    raw = json.loads((out / "policy.json").read_text(encoding="utf-8"))
    assert raw["histories"] == ["mine"]
    assert raw["settings_tried"] == []
    assert {run["trace"] for run in raw["runs"]} == {"mine"}
    assert "balanced" in done.stdout
    assert (out / "policy.html").stat().st_size > 0
    # Two shortages tell nothing of some goals: the exit status says so, as the last line does.
    holds = all(goal["holds"] for goal in raw["goals"])
    assert done.exit_code == (Exit.DONE if holds else Exit.FINDINGS)
    assert ("do NOT hold" in done.stdout.splitlines()[-1]) is not holds


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "no *.csv there"),
        ("time,load\n1,2\n", "its first line must be"),
        ("capacity,seconds\n1,-5\n", "line 2"),
        ("capacity,seconds\n0,60\n", "it never had capacity"),
    ],
)
def test_what_is_no_history_is_told(tmp_path: Path, text: str | None, told: str) -> None:
    done = CliRunner().invoke(spotctl, ["simulate", str(traces(tmp_path, text)), "--out", str(tmp_path / "out")])
    assert done.exit_code == Exit.USAGE
    assert told in done.stderr
    assert not (tmp_path / "out").exists()


def refused(tmp_path: Path, *options: str) -> str:
    """What is told where the command line can't be carried out, before any run."""
    out = [] if "--out" in options else ["--out", str(tmp_path / "out")]
    done = CliRunner().invoke(spotctl, ["simulate", str(tmp_path / "traces"), *out, *options])
    assert done.exit_code == Exit.USAGE
    assert not re.search(r"\b1/\d+\b", done.stderr.replace(str(tmp_path), "")), "a run was counted"
    assert not (tmp_path / "out").exists()
    return done.stderr


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    (traces(tmp_path, HISTORY) / "wide.csv").write_text(HISTORY, encoding="utf-16")
    assert "wide.csv: it can't be read as a CSV file in UTF-8" in refused(tmp_path)


def test_a_folder_that_is_called_like_a_file_is_told(tmp_path: Path) -> None:
    (traces(tmp_path, HISTORY) / "x.csv").mkdir()
    assert "x.csv: it can't be read" in refused(tmp_path)


def test_no_file_can_be_written_is_told_before_all_runs(tmp_path: Path) -> None:
    file = traces(tmp_path, HISTORY) / "mine.csv"
    assert "no file can be written there" in refused(tmp_path, "--out", str(file / "out"))


def test_days_in_which_no_shortage_falls_prove_no_goal(tmp_path: Path) -> None:
    traces(tmp_path, HISTORY)
    assert "in none of the histories" in refused(tmp_path, "--days", "0.00001")


def test_a_shortage_that_no_service_feels_proves_no_goal(tmp_path: Path) -> None:
    folder = traces(tmp_path, "capacity,seconds\n1,6000\n0,0.001\n")
    out = str(tmp_path / "out")
    done = CliRunner().invoke(spotctl, ["simulate", str(folder), "--out", out])
    assert done.exit_code == Exit.USAGE
    assert "for long enough that a service lacked a task" in done.stderr
    assert not (tmp_path / "out" / "policy.json").exists()
