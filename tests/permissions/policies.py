"""Every policy that is deployed, read from and written to the running installation as an administrator would."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from local_aws.accounts import administrator_role_arn
from tests.scenarios.organization import CENTRAL, MEDIA, ORDERS, REGION, Organization

PLACES = ((CENTRAL, REGION), (ORDERS, REGION), (MEDIA, "eu-west-1"), (MEDIA, "us-west-2"))
"""Accounts and Regions of the installation."""

Statement = dict[str, Any]


class Kind(StrEnum):
    """What a policy is attached to, and how."""

    IDENTITY = "identity"
    TRUST = "trust"
    QUEUE = "queue"
    BUS = "bus"
    FUNCTION = "function"
    KEY = "key"


@dataclass(frozen=True)
class Policy:
    """A deployed policy. `owner` is the ARN of its role or resource; `handle` is what the API calls it by."""

    kind: Kind
    owner: str
    name: str
    handle: str
    account: str
    region: str
    document: str

    @property
    def statements(self) -> list[Statement]:
        """Its statements, each with a Sid: its place in the list where it was written without."""
        written = json.loads(self.document)["Statement"]
        listed = written if isinstance(written, list) else [written]
        return [{**statement, "Sid": statement.get("Sid") or str(index)} for index, statement in enumerate(listed)]


def deployed_policies(
    organization: Organization, places: Sequence[tuple[str, str]] = PLACES, roles: str = ""
) -> list[Policy]:
    """All of them, of roles, queues, buses, functions and customer keys in every place.

    `roles` is what the names of the roles begin with, where others' are there too.
    """
    accounts = dict.fromkeys(account for account, _ in places)
    found = [policy for account in accounts for policy in _of_roles(organization, account, roles)]
    for account, region in places:
        found += _of_queues(organization, account, region)
        found += _of_buses(organization, account, region)
        found += _of_functions(organization, account, region)
        found += _of_keys(organization, account, region)
    return found


@contextmanager
def changed(organization: Organization, policy: Policy, statements: Sequence[Statement]) -> Iterator[None]:
    """Put other statements in the place of a policy's own, for as long as the context lasts."""
    _write(organization, policy, statements)
    try:
        yield
    finally:
        _write(organization, policy, policy.statements)


def without(policy: Policy, sid: str, action: str) -> list[Statement]:
    """The policy's statements, one without this action.

    A trust policy cannot be empty: where nothing is left of it, the statement denies instead.
    """
    left: list[Statement] = []
    for statement in policy.statements:
        actions = listed(statement["Action"])
        if statement["Sid"] != sid:
            left.append(statement)
        elif remaining := [one for one in actions if one != action]:
            left.append({**statement, "Action": remaining})
        elif policy.kind is Kind.TRUST:
            left.append({**statement, "Effect": "Deny"})
    return left


def listed(value: Any) -> list[str]:
    """A policy element that is a string or a list of strings, as a list."""
    return list(value) if isinstance(value, list) else [value]


def _of_roles(organization: Organization, account: str, names: str = "") -> Iterator[Policy]:
    iam = organization.client("iam", account)
    for role in iam.list_roles()["Roles"]:
        name, arn = role["RoleName"], role["Arn"]
        if arn == administrator_role_arn(account) or not name.startswith(names):
            continue
        blank = Policy(Kind.IDENTITY, arn, "", name, account, REGION, "")
        yield replace(blank, kind=Kind.TRUST, document=json.dumps(role["AssumeRolePolicyDocument"]))
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            document = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            yield replace(blank, name=policy, document=json.dumps(document))
        managed = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        if managed:
            raise LookupError(f"{arn} has managed policies, which nobody here reads: {managed}")


def _of_queues(organization: Organization, account: str, region: str) -> Iterator[Policy]:
    sqs = organization.client("sqs", account, region)
    for url in sqs.list_queues().get("QueueUrls", []):
        told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn", "Policy"])["Attributes"]
        if document := told.get("Policy"):
            yield Policy(Kind.QUEUE, told["QueueArn"], "", url, account, region, document)


def _of_buses(organization: Organization, account: str, region: str) -> Iterator[Policy]:
    for bus in organization.client("events", account, region).list_event_buses()["EventBuses"]:
        if document := bus.get("Policy"):
            yield Policy(Kind.BUS, bus["Arn"], "", bus["Name"], account, region, document)


def _of_functions(organization: Organization, account: str, region: str) -> Iterator[Policy]:
    functions = organization.client("lambda", account, region)
    for function in functions.list_functions()["Functions"]:
        name, arn = function["FunctionName"], function["FunctionArn"]
        try:
            document = functions.get_policy(FunctionName=name)["Policy"]
        except functions.exceptions.ResourceNotFoundException:
            continue
        yield Policy(Kind.FUNCTION, arn, "", name, account, region, document)


def _of_keys(organization: Organization, account: str, region: str) -> Iterator[Policy]:
    kms = organization.client("kms", account, region)
    aliases = kms.list_aliases()["Aliases"]
    managed = {alias.get("TargetKeyId") for alias in aliases if alias["AliasName"].startswith("alias/aws/")}
    for key in kms.list_keys()["Keys"]:
        if key["KeyId"] not in managed:
            document = kms.get_key_policy(KeyId=key["KeyId"], PolicyName="default")["Policy"]
            yield Policy(Kind.KEY, key["KeyArn"], "", key["KeyId"], account, region, document)


def _write(organization: Organization, policy: Policy, statements: Sequence[Statement]) -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    services = {Kind.QUEUE: "sqs", Kind.BUS: "events", Kind.FUNCTION: "lambda", Kind.KEY: "kms"}
    service = services.get(policy.kind, "iam")
    client = organization.client(service, policy.account, policy.region)
    match policy.kind:
        case Kind.IDENTITY if statements:
            client.put_role_policy(RoleName=policy.handle, PolicyName=policy.name, PolicyDocument=document)
        case Kind.IDENTITY:
            client.delete_role_policy(RoleName=policy.handle, PolicyName=policy.name)
        case Kind.TRUST:
            client.update_assume_role_policy(RoleName=policy.handle, PolicyDocument=document)
        case Kind.QUEUE:
            attributes = {"Policy": document if statements else ""}
            client.set_queue_attributes(QueueUrl=policy.handle, Attributes=attributes)
        case Kind.BUS if statements:
            client.put_permission(EventBusName=policy.handle, Policy=document)
        case Kind.BUS:
            client.remove_permission(EventBusName=policy.handle, RemoveAllPermissions=True)
        case Kind.FUNCTION:
            _write_function_policy(client, policy, statements)
        case Kind.KEY:
            client.put_key_policy(KeyId=policy.handle, PolicyName="default", Policy=document)


def _write_function_policy(client: Any, policy: Policy, statements: Sequence[Statement]) -> None:
    """Lambda takes statements one by one, as parameters."""
    wanted = {statement["Sid"] for statement in statements}
    present = {statement["Sid"] for statement in policy.statements}
    for sid in present - wanted:
        client.remove_permission(FunctionName=policy.handle, StatementId=sid)
    if wanted == present:
        for statement in statements:
            condition: dict[str, Any] = next(iter(statement["Condition"].values()))
            client.add_permission(
                FunctionName=policy.handle,
                StatementId=statement["Sid"],
                Action=statement["Action"],
                Principal=statement["Principal"]["Service"],
                SourceArn=next(iter(condition.values())),
            )
