"""Terraform's schedules against a local AWS: made, unchanged, changed, destroyed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from local_aws.client import LocalAws
from tests.local_aws.conftest import CENTRAL
from tools.terraform_mirror import init_arguments, terraform_environment

CONFIGURATION = Path(__file__).parent / "terraform" / "main.tf"
NO_CHANGES = 0


@pytest.mark.slow
def test_terraform_makes_plans_changes_and_destroys_schedules(tmp_path: Path) -> None:
    shutil.copy(CONFIGURATION, tmp_path)
    with LocalAws.start([CENTRAL]) as aws:
        environment = terraform_environment({**os.environ, **aws.env()})
        scheduler = aws.session().client("scheduler")

        def terraform(*arguments: str) -> int:
            command = ["terraform", *arguments, "-no-color", "-input=false"]
            return subprocess.run(command, cwd=tmp_path, env=environment, check=False).returncode

        def beats(seconds: float) -> int:
            before = len(aws.deliveries())
            aws.advance(seconds)
            told = aws.deliveries()[before:]
            assert {(one["rule"], one["outcome"]) for one in told} == {("schedule/default/beat", "delivered")}
            return len(told)

        assert terraform("init", *init_arguments(environment)) == 0
        assert terraform("apply", "-auto-approve") == 0
        assert terraform("plan", "-detailed-exitcode") == NO_CHANGES
        assert beats(900) == 3
        assert terraform("apply", "-auto-approve", "-var=minutes=10") == 0
        assert terraform("plan", "-detailed-exitcode", "-var=minutes=10") == NO_CHANGES
        assert scheduler.get_schedule(Name="beat")["ScheduleExpression"] == "rate(10 minutes)"
        assert scheduler.get_schedule(Name="nightly", GroupName="nightly")["State"] == "DISABLED"
        assert terraform("destroy", "-auto-approve") == 0
        assert scheduler.list_schedules()["Schedules"] == []
