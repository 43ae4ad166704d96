"""What was decided about a service, from the functions' logs."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from spot_failover.core.errors import AccessDeniedError, ConflictError
from spot_failover.telemetry import Telemetry, make_logger
from tests.doubles.builders import WEB as WEB_KEY
from tests.handlers.aws_account import REGION
from tests.spotctl.central import RESTORE, WEB_NAME, Central
from tests.spotctl.plumbing import Plumbing


def write(central: Central, group: str, *lines: dict[str, str], days_ago: int = 0) -> None:
    logs: Any = boto3.client("logs", region_name=REGION)
    told = central.clock.now() - timedelta(days=days_ago)
    groups = [each["logGroupName"] for each in logs.describe_log_groups()["logGroups"]]
    if group not in groups:
        logs.create_log_group(logGroupName=group)
    stream = f"stream-{days_ago}-{len(lines)}"
    logs.create_log_stream(logGroupName=group, logStreamName=stream)
    stamp = {"timestamp": told.isoformat(), "message": "decision"}
    events = [
        {"timestamp": int(told.timestamp() * 1000), "message": json.dumps({**stamp, **WEB, **line})} for line in lines
    ]
    events.append({"timestamp": events[0]["timestamp"], "message": "START RequestId: 1"})
    logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)


WEB = {"account": "111111111111", "region": "us-east-1", "cluster": "shop", "service": "web"}
FAILURES = "/aws/lambda/placement_failure-handler"
TICKS = f"/aws/lambda/{RESTORE}"


def laid(central: Central) -> None:
    central.clock.time = datetime.now(UTC)  # CloudWatch Logs takes no old events
    Plumbing(central)
    logs = boto3.client("logs", region_name=REGION)
    for kind in ("interruption", "sweep"):
        logs.create_log_group(logGroupName=f"/aws/lambda/{kind}-handler")
    write(central, TICKS, {"action": "restore", "reason": "RESTORE_STARTED", "after": "FARGATE_SPOT weight 1"})
    write(
        central,
        FAILURES,
        {"action": "fail_over", "reason": "FAILED_OVER", "deployment_id": "ecs-svc/2"},
        {"action": "ignore", "reason": "NOT_SHORT"},
        {"action": "fail_over", "reason": "FAILED_OVER", "service": "api"},
        days_ago=2,
    )


def test_what_was_done_oldest_first_and_nobody_else_s(central: Central) -> None:
    laid(central)
    told = central.json("history", WEB_NAME)["decisions"]
    assert [(each["action"], each["reason"]) for each in told] == [
        ("fail_over", "FAILED_OVER"),
        ("restore", "RESTORE_STARTED"),
    ]
    result = central.run("history", WEB_NAME)
    assert result.exit_code == 0, result.output
    assert "fail_over FAILED_OVER: deployment_id ecs-svc/2" in result.stdout


def test_as_far_back_as_is_asked_for(central: Central) -> None:
    laid(central)
    told = central.json("history", WEB_NAME, "--since", "1d")["decisions"]
    assert [each["action"] for each in told] == ["restore"]
    day = (central.clock.now() - timedelta(days=2)).date().isoformat()
    assert len(central.json("history", WEB_NAME, "--since", day)["decisions"]) == 2


def test_what_was_ignored_is_shown_when_asked_for(central: Central) -> None:
    laid(central)
    told = central.json("history", WEB_NAME, "--all")["decisions"]
    assert [each["reason"] for each in told] == ["FAILED_OVER", "NOT_SHORT", "RESTORE_STARTED"]


def fail(central: Central, printed: pytest.CaptureFixture[str], *errors: Exception) -> None:
    """The lines that the restore function writes of attempts that failed."""
    telemetry = Telemetry(make_logger(), "ecs-spot-failover", central.clock.now)
    printed.readouterr()
    for error in errors:
        telemetry.unfinished(error, WEB_KEY)
    lines = [json.loads(line) for line in printed.readouterr().out.splitlines()]
    assert {line["message"] for line in lines} == {"left to a later delivery or tick"}
    write(central, TICKS, *lines)


def test_attempts_that_failed_are_shown_when_asked_for_with_what_to_do(
    central: Central, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Loggers are kept by this name, with the output of whoever made them first.
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "function-of-history")
    laid(central)
    why = "ecs:UpdateService: check that its policy allows it"
    fail(central, capsys, AccessDeniedError(why), AccessDeniedError(why), ConflictError("somebody was faster"))
    told = central.json("history", WEB_NAME, "--all")["decisions"]
    failed = [each for each in told if each["action"] == "retry"]
    assert [(each["reason"], each["note"]) for each in failed] == [
        ("AccessDeniedError", why),
        ("AccessDeniedError", why),
        ("ConflictError", "somebody was faster"),
    ]
    assert [each for each in told if "fix" in each] == failed
    told_people = central.run("history", WEB_NAME, "--all").stdout
    assert f"retry AccessDeniedError: note {why}" in told_people
    fix = "AccessDeniedError\n  It fails until the permission is there that the note names"
    assert told_people.count(fix) == 1
    assert "ConflictError\n  It is tried again by itself" in told_people
    assert "retry" not in central.run("history", WEB_NAME).stdout


def test_lines_that_are_no_attempts_are_never_shown(central: Central) -> None:
    laid(central)
    write(
        central, TICKS, {"message": "something else"}, {"message": "decision", "reason": "POOL_OPEN", "action": "wait"}
    )
    told = central.json("history", WEB_NAME, "--all", "--since", "1d")["decisions"]
    assert sorted(each["reason"] for each in told) == ["POOL_OPEN", "RESTORE_STARTED"]


def test_nothing_was_done(central: Central) -> None:
    laid(central)
    result = central.run("history", "222222222222/eu-west-1/store/web")
    assert result.exit_code == 0
    assert "nothing was done since" in result.stdout
