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
    "spot_failover.core.scaledown_input",
    "spot_failover.core.scaledown_plan",
    "spot_failover.aws.task_sets",
)
OF_RESTORE = ("spot_failover.flow.restore_flow", "spot_failover.core.incident", "spot_failover.core.notification")
OF_SWEEP = ("spot_failover.aws.registry", "spot_failover.core.path")
OF_OTHERS = {"restore": OF_SWEEP, "sweep": OF_RESTORE}


@pytest.mark.slow
@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_start_path_is_light(function: str) -> None:
    loaded = _modules_after(
        f"spot_failover.handlers.{function}_function"
        if function in {"restore", "sweep"}
        else "spot_failover.handlers.queue_function"
    )
    assert "spot_failover.handlers.assembly" in loaded
    needless = HEAVY + OF_OTHERS.get(function, OF_RESTORE + OF_SWEEP)
    assert [name for name in needless if name in loaded] == []


def _modules_after(module: str) -> set[str]:
    program = f"import json, sys; import {module}; print(json.dumps(list(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", program], cwd=paths.ROOT, capture_output=True, text=True, check=True)
    return set(json.loads(run.stdout))
