"""`spotctl` as a process of its own, by a profile of the AWS CLI, in the operator role that Terraform made."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_aws.client import LocalAws
from spotctl.drill_hops import Hop
from tests.permissions.grants import grants_of, uses
from tests.permissions.policies import deployed_policies
from tests.scenarios.examples import Example
from tests.scenarios.organization import CENTRAL, QUEUE, REGION, SPOT, Organization
from tests.scenarios.person import ENGINEER, OPERATOR, Person, make_engineer

pytestmark = pytest.mark.slow

WEB = f"{CENTRAL}/{REGION}/shop/web"
FALLBACK = [
    {"capacityProvider": "FARGATE_SPOT", "weight": 0, "base": 0},
    {"capacityProvider": "FARGATE", "weight": 10, "base": 0},
]


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Person]:
    with LocalAws.start([CENTRAL], log_file=tmp_path / "local_aws.log") as aws:
        variables = {"operator_principals": json.dumps([ENGINEER]), "accept_synthetic_events": "true"}
        example = Example(aws, "single-account", CENTRAL, tmp_path / "terraform", variables)
        example.init()
        example.apply()
        yield make_engineer(Organization(aws), tmp_path / "home")


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
    watches(person)
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

    drills(person)
    reports(person)
    leaves(person)
    exactly_the_permissions_that_it_uses(person)


def drills(person: Person) -> None:
    """Proven, interrupted twice, on a terminal, and killed: the service is as it was each time."""
    organization = person.organization
    person.log_in()
    told = person.json("drill", WEB, "--yes")
    assert (told["result"], [hop["hop"] for hop in told["hops"]]) == ("proven", [hop.value for hop in Hop])
    as_it_was(person)

    process = person.begin("drill", WEB, "--yes")
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(("record", "UpdateService")):
            process.send_signal(signal.SIGINT)
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130, out + err
    assert "Traceback" not in err
    assert organization.strategy("shop", account=CENTRAL) == SPOT
    organization.aws.advance(900)
    person.log_in()
    as_it_was(person)

    status, seen = person.on_terminal("drill", WEB, typed="y\n", ctrl_c_after="on-demand running")
    assert status == 130, seen
    assert "is brought back first" in seen
    assert "[####" in seen
    organization.aws.advance(900)
    as_it_was(person)

    process = person.begin("drill", WEB, "--yes")
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("UpdateService"):
            process.kill()
            break
    process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL
    assert organization.strategy("shop", account=CENTRAL) == FALLBACK
    organization.aws.advance(1800)
    person.log_in()
    as_it_was(person)


def reports(person: Person) -> None:
    """What the functions' logs tell of the drills, as a document, as a table and as a page."""
    told = person.json("report", "--from", "1d", "--all", "--spot-discount", "70")
    (web,) = told["services"]
    assert (web["service"], web["failovers"] >= 4, web["fallback_hours"] > 0) == ("web", True, True)
    assert 0 < web["saving"] < web["hours"] * 2
    page = person.home / "report.html"
    assert person.spotctl("report", "--from", "1d", "--csv", "--html", str(page)).startswith("account,region,")
    assert "<svg" in page.read_text()
    status, seen = person.on_terminal("report", "--from", "1d")
    assert (status, WEB in seen) == (0, True), seen


def leaves(person: Person) -> None:
    """What is on on-demand comes back first; then no heartbeat makes the account known, until that is undone."""
    organization = person.organization
    person.spotctl("failover", WEB, "--yes")
    organization.aws.advance(120)
    assert person.json("offboard", CENTRAL, "--yes", "--wait", "0min", status=3)["removed"] == []
    status, seen = person.on_terminal("offboard", CENTRAL, typed="y\n")
    assert (status, "taken off the list" in seen) == (0, True), seen
    as_it_was(person)
    organization.aws.advance(900)
    assert person.json("status")["accounts"] == []
    assert person.json("offboard", CENTRAL, "--undo", "--yes")["regions"] == [REGION]
    organization.aws.advance(600)
    assert [path["account"] for path in person.json("status")["accounts"]] == [CENTRAL]


def as_it_was(person: Person) -> None:
    """On its own strategy, its record closed, and nobody holds anything of it."""
    assert person.organization.strategy("shop", account=CENTRAL) == SPOT
    key = {"id": {"S": f"{CENTRAL}::shop::web"}, "region": {"S": REGION}}
    record = person.organization.client("dynamodb").get_item(TableName="ecs_cp_restore_state", Key=key)["Item"]
    assert (record["phase"]["S"], record["reason"]["S"]) == ("closed", "RESTORED")
    assert {"lease_owner", "held_until"} & set(record) == set()


def watches(person: Person) -> None:
    """In a pipe, line by line, until SIGINT; on a terminal, over itself, until Ctrl-C."""
    process = person.begin("status", "--watch", "--interval", "60", "--json")
    assert process.stdout is not None
    for _ in range(2):
        assert json.loads(process.stdout.readline())["services"] == []
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, "")
    status, seen = person.on_terminal("status", "--watch", ctrl_c_after="No service is on on-demand")
    assert (status, seen.startswith("\x1b[?1049h"), seen.endswith("\x1b[?1049l")) == (0, True, True)


def exactly_the_permissions_that_it_uses(person: Person) -> None:
    decisions = person.organization.aws.authorizations()
    ours = [one for one in decisions if "assumed-role/EcsSpotFailoverOperator/" in one["principal"]]
    assert [one for one in ours if one["decision"] != "allow"] == []
    policies = [one for one in deployed_policies(person.organization, ((CENTRAL, REGION),)) if one.owner == OPERATOR]
    grants = [grant for grant in grants_of(policies) if grant.policy.name]
    used = uses(grants, ours)
    assert len(grants) > 10
    assert [str(grant) for grant in grants if not used[grant]] == []
