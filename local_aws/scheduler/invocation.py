"""One invocation of a schedule's target: what is sent, and for which time."""

from __future__ import annotations

import copy
import json
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.scheduler.models import Schedule

SOURCE = "aws.scheduler"


class InvocationError(Exception):
    """A target was not reached. ``code`` is what a dead letter has as its ``ERROR_CODE``.

    ``denied``: a permission is missing. ``final``: local_aws has no such target, so that trying again is of no use.
    """

    def __init__(self, code: str, message: str, *, denied: bool = False, final: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.denied = denied
        self.final = final


@dataclass(frozen=True)
class Invocation:
    """A schedule at one of its times, as it was then: later changes of the schedule do not reach it.

    ``scheduled_at`` is virtual time (epoch seconds).
    """

    schedule_arn: str
    target: Mapping[str, Any]
    scheduled_at: float
    execution_id: str

    @classmethod
    def of(cls, schedule: Schedule, scheduled_at: float) -> Invocation:
        """Take what the schedule says now."""
        return cls(schedule.arn, copy.deepcopy(schedule.target), scheduled_at, secrets.token_hex(8))

    @property
    def region(self) -> str:
        """The schedule's Region."""
        return self.schedule_arn.split(":")[3]

    @property
    def account(self) -> str:
        """The schedule's account."""
        return self.schedule_arn.split(":")[4]

    @property
    def schedule(self) -> str:
        """The schedule within its account and Region: ``schedule/default/heartbeat``."""
        return self.schedule_arn.split(":", 5)[5]

    @property
    def group_arn(self) -> str:
        """The schedule group's ARN, which AWS gives as ``aws:SourceArn`` when it assumes the schedule's role.

        EventBridge Scheduler user guide, "Confused deputy prevention".
        """
        group = self.schedule.split("/")[1]
        return f"{self.schedule_arn.removesuffix(self.schedule)}schedule-group/{group}"

    @property
    def time_text(self) -> str:
        """The scheduled time as AWS writes it."""
        return datetime.fromtimestamp(self.scheduled_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def payload(self, attempt: int) -> str:
        """The target's input, its context attributes filled in; AWS's notification for a target without input.

        ``attempt`` counts from 1. EventBridge Scheduler user guide, "Adding context attributes".
        """
        text = self.target.get("Input")
        if text is None:
            return json.dumps(self._notification())
        values = {
            "schedule-arn": self.schedule_arn,
            "scheduled-time": self.time_text,
            "execution-id": self.execution_id,
            "attempt-number": str(attempt),
        }
        for name, value in values.items():
            text = text.replace(f"<aws.scheduler.{name}>", value)
        return str(text)

    def _notification(self) -> dict[str, Any]:
        return {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "Scheduled Event",
            "source": SOURCE,
            "account": self.account,
            "time": self.time_text,
            "region": self.region,
            "resources": [self.schedule_arn],
            "detail": "{}",
        }
