"""Logs and metrics, by Powertools: one JSON line per decision, and counts in CloudWatch's embedded metric format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter
from aws_lambda_powertools.metrics import MetricUnit, single_metric

from spot_failover.core.alert_group import AlertKey
from spot_failover.core.audit import Lost
from spot_failover.core.errors import BusyError
from spot_failover.core.reason import Action, Reason
from spot_failover.core.service_key import ServiceKey
from spot_failover.figures import NAMESPACE, Figures
from spot_failover.flow.report import Outcome

if TYPE_CHECKING:
    from spot_failover.flow.incident_flow import Board

_RENAMED = {
    # `service` is the ECS service here; Powertools' own key of that name tells which function writes.
    "service": "component",
    "ecs_service": "service",
    "function_request_id": "request_id",
}

_CALLER, _CALLERS_CALLER = 3, 4
"""Which frame a line names as its function: not the ones in this file (nor Powertools' own)."""


class _Formatter(LambdaPowertoolsFormatter):
    """Powertools' formatter under the product's key names."""

    def serialize(self, log: Any) -> str:
        named = {_RENAMED.get(name, name): value for name, value in log.items() if name != "location"}
        function, _, line = str(log.get("location", "")).rpartition(":")
        text = super().serialize(named | {"function": function, "line": int(line or 0)})
        # A malformed event may hold half a surrogate pair: written as it is, it would take its whole line down.
        return text.encode("utf-8", "backslashreplace").decode()


def make_logger() -> Logger:
    """The logger of a function; level and component come from its environment (`POWERTOOLS_*`)."""
    formatter = _Formatter(
        log_record_order=["timestamp", "level", "message", "function", "line"],
        use_rfc3339=True,
        utc=True,
    )
    return Logger(logger_formatter=formatter)


class Telemetry:
    """Tells what happened. Counts are kept until `flush`: one metric document per action and reason.

    `installation` is in the dimension `service` of what all functions count together; `hear` is told every outcome.
    """

    def __init__(
        self,
        logger: Logger,
        installation: str,
        now: Callable[[], datetime],
        hear: Callable[[Outcome], None] = lambda _outcome: None,
    ) -> None:
        self._logger = logger
        self._figures = Figures(installation)
        self._now = now
        self._hear = hear
        self._counts: Counter[tuple[str, str]] = Counter()
        self._gauges: dict[str, int] = {}
        self._lock = Lock()  # the restore tick tells from several threads

    def outcome(self, outcome: Outcome) -> None:
        """One `decision` line, one count."""
        fields = outcome.fields()
        if "service" in fields:
            fields["ecs_service"] = fields.pop("service")
        self._tell(fields, serious=outcome.serious)
        with self._lock:
            self._figures.outcome(outcome, self._now())
        self._hear(outcome)

    def rejected(self, reason: str, message_id: str, event_id: str, error: Exception) -> None:
        """A message that no retry can help went to the dead-letter queue; `event_id` may be unreadable: empty."""
        fields = {"action": str(Action.DEAD_LETTER), "reason": reason, "message_id": message_id, "note": str(error)}
        if event_id:
            fields["event_id"] = event_id
        self._tell(fields, serious=True)

    def ignored(self, reason: str, fields: dict[str, Any]) -> None:
        """A message about nothing of ours."""
        self._tell({"action": str(Action.IGNORE), "reason": reason, **fields})

    def unfinished(
        self, error: Exception, key: ServiceKey | None = None, event_id: str = "", message_id: str = ""
    ) -> None:
        """Something that a later delivery or tick has to do again, and why."""
        busy = isinstance(error, BusyError)
        reason = str(Reason.BUSY) if busy else type(error).__name__
        fields: dict[str, Any] = {"action": str(Action.RETRY), "reason": reason, "note": str(error)}
        if event_id:
            fields["event_id"] = event_id
        if message_id:
            fields["message_id"] = message_id
        if key is not None:
            fields |= {"account": key.account, "region": key.region, "cluster": key.cluster, "ecs_service": key.service}
        if busy:
            self._tell(fields)
            return
        self._count(fields)
        self._logger.error("left to a later delivery or tick", exc_info=error, extra=fields, stacklevel=_CALLER)

    def gauge(self, name: str, value: int) -> None:
        """How many there are of something now."""
        self._gauges[name] = value

    def untold(self, lost: Iterable[Lost], alerts: Mapping[AlertKey, Exception]) -> None:
        """Audit events and alerts that nobody will hear of, but for these lines."""
        for one in lost:
            self._figures.add("AuditEventsLost")
            fields = {"audit_event": dict(one.event.detail), "note": one.why}
            self._logger.error("audit event lost", extra=fields, stacklevel=_CALLER)
        for key, error in alerts.items():
            self._figures.add("NotificationsFailed")
            fields = {"account": key.account, "region": key.region, "alert": key.reason, "note": str(error)}
            self._logger.error("alert not noted", extra=fields, stacklevel=_CALLER)

    def board(self, board: Board) -> None:
        """What is on on-demand now, and what the last look could not tell."""
        for (account, region), totals in sorted(board.places.items()):
            fields: dict[str, Any] = {"account": account, "region": region, "services": totals.services}
            fields |= {"minutes": round(totals.minutes, 1), "task_minutes": round(totals.task_minutes, 1)}
            self._logger.info("on fallback", extra=fields, stacklevel=_CALLER)
        for what, error in board.errors.items():
            fields = {"subject": what, "note": str(error)}
            self._logger.error("people not told", exc_info=error, extra=fields, stacklevel=_CALLER)
        self._figures.board(board)

    def flush(self) -> None:
        """Write the counts and gauges of this invocation."""
        for name, value in self._gauges.items():
            with single_metric(name=name, unit=MetricUnit.Count, value=value, namespace=NAMESPACE):
                pass
        self._gauges.clear()
        for (action, reason), count in self._counts.items():
            with single_metric(name="Decisions", unit=MetricUnit.Count, value=count, namespace=NAMESPACE) as metric:
                metric.add_dimension("action", action)
                metric.add_dimension("reason", reason)
        self._counts.clear()
        self._figures.flush()

    def _count(self, fields: dict[str, Any]) -> None:
        with self._lock:
            self._counts[fields["action"], fields["reason"]] += 1

    def _tell(self, fields: dict[str, Any], *, serious: bool = False) -> None:
        self._count(fields)
        tell = self._logger.warning if serious else self._logger.info
        tell("decision", extra=fields, stacklevel=_CALLERS_CALLER)
