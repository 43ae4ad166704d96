"""The metrics that all functions of an installation share: few, and each without a dimension of account or service.

Their dimension `service` is the installation (the event bus's name). docs/metrics.md says what each costs.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime
from typing import TYPE_CHECKING

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit, single_metric

from spot_failover.core.phase_parts import NEW_FAILOVERS
from spot_failover.core.reason import RESTORE_FAILURES, Action, Reason
from spot_failover.core.record import Phase
from spot_failover.flow.report import Outcome

if TYPE_CHECKING:
    from spot_failover.flow.incident_flow import Board

NAMESPACE = "EcsSpotFailover"
UNITS = {
    "TimeToAction": MetricUnit.Seconds,
    "OldestDueRestoreAge": MetricUnit.Seconds,
}
"""Units of what is not counted."""


_ENDS = frozenset({Reason.RESTORED, Reason.RESTORED_AT_ZERO, Reason.RESTORE_STARTED})
"""Reasons of decisions that can end a restore: where no task is wanted its call does, or the call's confirmation."""


def _proven(outcome: Outcome) -> bool:
    record = outcome.record
    return outcome.decision.reason in _ENDS and record is not None and record.phase is Phase.CLOSED


class Figures:
    """What one invocation adds up; not safe for threads by itself."""

    def __init__(self, installation: str) -> None:
        self._installation = installation
        self._counts: Counter[str] = Counter()
        self._values: defaultdict[str, list[float]] = defaultdict(list)
        self._alerts: Counter[str] = Counter()

    def add(self, name: str, count: int = 1) -> None:
        """Count something."""
        self._counts[name] += count

    def outcome(self, outcome: Outcome, now: datetime) -> None:
        """Count a decision that was carried out."""
        decision = outcome.decision
        if outcome.observed:
            return
        match decision.action:
            case Action.FAIL_OVER if decision.reason in NEW_FAILOVERS:
                self.add("Failovers")
                if outcome.event is not None:
                    self._values["TimeToAction"].append(max(0.0, (now - outcome.event.time).total_seconds()))
            case Action.FAIL_OVER if decision.reason in RESTORE_FAILURES:
                self.add("RestoresFailed")
            case Action.GIVE_UP if outcome.record is not None and outcome.record.reason in RESTORE_FAILURES:
                self.add("RestoresFailed")
            case Action.CLOSE | Action.RESTORE | Action.CONFIRM if _proven(outcome):
                self.add("RestoresProven")
            case Action.REDEPLOY:
                self.add("Redeploys")
            case Action.ALERT | Action.HOLD:
                self._alerts[str(decision.reason)] += 1

    def board(self, board: Board) -> None:
        """What the restore tick found."""
        totals = board.places.values()
        self._values["ServicesOnFallback"].append(sum(one.services for one in totals))
        self._values["OldestDueRestoreAge"].append(board.oldest_due.total_seconds())
        self._values["PoolOpenMinutes"].append(board.pool_open.total_seconds() / 60)
        self._values["FallbackMinutes"].append(sum(one.minutes for one in totals))
        self._values["FallbackTaskMinutes"].append(sum(one.task_minutes for one in totals))
        if board.told:
            self.add("NotificationsSent", board.told)
        if board.errors:
            self.add("NotificationsFailed", len(board.errors))

    def flush(self) -> None:
        """Write all that was added up, one document for what has no reason, one for each reason of an alert."""
        if self._counts or self._values:
            metrics = EphemeralMetrics(namespace=NAMESPACE, service=self._installation)
            for name, count in self._counts.items():
                metrics.add_metric(name=name, unit=MetricUnit.Count, value=count)
            for name, values in self._values.items():
                for value in values:
                    metrics.add_metric(name=name, unit=UNITS.get(name, MetricUnit.Count), value=value)
            if metrics.metric_set:  # Powertools itself writes a document with each hundredth value
                metrics.flush_metrics()
        for reason, count in self._alerts.items():
            with single_metric(name="Alerts", unit=MetricUnit.Count, value=count, namespace=NAMESPACE) as metric:
                metric.add_dimension("service", self._installation)
                metric.add_dimension("reason", reason)
        self._counts.clear()
        self._values.clear()
        self._alerts.clear()
