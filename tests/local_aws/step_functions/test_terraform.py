"""Terraform's task set, Network Load Balancer and state machine: made, unchanged, changed, destroyed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from local_aws.client import LocalAws
from tests.local_aws.conftest import CENTRAL, REGION
from tests.local_aws.lambda_service.conftest import ECHO, package
from tools.terraform_mirror import init_arguments, terraform_environment

CONFIGURATION = Path(__file__).parent / "terraform" / "main.tf"
NO_CHANGES = 0


@pytest.mark.slow
def test_terraform_makes_plans_changes_and_destroys_a_controlled_scale_down(tmp_path: Path) -> None:
    shutil.copy(CONFIGURATION, tmp_path)
    (tmp_path / "package.zip").write_bytes(package(ECHO))
    with LocalAws.start([CENTRAL]) as aws:
        environment = terraform_environment(
            {**os.environ, **aws.env(), "TF_VAR_package": str(tmp_path / "package.zip")}
        )

        def terraform(*arguments: str) -> int:
            command = ["terraform", *arguments, "-no-color", "-input=false"]
            return subprocess.run(command, cwd=tmp_path, env=environment, check=False).returncode

        def task_sets() -> list[dict[str, Any]]:
            return list(aws.services()[0]["task_sets"])

        assert terraform("init", *init_arguments(environment)) == 0
        assert terraform("apply", "-auto-approve") == 0
        aws.advance(60)
        assert [item["running"] for item in task_sets()] == [{"FARGATE_SPOT": 2}]
        assert terraform("plan", "-detailed-exitcode") == NO_CHANGES
        assert terraform("apply", "-auto-approve", "-var=scale=50", "-var=seconds=60") == 0
        assert terraform("plan", "-detailed-exitcode", "-var=scale=50", "-var=seconds=60") == NO_CHANGES
        aws.advance(120)
        assert [item["running"] for item in task_sets()] == [{"FARGATE_SPOT": 1}]
        states = aws.session().client("stepfunctions")
        machine = f"arn:aws:states:{REGION}:{CENTRAL}:stateMachine:look"
        execution = states.start_execution(stateMachineArn=machine, input='{"service": "web"}')["executionArn"]
        aws.advance(90)
        assert json.loads(states.describe_execution(executionArn=execution)["output"]) == {"service": "web"}
        assert terraform("destroy", "-auto-approve", "-var=scale=50", "-var=seconds=60") == 0
        assert aws.services() == []
        assert states.list_state_machines()["stateMachines"] == []
        assert aws.session().client("elbv2").describe_load_balancers()["LoadBalancers"] == []
