"""What a function's start must not import: each of these was measured to cost more than all of the product's core."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tools import paths

FUNCTIONS = ("placement_failure", "interruption", "restore", "sweep", "task_state")
HEAVY = (
    "aws_lambda_powertools.utilities.batch",
    "aws_lambda_powertools.utilities.data_classes",
    "aws_lambda_powertools.event_handler",
    "aws_xray_sdk",
    "pydantic",
    "spot_failover.core.scaledown_plan",
    "spot_failover.aws.task_sets",
)


@pytest.mark.slow
@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_start_path_is_light(function: str) -> None:
    loaded = _modules_after(
        f"spot_failover.handlers.{function}_function"
        if function in {"restore", "sweep"}
        else "spot_failover.handlers.queue_function"
    )
    assert "spot_failover.handlers.assembly" in loaded
    assert [name for name in HEAVY if name in loaded] == []


def _modules_after(module: str) -> set[str]:
    program = f"import json, sys; import {module}; print(json.dumps(list(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", program], cwd=paths.ROOT, capture_output=True, text=True, check=True)
    return set(json.loads(run.stdout))
