"""What a function's start must not import: each of these was measured to cost more than all of the product's core."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.cold_start.environment import NOWHERE, environment
from benchmarks.cold_start.measure import CLIENTS
from tools import paths

HEAVY = (
    "aws_lambda_powertools.utilities.batch",
    "aws_lambda_powertools.utilities.data_classes",
    "aws_lambda_powertools.event_handler",
    "aws_xray_sdk",
    "pydantic",
    "spot_failover.core.scaledown_input",
    "spot_failover.core.scaledown_plan",
    "spot_failover.aws.task_sets",
)
MOST_SOURCE = 400_000
"""Bytes of the product's own source that one start compiles: most of what it takes beyond its floor."""
OF_RESTORE = ("spot_failover.flow.restore_flow", "spot_failover.core.incident", "spot_failover.core.notification")
OF_SWEEP = ("spot_failover.aws.registry", "spot_failover.core.path")
OF_OTHERS = {"restore": OF_SWEEP, "sweep": OF_RESTORE}


@pytest.mark.slow
@pytest.mark.parametrize("function", CLIENTS)
def test_the_start_path_is_light(function: str) -> None:
    loaded = _modules_after(f"spot_failover.handlers.{function}")
    assert "spot_failover.handlers.assembly" in loaded
    needless = HEAVY + OF_OTHERS.get(function, OF_RESTORE + OF_SWEEP)
    assert [name for name in needless if name in loaded] == []
    own = sum(_source(name).stat().st_size for name in loaded if name.partition(".")[0] == "spot_failover")
    assert own <= MOST_SOURCE


def _source(name: str) -> Path:
    path = paths.SOURCES / name.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _modules_after(module: str) -> set[str]:
    program = f"import json, sys; import {module}; print(json.dumps(list(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=paths.SOURCES,
        env=environment(NOWHERE),
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(run.stdout))
