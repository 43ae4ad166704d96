"""What functions write."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.local_aws.lambda_service.conftest import ECHO, LOGS, Lab

pytestmark = pytest.mark.slow

GROUP = "/aws/lambda/function"


def streams(lab: Lab, group: str = GROUP) -> list[str]:
    found = lab.client("logs").describe_log_streams(logGroupName=group)["logStreams"]
    return [str(stream["logStreamName"]) for stream in found]


def test_lines_stand_between_start_and_report(lab: Lab) -> None:
    lab.deploy(
        "import logging, sys\n"
        "def handler(event, context):\n"
        "    print('to stdout')\n"
        "    print('to stderr', file=sys.stderr)\n"
        "    logging.getLogger().warning('logged')\n"
        "    print('no newline', end='')\n"
    )
    lab.call()
    request_id = lab.invocations()[0]["request_id"]
    start, stdout, stderr, logged, rest, end, report = lab.log()
    assert start == f"START RequestId: {request_id} Version: $LATEST"
    assert (stdout, stderr, rest) == ("to stdout", "to stderr", "no newline")
    assert re.fullmatch(rf"\[WARNING\]\t[0-9T:.-]+Z\t{request_id}\tlogged", logged)
    assert end == f"END RequestId: {request_id}"
    assert re.match(
        rf"REPORT RequestId: {request_id}\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\t", report
    )
    assert "Init Duration" in report


def test_events_carry_virtual_time(lab: Lab) -> None:
    lab.deploy("def handler(event, context):\n    print('hello')\n")
    lab.aws.advance(86_400)
    now = lab.aws.world.clock.now()
    lab.call()
    events = lab.client("logs").filter_log_events(logGroupName=GROUP)["events"]
    assert all(now <= event["timestamp"] / 1000 + 0.001 <= now + 60 for event in events)


def test_each_sandbox_has_a_stream(lab: Lab) -> None:
    lab.deploy(ECHO)
    lab.call()
    lab.call()
    (stream,) = streams(lab)
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", stream)
    lab.functions.update_function_configuration(FunctionName="function", Timeout=4)
    lab.call()
    assert len(streams(lab)) == 2


def test_an_error_is_one_event_with_its_trace(lab: Lab) -> None:
    lab.deploy("def handler(event, context):\n    raise ValueError('no')\n")
    lab.call()
    (error,) = [line for line in lab.log() if line.startswith("[ERROR]")]
    assert error.startswith("[ERROR] ValueError: no\nTraceback (most recent call last):\n")
    assert "raise ValueError" in error


def test_a_timeout_is_told(lab: Lab) -> None:
    lab.deploy("import time\ndef handler(event, context):\n    print('begun')\n    time.sleep(9)\n", Timeout=1)
    lab.call()
    request_id = lab.invocations()[0]["request_id"]
    assert "begun" in lab.log()
    assert any(line.endswith(f"{request_id} Task timed out after 1.00 seconds") for line in lab.log())


def test_without_permission_the_output_is_lost(lab: Lab) -> None:
    lab.deploy("def handler(event, context):\n    print('hello')\n    return 1\n", Role=lab.role("mute", []))
    assert lab.call() == 1
    assert streams(lab) == []


@pytest.mark.parametrize(("allowed", "expected"), [(["logs:CreateLogGroup"], True), ([], False)])
def test_a_missing_group_is_made_if_the_role_may(lab: Lab, allowed: list[str], expected: bool) -> None:
    statement = {**LOGS, "Action": [*LOGS["Action"], *allowed]}
    lab.deploy(ECHO, Role=lab.role("writer", [statement]))
    lab.client("logs").delete_log_group(logGroupName=GROUP)
    lab.call()
    groups = lab.client("logs").describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"]
    assert bool(groups) is expected


def test_a_group_of_the_functions_own_choice(lab: Lab) -> None:
    lab.client("logs").create_log_group(logGroupName="shared")
    lab.deploy(ECHO, LoggingConfig={"LogGroup": "shared", "LogFormat": "Text"})
    lab.call()
    (stream,) = streams(lab, "shared")
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/function\[\$LATEST\][0-9a-f]{32}", stream)
    assert streams(lab) == []


def test_json_format(lab: Lab) -> None:
    lab.deploy(
        "import logging\ndef handler(event, context):\n    logging.getLogger().warning('careful')\n",
        LoggingConfig={"LogFormat": "JSON"},
    )
    lab.call()
    start, line, report = (json.loads(text) for text in lab.log())
    assert (start["type"], report["type"]) == ("platform.start", "platform.report")
    assert (line["level"], line["message"]) == ("WARNING", "careful")
    assert report["record"]["status"] == "success"


def test_settings_come_back_as_they_were_given(lab: Lab) -> None:
    _, dead_arn = lab.queue("dead")
    settings: dict[str, Any] = {
        "LoggingConfig": {
            "LogFormat": "JSON",
            "LogGroup": "shared",
            "ApplicationLogLevel": "WARN",
            "SystemLogLevel": "INFO",
        },
        "DeadLetterConfig": {"TargetArn": dead_arn},
        "TracingConfig": {"Mode": "Active"},
        "EphemeralStorage": {"Size": 1024},
    }
    lab.deploy(ECHO, **settings)
    assert _told(lab, settings) == settings
    changed = {
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": GROUP},
        "TracingConfig": {"Mode": "PassThrough"},
        "EphemeralStorage": {"Size": 512},
    }
    lab.functions.update_function_configuration(FunctionName="function", DeadLetterConfig={"TargetArn": ""}, **changed)
    assert _told(lab, settings) == {**changed, "DeadLetterConfig": None}


def _told(lab: Lab, settings: dict[str, Any]) -> dict[str, Any]:
    told = lab.functions.get_function_configuration(FunctionName="function")
    return {name: told.get(name) for name in settings}
