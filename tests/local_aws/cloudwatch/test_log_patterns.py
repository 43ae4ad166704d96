"""Filter patterns, by the examples of the CloudWatch Logs user guide's "Filter pattern syntax"."""

from __future__ import annotations

import json

import pytest

from local_aws.cloudwatch.log_patterns import parse
from tests.local_aws.conftest import Aws

EVENT = json.dumps(
    {
        "eventType": "UpdateTrail",
        "sourceIPAddress": "111.111.111.111",
        "arrayKey": ["value"],
        "objectList": [{"name": "a"}],
        "SomeObject": None,
        "ThisFlag": True,
        "latency": 10,
        "error": {"code": 403},
    }
)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ('{ $.eventType = "UpdateTrail" }', True),
        ("{ $.eventType = UpdateTrail }", True),
        ('{ $.eventType = "updatetrail" }', False),
        ('{ $.eventType = "Update*" }', True),
        ("{ $.sourceIPAddress != 123.123.* }", True),
        ("{ $.sourceIPAddress = 111.* }", True),
        ("{ $.latency > 9 }", True),
        ("{ $.latency >= 10.5 }", False),
        ("{ $.latency = 10 }", True),
        ("{ $.error.code = 403 }", True),
        ("{ $.SomeObject IS NULL }", True),
        ("{ $.SomeOtherObject NOT EXISTS }", True),
        ("{ $.SomeObject NOT EXISTS }", False),
        ("{ $.latency EXISTS }", True),
        ("{ $.ThisFlag IS TRUE }", True),
        ("{ $.ThisFlag IS FALSE }", False),
        ('{ $.nothing != "x" }', False),
        ('{ ($.latency = 1 || $.latency = 10) && $.eventType = "UpdateTrail" }', True),
        ('{ $.latency = 10 || $.latency = 1 && $.eventType = "none" }', True),
        ('{ $.latency = 1 && $.eventType = "UpdateTrail" }', False),
        ("UpdateTrail", True),
        ("UpdateTrail 403", True),
        ("UpdateTrail 404", False),
        ('"UpdateTrail 403"', False),
        ("?404 ?403", True),
        ("?404 ?405", False),
        ("UpdateTrail -403", False),
        ("", True),
    ],
)
def test_patterns(pattern: str, expected: bool) -> None:
    assert parse(pattern)(EVENT) is expected


def test_what_is_not_json_matches_no_pattern_of_json() -> None:
    assert not parse('{ $.level = "ERROR" }')('[ERROR] level "ERROR"')


@pytest.mark.parametrize("wrong", ["{ $.a = 1", "{ $.a }", "{ a = 1 }", "{ ($.a = 1 }", "{ $.a = 1 $.b = 2 }"])
def test_what_is_no_pattern_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="filter pattern"):
        parse(wrong)


@pytest.mark.parametrize("unlike", ["[ip, user]", "{ $.a = %regex% }"])
def test_what_is_not_modelled_is_said(unlike: str) -> None:
    with pytest.raises(NotImplementedError, match="nothing here"):
        parse(unlike)


def test_filter_log_events_goes_by_it(aws: Aws) -> None:
    logs = aws.client("logs")
    logs.create_log_group(logGroupName="group")
    logs.create_log_stream(logGroupName="group", logStreamName="stream")
    now = int(aws.world.clock.now() * 1000)
    lines = [json.dumps({"level": level}) for level in ("INFO", "ERROR")]
    logs.put_log_events(
        logGroupName="group", logStreamName="stream", logEvents=[{"timestamp": now, "message": line} for line in lines]
    )
    found = logs.filter_log_events(logGroupName="group", filterPattern='{ $.level = "ERROR" }')["events"]
    assert [event["message"] for event in found] == lines[1:]


def test_quotas_that_people_look_at(aws: Aws) -> None:
    assert aws.client("lambda").get_account_settings()["AccountLimit"]["ConcurrentExecutions"] == 1000
    quota = aws.client("service-quotas").get_service_quota(ServiceCode="fargate", QuotaCode="L-3032A538")["Quota"]
    assert quota["QuotaName"] == "Fargate On-Demand vCPU resource count"
