"""Configurations as they stand, applied by the real provider to a local AWS of their own."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from local_aws.client import LocalAws
from tests.scenarios.organization import BILLING, BY_HAND, CENTRAL, MEDIA, ORDERS, OUTSIDER, REGION, Organization
from tools import paths
from tools.terraform_mirror import terraform, terraform_environment, terraform_init
from tools.terraform_tree import copy_tree

ORGANIZATION = "o-exampleorg1"
LOG = "local_aws.log"
TASK_SETS = Path(__file__).parent / "task_sets" / "task_sets.tf"
PACE = {"scaledown_decrement": 100, "scaledown_wait_seconds": 1}
"""Replaced task sets of the organization have no connections that have to end step by step."""


@contextmanager
def applied_organization(
    folder: Path, *, accept_synthetic_events: bool = True, twins: bool = False, task_sets: bool = False
) -> Iterator[Organization]:
    """Start, apply `examples/multi-account`, and in the end stop.

    With on-demand twins if so; with the module `controlled-scaledown` in the account of orders, and the automation
    allowed to start its state machine, if so.

    ``folder`` gets the log and a copy of the Terraform tree.
    """
    accounts = [CENTRAL, ORDERS, MEDIA, BY_HAND, BILLING]
    with LocalAws.start(accounts, ORGANIZATION, [OUTSIDER], log_file=folder / LOG) as aws:
        variables = {
            "organization_id": ORGANIZATION,
            "central_account_id": CENTRAL,
            "orders_account_id": ORDERS,
            "media_account_id": MEDIA,
            "accept_synthetic_events": str(accept_synthetic_events).lower(),
            "on_demand_twins": str(twins).lower(),
        }
        configuration = copy_tree(folder / "terraform") / "examples" / "multi-account"
        if task_sets:
            shutil.copy(TASK_SETS, configuration)
            machine = f"arn:aws:states:{REGION}:{ORDERS}:stateMachine:controlled-scaledown"
            variables["orders_task_sets"] = json.dumps({"state_machine_arn": machine, **PACE})
        _apply(aws, configuration, variables)
        yield Organization(aws, configuration=configuration, variables=variables)


@contextmanager
def applied_in_one_account(folder: Path, name: str, files: Mapping[str, str] | None = None) -> Iterator[Organization]:
    """The same with one account: the configuration of that name beside this file, and more files for it."""
    with LocalAws.start([CENTRAL], ORGANIZATION, log_file=folder / LOG) as aws:
        configuration = copy_tree(folder / "terraform") / "examples" / name
        shutil.copytree(Path(__file__).parent / name, configuration)
        for file, text in (files or {}).items():
            (configuration / file).write_text(text)
        _apply(aws, configuration, {})
        yield Organization(aws)


def applied_with_customer_key(folder: Path) -> AbstractContextManager[Organization]:
    """One account whose queues, table, log groups and environments have a customer key, with the documented policy."""
    return applied_in_one_account(folder, "customer_key", {"key.tf": _documented_key_policy()})


@contextmanager
def applied_with_alarms(folder: Path) -> Iterator[Organization]:
    """A central and a workload account whose alarms go off within hours: see the configuration in `alarmed`."""
    with LocalAws.start([CENTRAL, ORDERS], ORGANIZATION, log_file=folder / LOG) as aws:
        configuration = copy_tree(folder / "terraform") / "examples" / "alarmed"
        shutil.copytree(Path(__file__).parent / "alarmed", configuration)
        _apply(aws, configuration, {})
        yield Organization(aws)


def _apply(aws: LocalAws, configuration: Path, variables: Mapping[str, str]) -> None:
    environment = terraform_environment(aws.env())
    terraform_init(configuration, environ=environment)
    arguments = [f"-var={name}={value}" for name, value in variables.items()]
    terraform(configuration, "apply", "-auto-approve", "-no-color", *arguments, environ=environment)


def _documented_key_policy() -> str:
    """What the README of modules/central tells people to put into their key's policy."""
    blocks: list[str] = re.findall(
        r"```hcl\n(.*?)```", (paths.ROOT / "modules" / "central" / "README.md").read_text(), re.DOTALL
    )
    return next(block for block in blocks if 'data "aws_iam_policy_document" "key"' in block)
