"""What EventBridge did with each event for each target: the record behind ``GET /_local_aws/deliveries``.

EventBridge Scheduler's attempts to call the targets of schedules stand there too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any


class Outcome(Enum):
    """How one delivery ended."""

    DELIVERED = "delivered"
    DENIED = "denied"
    DEAD_LETTER = "dead_letter"
    DROPPED = "dropped"
    LOST = "lost"
    RETRIED = "retried"
    """The attempt failed, and another one follows."""


@dataclass(frozen=True)
class Delivery:
    """One event for one target. ``account`` and ``region`` are the rule's, ``time`` is virtual (epoch seconds).

    For a schedule, ``rule`` is ``schedule/GROUP/NAME``, and ``event_id`` the id of its invocation if it made no event.
    """

    time: float
    account: str
    region: str
    rule: str
    target_arn: str
    event_id: str
    source: str
    detail_type: str
    outcome: Outcome
    reason: str

    def as_json(self) -> dict[str, Any]:
        """The same for JSON."""
        return {**asdict(self), "outcome": self.outcome.value}


class DeliveryError(Exception):
    """An event cannot be handed to a target, and trying again would not help.

    ``code`` is what EventBridge puts into a dead letter's ``ERROR_CODE``.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code

    @property
    def denied(self) -> bool:
        """Whether a permission is missing."""
        return self.code == "NO_PERMISSIONS"


def no_permissions(message: str) -> DeliveryError:
    """A permission is missing."""
    return DeliveryError("NO_PERMISSIONS", message)


def no_resource(message: str) -> DeliveryError:
    """The target does not exist."""
    return DeliveryError("NO_RESOURCE", message)


def dead_letter_attributes(rule_arn: str, target_arn: str, error: DeliveryError) -> Mapping[str, Mapping[str, str]]:
    """Message attributes of a dead letter (EventBridge user guide, "Using dead-letter queues")."""
    values = {
        "RULE_ARN": rule_arn,
        "TARGET_ARN": target_arn,
        "ERROR_CODE": error.code,
        "ERROR_MESSAGE": str(error),
    }
    return {name: {"DataType": "String", "StringValue": value} for name, value in values.items()}
