"""The item of a service that a controlled scale-down works on: who works on it, and what has to be put in order."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from spot_failover.core.scaledown_plan import Move, Plan
from spot_failover.core.service_key import ServiceKey

KEPT = timedelta(days=1)
"""How long the item of a service that nobody works on is kept."""


@dataclass(frozen=True)
class ScaledownRecord:
    """One service's item; `version` counts its writes and is 0 where there is none yet."""

    key: ServiceKey
    version: int = 0
    owner: str = ""
    """ARN of the execution that works on the service; empty: none does."""
    plan: Plan | None = None
    """None until the service was looked at: nothing was touched."""
    back_since: datetime | None = None
    """Since when all is put back as it was."""
    last: str = ""
    """ARN of the execution that left the service to others last, so that its own retry finds that it has."""
    outcome: str = ""
    note: str = ""
    """How it ended, and in which words."""
    expires_at: datetime | None = None

    def taken_by(self, execution: str) -> ScaledownRecord:
        """The record under a new owner. What the last one left to be put in order stays in it."""
        return replace(self, owner=execution, back_since=None, expires_at=None)

    def in_order(self) -> ScaledownRecord:
        """The record once nothing is left of what another execution began: still this owner's."""
        return replace(self, plan=None, back_since=None)

    def released(self, now: datetime, outcome: str, note: str) -> ScaledownRecord:
        """The record of a service that nobody works on."""
        return ScaledownRecord(
            self.key, version=self.version, last=self.owner, outcome=outcome, note=note, expires_at=now + KEPT
        )


def plan_text(plan: Plan) -> str:
    """A plan as JSON."""
    created_at = plan.created_at.isoformat() if plan.created_at else None
    return json.dumps({**asdict(plan), "created_at": created_at}, sort_keys=True)


def plan_from(text: str) -> Plan:
    """Inverse of `plan_text`.

    Raises
    ------
    TypeError, ValueError, KeyError
        The text is no plan.
    """
    fields: dict[str, Any] = json.loads(text)
    moves = tuple(Move(**move) for move in fields.pop("moves"))
    created_at = fields.pop("created_at", None)
    return Plan(**fields, moves=moves, created_at=datetime.fromisoformat(created_at) if created_at else None)
