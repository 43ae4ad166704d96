"""How decisions are told: one line each, with the words of the product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from spot_failover.core.decision import Decision
from spot_failover.core.events import Event, Interruption, TaskStateChange
from spot_failover.core.reason import Action
from spot_failover.core.record import Record
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.strategy import Strategy


@dataclass(frozen=True)
class Outcome:
    """What became of one event or one due record."""

    key: ServiceKey
    decision: Decision
    observed: bool = False
    """Only told, not carried out."""
    event: Event | None = None
    before: Strategy | None = None
    deployment_id: str = ""
    record: Record | None = None
    """The service's record as the decision left it; None where it was not looked at."""
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def action(self) -> str:
        """The action as logs and metrics name it: `would_...` where it was only observed."""
        return f"would_{self.decision.action}" if self.observed else str(self.decision.action)

    @property
    def serious(self) -> bool:
        """Whether a person should see it among many."""
        return self.decision.action in {Action.ALERT, Action.HOLD, Action.DEAD_LETTER}

    def fields(self) -> dict[str, Any]:
        """The log line's fields, those that apply."""
        key, event, target = self.key, self.event, self.decision.target
        fields: dict[str, Any] = {
            "account": key.account,
            "region": key.region,
            "cluster": key.cluster,
            "service": key.service,
            "action": self.action,
            "reason": str(self.decision.reason),
            "note": self.decision.note,
            "before": str(self.before) if self.before else "",
            "after": str(target) if target else "",
            "deployment_id": self.deployment_id,
        }
        if event is not None:
            fields |= {"event_id": event.event_id, "event_kind": event.kind, "event_time": event.time.isoformat()}
        if self.deployment_id and self.decision.target is not None and self.record is not None:
            fields["desired"] = self.record.desired_at_switch
        if isinstance(event, Interruption | TaskStateChange):
            fields["task_arn"] = event.task_arn
        return {name: value for name, value in {**fields, **self.extra}.items() if value != ""}


class Reporter(Protocol):
    """Where outcomes go: log and metrics."""

    def outcome(self, outcome: Outcome) -> None:
        """Tell one outcome."""
        ...

    def unfinished(self, error: Exception, key: ServiceKey | None = None) -> None:
        """Something that a later delivery, tick or sweep has to do again, and why."""
        ...
