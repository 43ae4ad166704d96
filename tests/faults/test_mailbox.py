"""What others were told, as far as it has to be the same whatever goes wrong."""

from __future__ import annotations

import json
from typing import Any

from tests.faults.mailbox import alerts, audited, told


def message(subject: str, text: str) -> str:
    return json.dumps({"Type": "Notification", "Subject": subject, "Message": text})


def decision(action: str, reason: str, **where: Any) -> str:
    return json.dumps({"detail-type": "Spot Failover Decision", "detail": {"action": action, "reason": reason} | where})


WEB = {"cluster": "case-1", "service": "web"}


def test_messages_are_told_apart_by_stage_or_reason_and_service_and_count_once() -> None:
    opened = message("Spot failover: 1 service on on-demand, FARGATE_SPOT", "  case-1/web since 10:00\n")
    letters = [
        opened,
        opened,
        message("Spot failover: now 2 services on on-demand", "  case-1/web since 10:00\n  case-1/api since 10:05\n"),
        message("Spot failover over: FARGATE_SPOT", "No service is on on-demand capacity any more."),
        message("Spot failover, STUCK: 1 service, 111111111111", "  case-1/web: see its events\n"),
        message('ALARM: "fargate-spot-sweep-queue-dlq-not-empty" in us-east-1', "case-1/web"),
        decision("fail_over", "FAILED_OVER", **WEB),
    ]
    assert told(letters, "case-1") == ("grown api web", "opened web", "over")
    assert alerts(letters, "case-1") == ("STUCK web",)


def test_who_switched_first_and_who_confirmed_it_does_not_count() -> None:
    by_failure = [decision("fail_over", "FAILED_OVER", **WEB), decision("close", "RESTORED", **WEB)]
    by_notice = [
        decision("fail_over", "INTERRUPTED_SHORT", **WEB),
        decision("confirm", "FAILED_OVER", **WEB),
        decision("close", "RESTORED", **WEB),
    ]
    assert audited(by_failure, "case-1") == audited(by_notice, "case-1") == ("close RESTORED web", "fail_over web")


def test_what_people_are_called_for_counts_with_its_reason_and_other_clusters_do_not() -> None:
    letters = [
        decision("alert", "PATH_SILENT"),
        decision("hold", "STUCK", **WEB),
        decision("restore", "X", cluster="b"),
    ]
    assert audited(letters, "case-1") == ("alert PATH_SILENT", "hold STUCK web")
