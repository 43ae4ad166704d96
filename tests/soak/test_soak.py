"""Some days with fixed seeds. Bounded by virtual time and the number of services: by work, not by the clock."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tools import paths

pytestmark = pytest.mark.slow


def soak(seed: int, days: float, services: int) -> subprocess.CompletedProcess[str]:
    """In a process of its own: virtual time and what is laid over moto are the whole process's."""
    options = {"--seed": seed, "--mode": "month", "--days": days, "--services": services}
    arguments = [text for name, value in options.items() for text in (name, str(value))]
    command = [sys.executable, "-m", "tests.soak", *arguments]
    return subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_event_is_accounted_for_and_nothing_is_left_over(seed: int) -> None:
    run = soak(seed, days=2, services=14)

    assert run.returncode == 0, run.stdout + run.stderr
    assert f"SEED={seed} make soak" in run.stdout
    assert counted(run.stdout, "failover") > 0
    assert counted(run.stdout, "restore") > 0
    assert "all sums are equal" in run.stdout


def test_a_seed_gives_the_same_run_again() -> None:
    first, again = (soak(4, days=1, services=14) for _ in range(2))

    assert first.returncode == 0, first.stdout + first.stderr
    assert without_duration(first.stdout) == without_duration(again.stdout)


def counted(text: str, name: str) -> int:
    """What a table of counts says of a thing, 0 where it does not say anything."""
    found = re.search(rf"^│{name} +│ *(\d+)│$", text, re.MULTILINE)
    return int(found[1]) if found else 0


def without_duration(text: str) -> list[str]:
    return [line for line in text.splitlines() if " min " not in line]
