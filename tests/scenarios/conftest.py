"""One organization for all scenarios: `examples/multi-account` as it stands, applied by the real provider."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local_aws.client import LocalAws
from tests.scenarios.organization import CENTRAL, MEDIA, ORDERS, OUTSIDER, Organization
from tools.terraform_mirror import terraform, terraform_environment, terraform_init
from tools.terraform_tree import copy_tree


@pytest.fixture(scope="session")
def organization(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Organization]:
    folder = tmp_path_factory.mktemp("organization")
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
