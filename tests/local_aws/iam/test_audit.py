"""The log names the statements that were needed: without any one of them the request would have been refused."""

from __future__ import annotations

import pytest

from local_aws import iam
from tests.local_aws.iam.conftest import HUB, REGION, TEAM, Cloud, document, statement, trust

ROLE = f"arn:aws:iam::{TEAM}:role/worker"


def grounds(cloud: Cloud, action: str) -> list[tuple[str, str, str]]:
    entries = [entry for entry in cloud.decisions(action) if "assumed-role/worker" in entry["principal"]]
    return [(ground["owner"], ground["kind"], ground["statement"]) for ground in entries[-1]["grounds"]]


def test_the_only_statement_that_allows_is_needed(cloud: Cloud) -> None:
    cloud.session(TEAM, statement("sqs:ListQueues", Sid="Look")).client("sqs").list_queues()

    assert grounds(cloud, "sqs:ListQueues") == [(ROLE, "identity", "own/Look")]


def test_neither_of_two_statements_that_allow_the_same_is_needed(cloud: Cloud) -> None:
    twice = (statement("sqs:ListQueues", Sid="Look"), statement("sqs:*", Sid="All"))
    cloud.session(TEAM, *twice).client("sqs").list_queues()

    assert grounds(cloud, "sqs:ListQueues") == []


@pytest.mark.parametrize(("owner", "kinds"), [(HUB, ["identity", "resource"]), (TEAM, [])])
def test_across_accounts_both_policies_are_needed_and_within_one_neither(
    cloud: Cloud, owner: str, kinds: list[str]
) -> None:
    sqs = cloud.administrator(owner).client("sqs")
    arn = f"arn:aws:sqs:{REGION}:{owner}:inbox"
    role = cloud.role(TEAM, "worker", [trust({"AWS": HUB})], statement("sqs:SendMessage", arn, Sid="Send"))
    policy = document(statement("sqs:SendMessage", arn, Sid="Take", Principal={"AWS": role}))
    sqs.create_queue(QueueName="inbox", Attributes={"Policy": policy})

    assert iam.authorize_role(cloud.world, role, "sqs:SendMessage", arn).allowed

    assert [kind for _, kind, _ in grounds(cloud, "sqs:SendMessage")] == kinds


def test_the_policy_of_a_role_that_is_assumed_is_one_of_a_resource(cloud: Cloud) -> None:
    target = cloud.role(HUB, "target", [{**trust({"AWS": f"arn:aws:iam::{TEAM}:root"}), "Sid": "Team"}])
    caller = cloud.session(TEAM, statement("sts:AssumeRole", target, Sid="Enter"))

    caller.assume(target)

    assert grounds(cloud, "sts:AssumeRole") == [
        (ROLE, "identity", "own/Enter"),
        (target, "resource", "trust of role/target/Team"),
    ]
