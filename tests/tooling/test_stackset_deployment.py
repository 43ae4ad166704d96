"""docs/onboarding.md: the commands that deploy the stack set fit the template, and the AWS CLI."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.scenarios.runbook import blocks
from tests.tooling.stack import Stack
from tools import paths
from tools.stackset.template import FILE
from tools.terraform_mirror import terraform

pytestmark = pytest.mark.slow

CENTRAL = {
    "account_id": "123456789012",
    "automation_role_name": "CentralSpotAutomationRole",
    "automation_role_path": "/",
    "event_bus_arn": "arn:aws:events:us-east-1:123456789012:event-bus/ecs-spot-failover",
    "external_id": "ecs-spot-failover",
    "failover_service": True,
    "handler_role_arns": ["arn:aws:iam::123456789012:role/restore", "arn:aws:iam::123456789012:role/sweep"],
    "synthetic_event_sources": [],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A central configuration with the document's output, applied; the module is there in name only."""
    output = re.search(r'```hcl\n(output "stack_set_parameters".*?)```', document(), re.DOTALL)
    assert output is not None
    (tmp_path / "central").mkdir()
    (tmp_path / "central" / "main.tf.json").write_text(json.dumps({"output": {"onboarding": {"value": CENTRAL}}}))
    (tmp_path / "main.tf").write_text('module "central" {\n  source = "./central"\n}\n' + output[1])
    shutil.copy(FILE, tmp_path)
    terraform(tmp_path, "init", "-no-color")
    terraform(tmp_path, "apply", "-auto-approve", "-no-color")
    return tmp_path


def document() -> str:
    return (paths.ROOT / "docs" / "onboarding.md").read_text()


def commands() -> list[str]:
    return [block.commands for block in blocks("onboarding.md")]


def run(folder: Path, command: str) -> list[dict[str, Any]]:
    """Run it where `aws` checks what it is given, calls nobody, and prints what an answer looks like."""
    tool = folder / "aws"
    aws = shlex.join([sys.executable, "-m", "awscli"])
    tool.write_text(f'#!/bin/sh\nexec {aws} "$@" --region us-east-1 --generate-cli-skeleton output\n')
    tool.chmod(0o755)
    ended = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": os.pathsep.join([str(folder), os.environ["PATH"]])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    answers, text = [], ended.stdout.strip()
    while text:
        answer, end = json.JSONDecoder().raw_decode(text)
        answers.append(answer)
        text = text[end:].strip()
    return answers


def test_the_commands_are_whole_and_give_the_template_all_that_it_needs(folder: Path) -> None:
    create, update, undo = commands()

    assert [set(answer) for answer in run(folder, create)] == [{"StackSetId"}, {"OperationId"}]
    assert [set(answer) for answer in run(folder, update)] == [{"OperationId"}]
    assert [set(answer) for answer in run(folder, undo)] == [{"OperationId"}]  # DeleteStackSet answers nothing

    given = {
        each["ParameterKey"]: each["ParameterValue"] for each in json.loads((folder / "parameters.json").read_text())
    }
    template = yaml.safe_load((folder / "template.yaml").read_text())
    needed = {name for name, parameter in template["Parameters"].items() if "Default" not in parameter}
    assert needed <= set(given) <= set(template["Parameters"])
    stack = Stack(template, given, "444444444444", "us-east-1")
    roles = stack.of_type("AWS::IAM::Role")
    assert {role["RoleName"] for role in roles} >= {CENTRAL["automation_role_name"]}
    # With on-demand twins in the central installation also the rule of starts and stops of tasks.
    assert len(stack.of_type("AWS::Events::Rule")) == 4


def test_a_parameter_that_the_cli_does_not_know_is_noticed(folder: Path) -> None:
    with pytest.raises(AssertionError, match="RegionOrdering"):
        run(folder, commands()[0].replace("RegionOrder=", "RegionOrdering="))
