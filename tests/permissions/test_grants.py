"""What counts as used, as excess, and as taken away."""

from __future__ import annotations

import json
from typing import Any

from tests.permissions.grants import Grant, grants_of, uses
from tests.permissions.policies import Kind, Policy, without
from tests.permissions.unmodelled import unmodelled

ROLE = "arn:aws:iam::111111111111:role/worker"
READ = {"Sid": "Read", "Effect": "Allow", "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage"], "Resource": "*"}
TRACE = {"Sid": "SendTraces", "Effect": "Allow", "Action": "xray:PutTraceSegments", "Resource": "*"}


def policy(*statements: dict[str, Any], kind: Kind = Kind.IDENTITY) -> Policy:
    name = "own" if kind is Kind.IDENTITY else ""
    return Policy(kind, ROLE, name, "worker", "111111111111", "us-east-1", json.dumps({"Statement": statements}))


def decision(action: str, *grounds: str, kind: str = "identity", **more: str) -> dict[str, Any]:
    told = {"decision": "allow", "principal": "arn:aws:sts::111111111111:assumed-role/worker/x", "resource": ROLE}
    return {
        **told,
        "action": action,
        "grounds": [{"owner": ROLE, "kind": kind, "statement": one} for one in grounds],
        **more,
    }


def test_each_action_of_a_statement_is_a_grant_of_its_own() -> None:
    receive, delete = grants = grants_of([policy(READ)])

    counted = uses(grants, [decision("sqs:ReceiveMessage", "own/Read"), decision("sqs:DeleteMessage")])

    assert (counted[receive], counted[delete]) == (1, 0)


def test_a_request_counts_for_the_policy_and_the_statement_that_allowed_it_alone() -> None:
    grants = grants_of([policy(READ)])

    others = [decision("sqs:ReceiveMessage", "own/Other"), decision("sqs:ReceiveMessage", "another/Read")]
    trusted = decision("sqs:ReceiveMessage", "own/Read", kind="resource")

    assert uses(grants, [*others, trusted]).total() == 0


def test_denials_give_nothing_that_could_be_excess() -> None:
    assert grants_of([policy({**READ, "Effect": "Deny"})]) == []


def test_only_what_the_list_names_need_not_be_seen() -> None:
    traces, receive, delete = grants_of([policy(TRACE, READ)])
    other = Grant(traces.policy, "Other", traces.action)

    assert unmodelled(traces) is not None
    assert [unmodelled(one) for one in (receive, delete, other)] == [None] * 3


def test_one_action_is_taken_out_of_a_statement_and_the_last_one_with_it() -> None:
    assert without(policy(READ, TRACE), "Read", "sqs:DeleteMessage") == [
        {**READ, "Action": ["sqs:ReceiveMessage"]},
        TRACE,
    ]
    assert without(policy(READ, TRACE), "SendTraces", "xray:PutTraceSegments") == [READ]


def test_a_trust_denies_instead_of_being_empty() -> None:
    trust = {"Sid": "Run", "Effect": "Allow", "Action": "sts:AssumeRole"}

    assert without(policy(trust, kind=Kind.TRUST), "Run", "sts:AssumeRole") == [{**trust, "Effect": "Deny"}]


def test_a_refusal_is_missed_where_the_role_itself_was_refused_the_action() -> None:
    receive = grants_of([policy(READ)])[0]
    refused = decision("sqs:ReceiveMessage", decision="implicit deny")

    assert receive.missed(refused)
    assert not receive.missed(decision("sqs:ReceiveMessage"))
    assert not receive.missed({**refused, "action": "sqs:SendMessage"})
    assert not receive.missed({**refused, "principal": "arn:aws:sts::222222222222:assumed-role/worker/x"})
