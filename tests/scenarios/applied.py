"""`examples/multi-account` as it stands, applied by the real provider to a local AWS of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local_aws.client import LocalAws
from tests.scenarios.organization import CENTRAL, MEDIA, ORDERS, OUTSIDER, Organization
from tools.terraform_mirror import terraform, terraform_environment, terraform_init
from tools.terraform_tree import copy_tree


@contextmanager
def applied_organization(folder: Path) -> Iterator[Organization]:
    """Start, apply, and in the end stop; `folder` gets the log and a copy of the Terraform tree."""
    with LocalAws.start(
        [CENTRAL, ORDERS, MEDIA], "o-exampleorg1", [OUTSIDER], log_file=folder / "local_aws.log"
    ) as aws:
        configuration = copy_tree(folder / "terraform") / "examples" / "multi-account"
        environment = terraform_environment(aws.env())
        terraform_init(configuration, environ=environment)
        variables = {
            "organization_id": "o-exampleorg1",
            "central_account_id": CENTRAL,
            "orders_account_id": ORDERS,
            "media_account_id": MEDIA,
            "accept_synthetic_events": "true",
        }
        arguments = [f"-var={name}={value}" for name, value in variables.items()]
        terraform(configuration, "apply", "-auto-approve", "-no-color", *arguments, environ=environment)
        yield Organization(aws)
