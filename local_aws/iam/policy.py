"""Policy documents, parsed once: statements with their principals, actions, resources and conditions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

from local_aws.iam.conditions import Condition
from local_aws.iam.patterns import glob, without_variables

_ELEMENTS = {
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
}  # fmt: skip
_PRINCIPAL_TYPES = {"AWS", "Service", "Federated", "CanonicalUser"}


class PolicyError(ValueError):
    """A policy that cannot be evaluated; nothing is allowed by it. The message names policy and statement."""


class Effect(Enum):
    """What a statement does when it applies."""

    ALLOW = "Allow"
    DENY = "Deny"


class PolicyKind(Enum):
    """Where a policy is attached; it decides which elements a statement must and must not have."""

    IDENTITY = "identity"
    RESOURCE = "resource"
    TRUST = "trust"


@dataclass(frozen=True)
class Principals:
    """The principals a statement of a resource policy names; `excluded` for NotPrincipal."""

    aws: frozenset[str]
    services: frozenset[str]
    excluded: bool = False


@dataclass(frozen=True)
class Patterns:
    """A list of patterns; `excluded` for NotAction and NotResource."""

    values: tuple[str, ...]
    excluded: bool = False


@dataclass(frozen=True)
class Statement:
    """One statement. `label` names it in verdicts: policy name, then Sid or position, `queue-access/Receive`."""

    label: str
    effect: Effect
    actions: Patterns
    resources: Patterns | None
    principals: Principals | None
    conditions: tuple[Condition, ...]

    def concerns(self, action: str) -> bool:
        """Tell whether the statement is about this action, whatever the resource."""
        hit = any(glob(pattern, action, ignore_case=True) for pattern in self.actions.values)
        return hit != self.actions.excluded

    def covers_everything(self) -> bool:
        """Tell whether the statement is about every resource there is."""
        return self.resources is not None and not self.resources.excluded and "*" in self.resources.values


def parse_policy(
    document: str | Mapping[str, Any], name: str, kind: PolicyKind = PolicyKind.IDENTITY
) -> tuple[Statement, ...]:
    """Parse a policy document (JSON text or the parsed object); cached by its text.

    Raises PolicyError for anything that this evaluator would have to guess about: an unknown element, operator or
    principal type, a missing Effect, a resource policy without Principal.
    """
    return _parse(document if isinstance(document, str) else json.dumps(document, sort_keys=True), name, kind)


@lru_cache(maxsize=2048)
def _parse(text: str, name: str, kind: PolicyKind) -> tuple[Statement, ...]:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise PolicyError(f"policy {name!r} is not JSON: {error}") from error
    if not isinstance(document, dict) or "Statement" not in document:
        raise PolicyError(f"policy {name!r} has no Statement")
    return tuple(
        _statement(name, index, _without_variables(document, one), kind)
        for index, one in enumerate(_listed(document["Statement"]))
    )


def _statement(policy: str, index: int, written: Any, kind: PolicyKind) -> Statement:
    if not isinstance(written, dict):
        raise PolicyError(f"policy {policy!r}: statement {index} is not an object")
    sid = str(written.get("Sid") or index)
    try:
        _check_elements(written, kind)
        return Statement(
            f"{policy}/{sid}",
            Effect(written.get("Effect")),
            _patterns(written, "Action") or Patterns(()),
            _patterns(written, "Resource"),
            _principals(written),
            _conditions(written),
        )
    except ValueError as error:
        raise PolicyError(f"policy {policy!r}, statement {sid}: {error}") from error


def _check_elements(written: Mapping[str, Any], kind: PolicyKind) -> None:
    if unknown := set(written) - _ELEMENTS:
        raise ValueError(f"unknown element {min(unknown)}")
    wanted = {"Action": True, "Resource": kind is not PolicyKind.TRUST, "Principal": kind is not PolicyKind.IDENTITY}
    for element, needed in wanted.items():
        present = (element in written) + (f"Not{element}" in written)
        if present != needed:
            problem = "needs one" if needed else "must have no"
            raise ValueError(f"a statement of this {kind.value} policy {problem} {element} or Not{element}")
    if "NotPrincipal" in written and written.get("Effect") != Effect.DENY.value:
        raise ValueError("NotPrincipal is for Deny alone")


def _without_variables(document: Mapping[str, Any], statement: Any) -> Any:
    """Policy variables came with version 2012-10-17; in older documents `${...}` is plain text."""
    if document.get("Version") == "2012-10-17" or "${" not in json.dumps(statement):
        return statement
    return json.loads(without_variables(json.dumps(statement)))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _strings(value: Any) -> tuple[str, ...]:
    """Strings of a value or list; JSON booleans and numbers count as their text, as AWS stores them."""
    return tuple(str(one).lower() if isinstance(one, bool) else str(one) for one in _listed(value))


def _patterns(written: Mapping[str, Any], element: str) -> Patterns | None:
    if f"Not{element}" in written:
        return Patterns(_strings(written[f"Not{element}"]), excluded=True)
    return Patterns(_strings(written[element])) if element in written else None


def _principals(written: Mapping[str, Any]) -> Principals | None:
    excluded = "NotPrincipal" in written
    value = written.get("NotPrincipal" if excluded else "Principal")
    if value is None:
        return None
    if value == "*":
        value = {"AWS": "*"}
    if not isinstance(value, dict) or set(value) - _PRINCIPAL_TYPES:
        raise ValueError(f"principal {value!r} is not supported here")
    aws, services = _strings(value.get("AWS", [])), _strings(value.get("Service", []))
    return Principals(frozenset(aws), frozenset(services), excluded)


def _conditions(written: Mapping[str, Any]) -> tuple[Condition, ...]:
    block = written.get("Condition") or {}
    if not isinstance(block, dict) or not all(isinstance(keys, dict) for keys in block.values()):
        raise ValueError("Condition is not an object of operators")
    return tuple(
        Condition.parse(operator, key, _strings(values))
        for operator, keys in block.items()
        for key, values in keys.items()
    )
