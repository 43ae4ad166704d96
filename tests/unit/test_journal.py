"""What an invocation tells: alerts at once, audit events when it ends."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from spot_failover.aws.clients import QUICK
from spot_failover.core.alert_group import AlertGroup, AlertKey
from spot_failover.core.audit import AuditEvent, Lost
from spot_failover.core.decision import Decision
from spot_failover.core.errors import BusyError, ConflictError, UnclearError
from spot_failover.core.reason import Action, Reason
from spot_failover.flow.journal import MARGIN, MAX_CONFLICTS, Journal
from spot_failover.flow.report import Outcome
from tests.doubles.builders import WEB, failure
from tests.doubles.clock import START

LATER = START + timedelta(minutes=1)
KEY = AlertKey(WEB.account, WEB.region, "UNSUPPORTED_CONTROLLER")
ALERT = Outcome(WEB, Decision(Action.ALERT, Reason.UNSUPPORTED_CONTROLLER, note="DAEMON"))


class Bus:
    def __init__(self, error: Exception | None = None) -> None:
        self.events: list[AuditEvent] = []
        self.error = error

    def put(self, events: Sequence[AuditEvent], until: datetime) -> Sequence[Lost]:
        if self.error is not None:
            raise self.error
        self.events += events
        return []


class Alerts:
    """One group, and how often somebody else is faster."""

    def __init__(self, conflicts: int = 0) -> None:
        self.group = AlertGroup(KEY)
        self.conflicts = conflicts
        self.errors: list[Exception] = []
        self.reads = self.writes = 0

    def alerts(self, key: AlertKey) -> AlertGroup:
        self.reads += 1
        if self.errors:
            raise self.errors.pop(0)
        assert key == KEY
        return self.group

    def put_alerts(self, group: AlertGroup) -> AlertGroup:
        if self.conflicts:
            self.conflicts -= 1
            raise ConflictError("somebody was faster")
        self.writes += 1
        self.group = group
        return group


def journal(bus: Bus, alerts: Any) -> Journal:
    return Journal(bus, alerts, lambda: START, lambda: "0" * 32)


def test_an_alert_is_an_audit_event_and_noted_for_people_once() -> None:
    bus, alerts = Bus(), Alerts()
    told = journal(bus, alerts)
    for _ in range(3):
        told.outcome(ALERT)
        assert told.close(LATER) == ([], {})
    assert len(bus.events) == 3
    assert (alerts.group.waiting, alerts.writes) == ({"shop/web": "DAEMON"}, 1)


def test_what_was_told_is_not_told_again() -> None:
    bus = Bus()
    told = journal(bus, Alerts())
    told.outcome(ALERT)
    told.close(LATER)
    told.close(LATER)
    assert len(bus.events) == 1


@pytest.mark.parametrize("action", [Action.IGNORE, Action.WAIT, Action.RETRY, Action.REPORT, Action.DEAD_LETTER])
def test_what_changes_nothing_and_calls_nobody_is_no_audit_event(action: Action) -> None:
    bus = Bus()
    told = journal(bus, Alerts())
    told.outcome(Outcome(WEB, Decision(action, Reason.NOT_SHORT)))
    told.close(LATER)
    assert bus.events == []


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome(WEB, ALERT.decision, observed=True),
        Outcome(WEB, ALERT.decision, event=failure(synthetic=True, report_only=True)),
        Outcome(WEB, Decision(Action.HOLD, Reason.OPERATOR_REQUEST)),
    ],
    ids=["observed", "a synthetic event of the central account", "an operator's own hold"],
)
def test_nobody_is_called_for_what_is_only_reported(outcome: Outcome) -> None:
    bus, alerts = Bus(), Alerts()
    told = journal(bus, alerts)
    told.outcome(outcome)
    assert told.close(LATER) == ([], {})
    assert (len(bus.events), alerts.writes) == (1, 0)


def test_an_alert_is_noted_over_what_others_noted_meanwhile() -> None:
    alerts = Alerts(conflicts=MAX_CONFLICTS - 1)
    told = journal(Bus(), alerts)
    told.outcome(ALERT)
    assert told.close(LATER) == ([], {})
    assert alerts.writes == 1


def test_an_alert_that_can_not_be_noted_is_given_back_and_the_events_still_go_out() -> None:
    bus = Bus()
    told = journal(bus, Alerts(conflicts=2 * MAX_CONFLICTS))
    told.outcome(ALERT)
    lost, failed = told.close(LATER)
    assert lost == []
    assert isinstance(failed[KEY], BusyError)
    assert len(bus.events) == 1


def test_near_the_end_of_the_invocation_nothing_is_noted() -> None:
    alerts = Alerts(conflicts=MAX_CONFLICTS)
    told = journal(Bus(), alerts)
    told.outcome(ALERT)
    _, failed = told.close(START + timedelta(seconds=3))
    assert list(failed) == [KEY]
    assert alerts.writes == 0


def test_an_alert_is_noted_at_once_so_that_an_invocation_that_dies_takes_none_along() -> None:
    alerts = Alerts()
    journal(Bus(), alerts).outcome(ALERT)
    assert alerts.group.waiting == {"shop/web": "DAEMON"}


def test_an_alert_that_can_not_be_noted_at_once_is_noted_at_the_end_and_the_next_ones_wait_for_that() -> None:
    alerts = Alerts()
    alerts.errors = [UnclearError("dynamodb:GetItem: read time-out")]
    told = journal(Bus(), alerts)
    told.outcome(ALERT)
    told.outcome(replace(ALERT, key=replace(WEB, service="api")))
    assert (alerts.reads, alerts.writes) == (1, 0)
    assert told.close(LATER) == ([], {})
    assert (sorted(alerts.group.waiting), alerts.writes) == (["shop/api", "shop/web"], 1)


def test_a_table_that_hangs_is_asked_once_more_at_the_end_and_the_events_still_go_out() -> None:
    bus, alerts = Bus(), Alerts()
    alerts.errors = [UnclearError("read time-out"), UnclearError("read time-out")]
    told = journal(bus, alerts)
    told.outcome(ALERT)
    told.outcome(replace(ALERT, decision=Decision(Action.HOLD, Reason.RESTORE_OVERRULED)))
    _, failed = told.close(LATER)
    assert [key.reason for key in failed] == ["UNSUPPORTED_CONTROLLER", "RESTORE_OVERRULED"]
    assert (alerts.reads, len(bus.events)) == (2, 2)


def test_whatever_the_bus_raises_is_what_was_lost() -> None:
    told = journal(Bus(ValueError("no such thing")), Alerts())
    told.outcome(ALERT)
    [lost], _ = told.close(LATER)
    assert "no such thing" in lost.why


def test_an_event_with_a_long_reason_does_not_make_the_audit_event_long() -> None:
    bus = Bus()
    told = journal(bus, Alerts())
    told.outcome(replace(ALERT, event=replace(failure(), cause="x" * 240_000)))
    told.close(LATER)
    [event] = bus.events
    assert len(json.dumps(event.detail)) < 3_000
    assert event.detail["event"]["cause"] == "x" * 300


def test_an_audit_event_s_note_is_as_long_as_its_schema_allows() -> None:
    schema = json.loads((Path(__file__).parents[2] / "docs" / "schemas" / "audit-event-1.0.json").read_text())
    bus = Bus()
    told = journal(bus, Alerts())
    told.outcome(replace(ALERT, decision=replace(ALERT.decision, note="x" * 3_000)))
    told.close(LATER)
    assert bus.events[0].detail["note"] == "x" * 2_000
    assert schema["properties"]["note"]["maxLength"] == 2_000


def test_a_call_at_the_very_end_is_over_before_the_invocation_is() -> None:
    quick: Any = QUICK
    assert quick.retries["total_max_attempts"] == 1
    assert timedelta(seconds=quick.connect_timeout + quick.read_timeout + 1) <= MARGIN
