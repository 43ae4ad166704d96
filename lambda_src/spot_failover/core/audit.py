"""Audit events: one per decision that acted or alerted, as it stands on the central event bus."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from spot_failover.core.reason import Action
from spot_failover.core.service_key import ServiceKey

SOURCE = "ecs.spot-failover"
DETAIL_TYPE = "Spot Failover Decision"
SCHEMA = "1.0"
"""Version of `docs/schemas/audit-event-1.0.json`."""
AUDITED = frozenset(Action) - {Action.IGNORE, Action.WAIT, Action.RETRY, Action.REPORT, Action.DEAD_LETTER}
"""Actions that change a service or its record, or call a person. Dead letters have an alarm of their own."""
NOTE = 2000
"""Characters of a note: ten events must not come near the 256 KB that PutEvents takes."""
CAUSE = 300
"""Characters of each text of the event that was the cause: whoever sends it says how long it is."""


@dataclass(frozen=True)
class AuditEvent:
    """One event; `detail` is as the schema says."""

    key: ServiceKey
    time: datetime
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class Lost:
    """An event that could not be put."""

    event: AuditEvent
    why: str
