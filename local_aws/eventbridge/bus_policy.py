"""The policy of an event bus as AWS keeps it: one document, replaced as a whole, of 10 KB at most."""

from __future__ import annotations

import json
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.events.exceptions import ValidationException
from moto.events.models import EventBus, EventBusPolicyStatement

from local_aws.iam.evaluate import PolicyError, PolicyKind, parse_policy

MAX_BYTES = 10240


def install() -> None:
    """Replace moto's bookkeeping of single statements."""
    EventBus.add_policy = _add_policy  # type: ignore[method-assign]
    EventBus.add_permission = _add_permission  # type: ignore[method-assign]
    EventBusPolicyStatement.from_dict = classmethod(_from_dict)  # type: ignore[method-assign,assignment]
    EventBusPolicyStatement.describe = _describe  # type: ignore[method-assign]


def _add_policy(self: EventBus, policy: dict[str, Any]) -> None:
    text = json.dumps(policy)
    if len(text.encode()) > MAX_BYTES:
        raise JsonRESTError(
            "PolicyLengthExceededException", f"The policy of {self.arn} would exceed {MAX_BYTES} bytes."
        )
    try:
        parse_policy(text, self.arn, PolicyKind.RESOURCE)
    except PolicyError as error:
        raise ValidationException(f"Invalid policy: {error}") from error
    statements = policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
    self._statements = {
        statement.get("Sid") or f"#{index}": EventBusPolicyStatement.from_dict(statement)
        for index, statement in enumerate(statements)
    }


def _add_permission(
    self: EventBus, statement_id: str, action: str, principal: dict[str, str], condition: dict[str, Any] | None
) -> None:
    """PutPermission with single parameters: adds one statement, or replaces the one of the same id."""
    everyone = principal["AWS"].split(":")[4:5] == ["*"]
    self._statements[statement_id] = EventBusPolicyStatement(
        sid=statement_id,
        action=action,
        principal="*" if everyone else principal,  # type: ignore[arg-type]
        condition=condition,
        resource=self.arn,
    )


def _from_dict(cls: type[EventBusPolicyStatement], written: dict[str, Any]) -> EventBusPolicyStatement:
    statement = cls(
        sid=written.get("Sid", ""),
        effect=written["Effect"],
        principal=written.get("Principal", {}),
        action=written.get("Action", ""),
        resource=written.get("Resource", ""),
        condition=written.get("Condition"),
    )
    statement.written = written  # type: ignore[attr-defined]
    return statement


def _describe(self: EventBusPolicyStatement) -> dict[str, Any]:
    written: dict[str, Any] | None = getattr(self, "written", None)
    if written is not None:
        return written
    statement = {
        "Sid": self.sid,
        "Effect": self.effect,
        "Principal": self.principal,
        "Action": self.action,
        "Resource": self.resource,
    }
    return {**statement, "Condition": self.condition} if self.condition else statement
