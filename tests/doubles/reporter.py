"""Remembers what was told, and checks every audit event that comes of it against the schema."""

from __future__ import annotations

from spot_failover.core.audit import AUDITED
from spot_failover.core.service_key import ServiceKey
from spot_failover.flow.journal import detail
from spot_failover.flow.report import Outcome
from tests.doubles.audit import check_audit_event
from tests.doubles.clock import START


class Told:
    """The port `Reporter`."""

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []
        self.errors: list[tuple[ServiceKey | None, Exception]] = []

    def unfinished(self, error: Exception, key: ServiceKey | None = None) -> None:
        self.errors.append((key, error))

    def outcome(self, outcome: Outcome) -> None:
        if outcome.decision.action in AUDITED:
            check_audit_event(detail(outcome, "0" * 32, START))
        self.outcomes.append(outcome)

    @property
    def lines(self) -> list[tuple[str, str]]:
        """(action, reason) of all that was told."""
        return [(outcome.action, str(outcome.decision.reason)) for outcome in self.outcomes]

    @property
    def news(self) -> list[tuple[str, str]]:
        """The same without what is told all the time."""
        return [line for line in self.lines if line[1] not in {"HEARTBEAT", "SWEPT"}]

    @property
    def last(self) -> tuple[str, str]:
        return self.lines[-1]

    def clear(self) -> None:
        self.outcomes.clear()
