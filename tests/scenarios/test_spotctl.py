"""`spotctl` as a process of its own, by a profile of the AWS CLI, in the operator role that Terraform made."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local_aws.client import LocalAws
from tests.permissions.grants import grants_of, uses
from tests.permissions.policies import deployed_policies
from tests.scenarios.examples import Example
from tests.scenarios.organization import CENTRAL, QUEUE, REGION, SPOT, Organization
from tools import paths

pytestmark = pytest.mark.slow

ENGINEER = f"arn:aws:iam::{CENTRAL}:role/platform-engineer"
OPERATOR = f"arn:aws:iam::{CENTRAL}:role/EcsSpotFailoverOperator"
WEB = f"{CENTRAL}/{REGION}/shop/web"
FALLBACK = [
    {"capacityProvider": "FARGATE_SPOT", "weight": 0, "base": 0},
    {"capacityProvider": "FARGATE", "weight": 10, "base": 0},
]
ON_VIRTUAL_TIME = """
import sys, time_machine
from spotctl.main import main
now = float(sys.argv.pop(1))
with time_machine.travel(now, tick=True):
    main()
"""
"""As the functions do: their leases and the command's are of one clock."""


@dataclass
class Person:
    """Somebody with a shell and two profiles: their own, and the operator role that they enter from it."""

    organization: Organization
    home: Path

    def spotctl(self, *arguments: str, status: int = 0, answer: str = "") -> str:
        """Run it, and give what it printed to standard output; not on a terminal."""
        aws = self.organization.aws
        kept = {name: value for name, value in aws.env().items() if not name.startswith("AWS_")}
        environment = kept | {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "PYTHONPATH": os.pathsep.join([str(paths.SOURCES), str(paths.ROOT)]),
            "AWS_ENDPOINT_URL": aws.endpoint_url,
            "AWS_PROFILE": "operator",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        command = [sys.executable, "-c", ON_VIRTUAL_TIME, str(aws.now()), *arguments]
        result = subprocess.run(
            command, env=environment, input=answer, capture_output=True, text=True, check=False, timeout=120
        )
        assert result.returncode == status, result.stdout + result.stderr
        assert "Traceback" not in result.stderr
        return result.stdout

    def json(self, *arguments: str, status: int = 0) -> Any:
        return json.loads(self.spotctl(*arguments, "--json", status=status))


def _engineer(organization: Organization, home: Path) -> Person:
    """A role that may enter the operator role, and no more, with its session in a profile."""
    iam, sts = organization.client("iam"), organization.client("sts")
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{CENTRAL}:root"}, "Action": "sts:AssumeRole"}
    allow = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": OPERATOR}
    for_trust, policy = ({"Version": "2012-10-17", "Statement": [each]} for each in (trust, allow))
    iam.create_role(RoleName="platform-engineer", AssumeRolePolicyDocument=json.dumps(for_trust))
    iam.put_role_policy(RoleName="platform-engineer", PolicyName="operate", PolicyDocument=json.dumps(policy))
    keys = sts.assume_role(RoleArn=ENGINEER, RoleSessionName="anna")["Credentials"]
    folder = home / ".aws"
    folder.mkdir(parents=True)
    (folder / "credentials").write_text(
        f"[engineer]\naws_access_key_id = {keys['AccessKeyId']}\naws_secret_access_key = {keys['SecretAccessKey']}\n"
        f"aws_session_token = {keys['SessionToken']}\n"
    )
    (folder / "config").write_text(
        f"[profile operator]\nrole_arn = {OPERATOR}\nrole_session_name = anna\nsource_profile = engineer\n"
        f"region = {REGION}\n"
    )
    return Person(organization, home)


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Person]:
    with LocalAws.start([CENTRAL], log_file=tmp_path / "local_aws.log") as aws:
        variables = {"operator_principals": json.dumps([ENGINEER])}
        example = Example(aws, "single-account", CENTRAL, tmp_path / "terraform", variables)
        example.init()
        example.apply()
        yield _engineer(Organization(aws), tmp_path / "home")


def bury(organization: Organization) -> None:
    """A letter that EventBridge could not deliver."""
    sqs = organization.client("sqs")
    url = sqs.get_queue_url(QueueName=f"{QUEUE}-dlq")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="{}")


def test_an_operator_s_day(person: Person) -> None:
    organization = person.organization
    organization.service("shop", account=CENTRAL)
    organization.aws.advance(600)

    assert person.json("doctor")["healthy"]
    assert "No service is on on-demand" in person.spotctl("status")
    told = person.json("explain", WEB)["would_happen"]["placement_failure"]
    assert [step["reason"] for step in told] == ["NOT_SHORT"]

    person.spotctl("failover", WEB, status=6)
    assert organization.strategy("shop", account=CENTRAL) == SPOT
    assert "fail_over OPERATOR_REQUEST" in person.spotctl("failover", WEB, answer="y\n")
    assert organization.strategy("shop", account=CENTRAL) == FALLBACK
    (record,) = person.json("status")["services"]
    assert record["event"]["cause"] == f"arn:aws:sts::{CENTRAL}:assumed-role/EcsSpotFailoverOperator/anna"

    person.spotctl("hold", WEB, "--until", "2h", "--yes")
    organization.aws.advance(900)
    assert organization.strategy("shop", account=CENTRAL) == FALLBACK
    assert "HELD" in person.spotctl("restore", WEB, "--yes", status=3)
    person.spotctl("hold", WEB, "--release", "--yes")
    person.spotctl("restore", WEB, "--yes")
    assert organization.strategy("shop", account=CENTRAL) == SPOT
    organization.aws.advance(900)
    told = person.json("history", WEB)["decisions"]
    assert [line["reason"] for line in told][-1:] == ["RESTORED"]

    bury(organization)
    assert not person.json("doctor", status=1)["healthy"]
    assert person.json("redrive", "--yes")["moved"] == {"placement_failure": "COMPLETED"}
    organization.aws.advance(30)
    # Malformed: the function puts it straight back, with its reason.
    (letter,) = person.json("redrive", "--dry-run")["letters"]["placement_failure"]
    assert letter["reason"] == "MALFORMED_EVENT"
    organization.dead_letters()

    exactly_the_permissions_that_it_uses(person)


def exactly_the_permissions_that_it_uses(person: Person) -> None:
    decisions = person.organization.aws.authorizations()
    ours = [one for one in decisions if "assumed-role/EcsSpotFailoverOperator/" in one["principal"]]
    assert [one for one in ours if one["decision"] != "allow"] == []
    policies = [one for one in deployed_policies(person.organization, ((CENTRAL, REGION),)) if one.owner == OPERATOR]
    grants = [grant for grant in grants_of(policies) if grant.policy.name]
    used = uses(grants, ours)
    assert len(grants) > 10
    assert [str(grant) for grant in grants if not used[grant]] == []
