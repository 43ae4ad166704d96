"""What policies grant, action by action, and which of it the log of authorizations shows to be needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from local_aws.iam.evaluate import PolicyKind
from tests.permissions.policies import Kind, Policy, listed


@dataclass(frozen=True)
class Grant:
    """One action of one statement."""

    policy: Policy
    sid: str
    action: str

    def __str__(self) -> str:
        return f"{self.where}, {self.sid}, {self.action}"

    @property
    def where(self) -> str:
        """Whose policy it is."""
        account, region = self.policy.owner.split(":")[4], self.policy.owner.split(":")[3]
        name = self.policy.owner.split(":", 5)[5].rsplit("/", 1)[-1].removeprefix("function:")
        return " ".join(part for part in (self.policy.kind, name, account, region) if part)

    def on_a_key(self) -> bool:
        """Whether it is about the use of keys."""
        return self.action.startswith("kms:")

    def covers(self, action: str) -> bool:
        """Whether the action is meant."""
        return fnmatchcase(action.lower(), self.action.lower())

    def allowed(self, decision: Mapping[str, Any]) -> bool:
        """Whether the request of this decision was allowed by nothing else."""
        return self.covers(decision["action"]) and any(self._is(ground) for ground in decision["grounds"])

    def missed(self, decision: Mapping[str, Any]) -> bool:
        """Whether this decision is a refusal that the grant could have prevented."""
        if decision["decision"] == "allow" or not self.covers(decision["action"]):
            return False
        if self.policy.kind is not Kind.IDENTITY:
            return bool(decision["resource"] == self.policy.owner)
        role = f":{self.policy.account}:assumed-role/{self.policy.handle}/"
        return role in decision["principal"]

    def _is(self, ground: Mapping[str, str]) -> bool:
        policy, _, sid = ground["statement"].rpartition("/")
        if ground["owner"] != self.policy.owner or sid != self.sid:
            return False
        if self.policy.kind is Kind.IDENTITY:
            return ground["kind"] == PolicyKind.IDENTITY.value and policy == self.policy.name
        return ground["kind"] == PolicyKind.RESOURCE.value


def grants_of(policies: Iterable[Policy]) -> list[Grant]:
    """Everything that the policies allow."""
    return [
        Grant(policy, statement["Sid"], action)
        for policy in policies
        for statement in policy.statements
        if statement["Effect"] == "Allow"
        for action in listed(statement["Action"])
    ]


def uses(grants: Sequence[Grant], decisions: Iterable[Mapping[str, Any]]) -> Counter[Grant]:
    """For each grant the number of requests that it was the only one to allow."""
    counted: Counter[Grant] = Counter()
    for decision in decisions:
        if decision["grounds"]:
            counted.update(grant for grant in grants if grant.allowed(decision))
    return counted
