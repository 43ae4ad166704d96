"""A fixed share of `make faults`: at every call of every scenario one kind of fault, in clear weather."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.scenarios import SCENARIOS
from tools import paths

pytestmark = pytest.mark.slow


def test_every_call_of_every_scenario_may_go_wrong(tmp_path: Path) -> None:
    """In a process of its own: virtual time and what is laid over moto are the whole process's."""
    command = [sys.executable, "-m", "tests.faults", "--in-turn", "--weather", "clear", "--kept", str(tmp_path)]
    run = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout + run.stderr
    tried = re.search(r"^(\d+) faults in", run.stdout, re.MULTILINE)
    assert tried is not None
    assert int(tried[1]) > 20 * sum(not one.external for one in SCENARIOS)
