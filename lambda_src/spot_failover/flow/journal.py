"""What an invocation has to tell beyond its log: audit events to the bus, alerts to whoever tells people.

Events go out once, when the decisions are made and written. Alerts are noted at once: many are told once only, and the
record says so already. Whatever fails here undoes and holds up no switch.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any

from spot_failover.core.alert_group import AlertKey
from spot_failover.core.audit import AUDITED, CAUSE, NOTE, SCHEMA, AuditEvent, Lost
from spot_failover.core.errors import BusyError, ConflictError, TransientError
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Record
from spot_failover.flow.report import Outcome

if TYPE_CHECKING:
    from spot_failover.flow.ports import Alerts, AuditBus

MAX_CONFLICTS = 5
MARGIN = timedelta(seconds=6)
"""How long before the end of an invocation no call that tells is begun: the last one (`clients.QUICK`) may take four
seconds, and the answer must still get out."""


class Journal:
    """What one invocation tells. Used from several threads."""

    def __init__(self, bus: AuditBus, alerts: Alerts, now: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        self._bus = bus
        self._groups = alerts
        self._now = now
        self._new_id = new_id
        self._lock = Lock()
        self._events: list[AuditEvent] = []
        self._alerts: defaultdict[AlertKey, dict[str, str]] = defaultdict(dict)
        self._noting = Lock()
        self._hangs = False
        """A note has failed: the others wait for the invocation's end, and hold up no decision until then."""

    def outcome(self, outcome: Outcome) -> None:
        """Keep what is to be told of it."""
        if outcome.decision.action not in AUDITED:
            return
        event = AuditEvent(outcome.key, self._now(), detail(outcome, self._new_id(), self._now()))
        with self._lock:
            self._events.append(event)
        reported = outcome.observed or (outcome.event is not None and outcome.event.report_only)
        asked = outcome.decision.reason is Reason.OPERATOR_REQUEST  # the person who should look has done so
        if outcome.decision.action in {Action.ALERT, Action.HOLD} and not reported and not asked:
            key = AlertKey(outcome.key.account, outcome.key.region, str(outcome.decision.reason))
            name = f"{outcome.key.cluster}/{outcome.key.service}" if outcome.key.service else "-"
            self._alert(key, name, outcome.decision.note)

    def _alert(self, key: AlertKey, name: str, note: str) -> None:
        with self._noting:  # one thread after the other: they would only be in each other's way
            if not self._hangs:
                try:
                    self._note(key, {name: note}, self._now() + MARGIN)
                except Exception:  # noqa: BLE001 - `close` tries again, and tells what it was
                    self._hangs = True
                else:
                    return
        with self._lock:
            self._alerts[key][name] = note

    def close(self, ends_at: datetime) -> tuple[list[Lost], dict[AlertKey, Exception]]:
        """Let all of it go out, and return what could not."""
        with self._lock:
            events, alerts = self._events, self._alerts
            self._events, self._alerts = [], defaultdict(dict)
            self._hangs = False
        until, failed = ends_at - MARGIN, {}
        broken: Exception | None = None
        for key, names in alerts.items():
            if broken is not None:
                failed[key] = broken  # it would wait for as long, and the audit events with it
                continue
            try:
                self._note(key, names, until)
            except TransientError as error:
                failed[key] = broken = error
            except Exception as error:  # noqa: BLE001 - what can't be told never fails what was done
                failed[key] = error
        return self._put(events, until), failed

    def _put(self, events: list[AuditEvent], until: datetime) -> list[Lost]:
        try:
            return list(self._bus.put(events, until)) if events else []
        except Exception as error:  # noqa: BLE001 - what can't be told never fails what was done
            return [Lost(event, repr(error)) for event in events]

    def _note(self, key: AlertKey, names: Mapping[str, str], until: datetime) -> None:
        for _ in range(MAX_CONFLICTS):
            now = self._now()
            if now > until:
                break
            group = self._groups.alerts(key)
            noted = group.noted(names, now)
            if noted is group:
                return
            if self._now() > until:
                break
            try:
                self._groups.put_alerts(noted)
            except ConflictError:
                continue
            return
        raise BusyError(f"{key}: could not be written down in time, nobody is told of {', '.join(sorted(names))}")


def detail(outcome: Outcome, event_id: str, now: datetime) -> dict[str, Any]:
    """The event's detail: `docs/schemas/audit-event-1.0.json`."""
    key, decision, record, event = outcome.key, outcome.decision, outcome.record, outcome.event
    told: dict[str, Any] = {
        "schema": SCHEMA,
        "id": event_id,
        "time": now.isoformat(),
        "account": key.account,
        "region": key.region,
        "cluster": key.cluster,
        "service": key.service,
        "action": outcome.action,
        "observed": outcome.observed,
        "reason": str(decision.reason),
        "note": decision.note[:NOTE],
        "deployment_id": outcome.deployment_id or (record.deployment_id if record is not None else ""),
        "before": outcome.before.to_api() if outcome.before is not None else [],
        "after": decision.target.to_api() if decision.target is not None else [],
    }
    if record is not None:
        told |= {"phase": str(record.phase), "record_version": record.version}
    cause = event.to_record() if event is not None else _cause(record)
    if cause:
        told["event"] = {name: _text(value)[:CAUSE] for name, value in cause.items()}
    if "twin" in outcome.extra:
        twin = {"name": outcome.extra["twin"]}
        twin |= {end: outcome.extra[f"twin_{end}"] for end in ("before", "after") if f"twin_{end}" in outcome.extra}
        told["twin"] = twin
    return {name: value for name, value in told.items() if value not in ("", [])}


def _cause(record: Record | None) -> Mapping[str, Any]:
    """The event that the service was moved for, of what a tick decides."""
    return record.event if record is not None else {}


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
