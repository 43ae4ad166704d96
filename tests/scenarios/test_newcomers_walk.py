"""A newcomer's walk, by the documents' own commands: one more account by one block, a fault, and its cause.

It begins where `make demo` ends: with `examples/multi-account` applied.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.scenarios.organization import BILLING, REGION, Organization
from tests.scenarios.runbook import Shell, blocks
from tools import paths
from tools.terraform_mirror import init_arguments, terraform_environment

pytestmark = pytest.mark.slow

README = paths.ROOT / "examples" / "multi-account" / "README.md"
SHORT, NOT_POSSIBLE = "a-service-is-short-of-spot-and-was-not-moved", "a-failover-is-not-possible"
"""Where troubleshooting.md begins, and where it leads to."""


def add_account(organization: Organization) -> str:
    """What the README of the example says about one more account; gives what Terraform printed."""
    section = README.read_text().partition("\n## One more account\n")[2]
    block = re.search(r"^```hcl\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    commands = re.search(r"^```\n(terraform .*?)^```", section, re.MULTILINE | re.DOTALL)
    assert block is not None
    assert commands is not None
    assert organization.configuration is not None
    (organization.configuration / "billing.tf").write_text(block[1])
    environment = terraform_environment(os.environ | organization.aws.env())
    # Other scenarios may have changed by hand what Terraform would look at again, and that takes most of the time.
    apply = "-auto-approve -no-color -refresh=false"
    answered = {"TF_CLI_ARGS_init": " ".join(init_arguments()), "TF_CLI_ARGS_apply": apply}
    variables = {f"TF_VAR_{name}": value for name, value in organization.variables.items()}
    ended = subprocess.run(
        ["bash", "-eu", "-c", commands[1]],
        cwd=organization.configuration,
        env=environment | answered | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
    return ended.stdout


def told(shell: Shell, anchor: str) -> str:
    """What the commands of troubleshooting.md under this heading print, those in the service's account there."""
    chosen = [block for block in blocks("troubleshooting.md") if block.anchor == anchor]
    assert chosen
    return "".join(shell.run(replace(block, account=block.account and BILLING)) for block in chosen)


def decisions(printed: str) -> set[tuple[str, str]]:
    """Action and reason of the decisions about the account's services in what was printed."""
    lines = [json.loads(line) for line in re.split(r"[\n\t]", printed) if line.startswith("{")]
    return {(line["action"], line["reason"]) for line in lines if line.get("account") == BILLING and "action" in line}


def test_one_more_account_by_one_block_and_the_cause_of_a_fault_by_the_docs(
    organization: Organization, tmp_path: Path
) -> None:
    aws = organization.aws
    printed = add_account(organization)
    # Nothing but the account's own resources: the central account is left as it was.
    assert re.search(r"Plan: \d+ to add, 0 to change, 0 to destroy", printed)
    changed = re.findall(r"^ +# (\S+) will be", printed, re.MULTILINE)
    assert changed
    assert all(address.startswith("module.billing.") for address in changed)

    # The team's cluster has Spot and nothing else.
    organization.service("shop", account=BILLING)
    ecs = organization.client("ecs", BILLING)
    ecs.put_cluster_capacity_providers(
        cluster="shop", capacityProviders=["FARGATE_SPOT"], defaultCapacityProviderStrategy=[]
    )
    before = organization.strategy("shop", account=BILLING)
    aws.set_spot_capacity(BILLING, REGION, 0)
    aws.advance(20 * 60)
    assert organization.strategy("shop", account=BILLING) == before

    shell = Shell(organization, tmp_path)
    assert ("alert", "FALLBACK_PROVIDER_MISSING") in decisions(told(shell, SHORT))
    assert told(shell, NOT_POSSIBLE).splitlines()[0].split() == ["FARGATE_SPOT"]

    ecs.put_cluster_capacity_providers(
        cluster="shop", capacityProviders=["FARGATE_SPOT", "FARGATE"], defaultCapacityProviderStrategy=[]
    )
    aws.advance(20 * 60)
    # The first switch; a restore may have been tried since.
    first = next(switch for switch in organization.switches("shop") if switch["account"] == BILLING)
    assert {item["capacityProvider"]: item["weight"] for item in first["strategy"]} == {
        "FARGATE_SPOT": 0,
        "FARGATE": 10,
    }

    aws.set_spot_capacity(BILLING, REGION, None)
    ecs.delete_service(cluster="shop", service="web", force=True)
    aws.advance(120)
