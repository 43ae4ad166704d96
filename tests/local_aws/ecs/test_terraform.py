"""Terraform's ECS resources against a local AWS: made, unchanged, changed, destroyed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from local_aws.client import LocalAws
from tests.local_aws.ecs.simulation import ACCOUNT
from tools.terraform_mirror import init_arguments, terraform_environment

CONFIGURATION = Path(__file__).parent / "terraform" / "main.tf"
NO_CHANGES = 0


@pytest.mark.slow
def test_terraform_makes_plans_changes_and_destroys_a_service(tmp_path: Path) -> None:
    shutil.copy(CONFIGURATION, tmp_path)
    with LocalAws.start([ACCOUNT]) as aws:
        environment = terraform_environment({**os.environ, **aws.env()})

        def terraform(*arguments: str) -> int:
            command = ["terraform", *arguments, "-no-color", "-input=false"]
            return subprocess.run(command, cwd=tmp_path, env=environment, check=False).returncode

        assert terraform("init", *init_arguments(environment)) == 0
        assert terraform("apply", "-auto-approve") == 0
        aws.advance(120)
        assert aws.services()[0]["running"] == {"FARGATE_SPOT": 2}
        assert terraform("plan", "-detailed-exitcode") == NO_CHANGES
        assert terraform("apply", "-auto-approve", "-var=provider_name=FARGATE") == 0
        aws.advance(120)
        assert aws.services()[0]["running"] == {"FARGATE": 2}
        assert terraform("destroy", "-auto-approve") == 0
        assert aws.services() == []
