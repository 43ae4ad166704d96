"""Terraform's ECS resources against a local AWS: made, unchanged, changed, destroyed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from local_aws.client import LocalAws
from tests.local_aws.ecs.simulation import ACCOUNT, REGION
from tools.terraform_mirror import init_arguments, terraform_environment

HERE = Path(__file__).parent
NO_CHANGES = 0


class Terraform:
    """Terraform in a folder of its own, against a local AWS."""

    def __init__(self, configuration: Path, folder: Path, aws: LocalAws) -> None:
        shutil.copy(configuration / "main.tf", folder)
        self._folder = folder
        self._environment = terraform_environment({**os.environ, **aws.env()})

    def __call__(self, *arguments: str) -> int:
        command = ["terraform", *arguments, "-no-color", "-input=false"]
        return subprocess.run(command, cwd=self._folder, env=self._environment, check=False).returncode

    def init(self) -> int:
        return self("init", *init_arguments(self._environment))


@pytest.mark.slow
def test_terraform_makes_plans_changes_and_destroys_a_service(tmp_path: Path) -> None:
    with LocalAws.start([ACCOUNT]) as aws:
        terraform = Terraform(HERE / "terraform", tmp_path, aws)
        assert terraform.init() == 0
        assert terraform("apply", "-auto-approve") == 0
        aws.advance(120)
        assert aws.services()[0]["running"] == {"FARGATE_SPOT": 2}
        assert terraform("plan", "-detailed-exitcode") == NO_CHANGES
        assert terraform("apply", "-auto-approve", "-var=provider_name=FARGATE") == 0
        aws.advance(120)
        assert aws.services()[0]["running"] == {"FARGATE": 2}
        assert terraform("destroy", "-auto-approve") == 0
        assert aws.services() == []


@pytest.mark.slow
def test_terraform_makes_and_destroys_auto_scaling_group_providers(tmp_path: Path) -> None:
    """Which group can lose its capacity is told by its mixed instances policy, as Terraform writes it."""
    with LocalAws.start([ACCOUNT]) as aws:
        terraform = Terraform(HERE / "terraform_groups", tmp_path, aws)
        assert terraform.init() == 0
        aws.set_spot_capacity(ACCOUNT, REGION, 1, provider="spot", cluster="shop")
        assert terraform("apply", "-auto-approve") == 0
        aws.advance(120)
        (service,) = aws.services()
        assert (service["running"], service["pending"]) == ({"spot": 1}, {"spot": 1})
        assert terraform("plan", "-detailed-exitcode") == NO_CHANGES
        assert terraform("apply", "-auto-approve", "-var=provider_name=on-demand") == 0
        aws.set_spot_capacity(ACCOUNT, REGION, 1, provider="on-demand", cluster="shop")
        aws.advance(120)
        aws.set_spot_capacity(ACCOUNT, REGION, 0, provider="on-demand")
        aws.set_spot_capacity(ACCOUNT, REGION, 0, provider="spot")
        aws.advance(300)
        assert aws.services()[0]["running"] == {"on-demand": 1}
        assert terraform("destroy", "-auto-approve") == 0
        assert aws.services() == []


@pytest.mark.slow
def test_terraform_makes_and_destroys_two_services_on_one_target_group(tmp_path: Path) -> None:
    with LocalAws.start([ACCOUNT]) as aws:
        terraform = Terraform(HERE / "terraform_twin", tmp_path, aws)
        assert terraform.init() == 0
        assert terraform("apply", "-auto-approve") == 0
        aws.advance(120)
        aws.set_spot_capacity(ACCOUNT, REGION, 1)
        ecs = aws.session(ACCOUNT).client("ecs")
        ecs.update_service(cluster="shop", service="web-twin", desiredCount=3)
        aws.advance(300)
        (course,) = aws.timeline()["target_groups"]
        assert course["target_group"].split("/")[1] == "web"
        assert course["points"][-1]["healthy"] == 4
        assert terraform("plan", "-detailed-exitcode") == NO_CHANGES
        assert terraform("destroy", "-auto-approve") == 0
        assert aws.services() == []
