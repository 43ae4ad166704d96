"""A fixed share of `make faults`: at every call of every scenario one kind of fault, in clear weather."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass

import pytest

from tests.faults.granted import NOT_BY_THE_FUNCTION, grants
from tests.faults.scenarios import SCENARIOS
from tools import paths

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Run:
    status: int
    text: str
    calls: frozenset[tuple[str, str]]
    """(function, action) of every call at which a fault was tried."""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """In a process of its own: virtual time and what is laid over moto are the whole process's."""
    folder = tmp_path_factory.mktemp("kept")
    command = [sys.executable, "-m", "tests.faults", "--in-turn", "--weather", "clear", "--kept", str(folder)]
    ended = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, check=False)
    sites = [json.loads(line)["fault"]["site"] for file in folder.iterdir() for line in file.read_text().splitlines()]
    calls = frozenset((site["function"], site["action"]) for site in sites)
    return Run(ended.returncode, ended.stdout + ended.stderr, calls)


def test_every_call_of_every_scenario_may_go_wrong(run: Run) -> None:
    assert run.status == 0, run.text
    tried = re.search(r"^(\d+) faults in", run.text, re.MULTILINE)
    assert tried is not None
    assert int(tried[1]) > 20 * sum(not one.external for one in SCENARIOS)


def test_whatever_a_function_may_call_goes_wrong_once(run: Run) -> None:
    wanted = {(grant.function, grant.call) for grant in grants() if grant.sid not in NOT_BY_THE_FUNCTION}

    assert wanted - run.calls == set()
