"""What a row of the action tables is: an API call in, the checks that IAM makes for it out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Context = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Call:
    """One API call as it came in. `params` has the names that the service's API model gives them."""

    service: str
    api: str
    account: str
    region: str
    partition: str
    params: Mapping[str, Any]

    def arn(self, resource: str, service: str = "", account: str | None = None, region: str | None = None) -> str:
        """ARN of a resource, in the caller's account and Region unless others are given."""
        region = self.region if region is None else region
        account = self.account if account is None else account
        return f"arn:{self.partition}:{service or self.service}:{region}:{account}:{resource}"

    def text(self, name: str, default: str = "") -> str:
        """Return a parameter as text."""
        value = self.params.get(name)
        return default if value is None else str(value)


@dataclass(frozen=True)
class Check:
    """One question to the policies: may the caller do `action` on `resource`, given these condition keys."""

    action: str
    resource: str
    context: Context = field(default_factory=dict)


Row = Callable[[Call], list[Check]]
Table = Mapping[str, Row]
"""A service's APIs, each with its row."""

ANY = "*"
"""The resource of an action without resource-level permissions."""


def unrestricted(_: Call) -> list[str]:
    """Give the resource of an action that knows none."""
    return [ANY]


def row(
    resources: Callable[[Call], Iterable[str]],
    context: Callable[[Call], Context] = lambda _: {},
    action: str = "",
) -> Row:
    """Build the usual row: one action on every resource. `action` is for APIs whose permission has another name."""

    def checks(call: Call) -> list[Check]:
        name, keys = f"{call.service}:{action or call.api}", context(call)
        return [Check(name, resource, keys) for resource in resources(call)]

    return checks


def tag_keys(call: Call) -> Context:
    """Tags in the request: `aws:TagKeys` and `aws:RequestTag/KEY`. Services spell their members differently."""
    tags = call.params.get("Tags") or call.params.get("tags") or {}
    if not isinstance(tags, Mapping):
        tags = {tag.get("Key", tag.get("key")): tag.get("Value", tag.get("value", "")) for tag in tags}
    if not tags:
        return {}
    return {"aws:TagKeys": tuple(tags), **{f"aws:RequestTag/{key}": (str(value),) for key, value in tags.items()}}
