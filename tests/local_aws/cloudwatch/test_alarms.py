"""Alarms as their user sees them: states over time, and what they tell."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from tests.local_aws.conftest import CENTRAL, REGION, Aws
from tests.local_aws.event_routes import make_queue, policy, queue_arn

MODEL: Any = botocore.session.get_session().get_service_model("cloudwatch")
MINUTE = 60


def put_alarm(aws: Aws, name: str = "errors", **settings: Any) -> None:
    given: dict[str, Any] = {
        "Namespace": "Shop",
        "MetricName": "Errors",
        "Dimensions": [{"Name": "service", "Value": "web"}],
        "Statistic": "Sum",
        "Period": MINUTE,
        "EvaluationPeriods": 1,
        "Threshold": 0.0,
        "ComparisonOperator": "GreaterThanThreshold",
        **settings,
    }
    if "Metrics" in given:
        for name_of in ("Namespace", "MetricName", "Dimensions", "Statistic", "Period"):
            del given[name_of]
    chosen = {key: value for key, value in given.items() if value is not None}
    aws.client("cloudwatch").put_metric_alarm(AlarmName=name, **chosen)


def put_data(aws: Aws, value: float, metric: str = "Errors") -> None:
    data = {"MetricName": metric, "Dimensions": [{"Name": "service", "Value": "web"}], "Value": value}
    aws.client("cloudwatch").put_metric_data(Namespace="Shop", MetricData=[data])


def described(aws: Aws, name: str = "errors") -> dict[str, Any]:
    found: list[dict[str, Any]] = aws.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return found[0]


def state(aws: Aws, name: str = "errors") -> str:
    return str(described(aws, name)["StateValue"])


class Topic:
    """A topic, and a queue that is subscribed to it."""

    def __init__(self, aws: Aws, name: str = "on-call", key: str | None = None) -> None:
        self._aws = aws
        attributes = {} if key is None else {"KmsMasterKeyId": key}
        sns = aws.client("sns")
        self.arn = sns.create_topic(Name=name, Attributes=attributes)["TopicArn"]
        self._url = make_queue(aws, name)
        sns.subscribe(TopicArn=self.arn, Protocol="sqs", Endpoint=queue_arn(name))

    def told(self) -> list[dict[str, Any]]:
        messages = (
            self._aws.client("sqs").receive_message(QueueUrl=self._url, MaxNumberOfMessages=10).get("Messages", [])
        )
        for message in messages:
            self._aws.client("sqs").delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(json.loads(message["Body"])["Message"]) for message in messages]


def test_a_new_alarm_has_insufficient_data_until_it_is_evaluated(aws: Aws) -> None:
    """ "The alarm state is immediately set to INSUFFICIENT_DATA [...] then evaluated" (PutMetricAlarm)."""
    put_alarm(aws, TreatMissingData="notBreaching")
    assert state(aws) == "INSUFFICIENT_DATA"
    aws.advance(MINUTE)
    assert state(aws) == "OK"


def test_it_goes_off_within_a_minute_and_ends_when_the_metric_has_been_good_or_silent(aws: Aws) -> None:
    put_alarm(aws, TreatMissingData="notBreaching")
    put_data(aws, 1)
    aws.advance(MINUTE)
    assert state(aws) == "ALARM"
    put_data(aws, 0)
    aws.advance(MINUTE)
    assert state(aws) == "OK"
    put_data(aws, 1)
    aws.advance(3 * MINUTE)
    assert state(aws) == "ALARM"  # the last real data, still in the evaluation range
    aws.advance(MINUTE)
    assert state(aws) == "OK"


def test_periods_end_now_and_not_on_the_hour(aws: Aws) -> None:
    """ "At the end of minute 6, the alarm is evaluated based on the data from minutes 2 to 6" (Alarm evaluation)."""
    put_alarm(aws, Period=5 * MINUTE, Threshold=2.0, TreatMissingData="notBreaching")
    for _ in range(3):
        put_data(aws, 1)
        aws.advance(MINUTE)
    assert state(aws) == "ALARM"


@pytest.mark.parametrize(
    ("missing", "expected"), [("breaching", "ALARM"), ("ignore", "INSUFFICIENT_DATA"), (None, "INSUFFICIENT_DATA")]
)
def test_a_metric_that_never_came(aws: Aws, missing: str | None, expected: str) -> None:
    put_alarm(aws, **({} if missing is None else {"TreatMissingData": missing}))
    aws.advance(2 * MINUTE)
    assert state(aws) == expected


def test_dimensions_belong_to_the_metric(aws: Aws) -> None:
    put_alarm(aws, "other", Dimensions=[], TreatMissingData="notBreaching")
    put_alarm(aws, "elsewhere", Dimensions=[{"Name": "service", "Value": "api"}], TreatMissingData="notBreaching")
    put_data(aws, 1)
    aws.advance(MINUTE)
    assert (state(aws, "other"), state(aws, "elsewhere")) == ("OK", "OK")


def test_metric_math(aws: Aws) -> None:
    def query(name: str) -> dict[str, Any]:
        metric = {"Namespace": "Shop", "MetricName": name, "Dimensions": [{"Name": "service", "Value": "web"}]}
        return {
            "Id": name.lower(),
            "MetricStat": {"Metric": metric, "Period": MINUTE, "Stat": "Sum"},
            "ReturnData": False,
        }

    share = {"Id": "share", "Expression": "FILL(errors, 0) / requests", "ReturnData": True}
    put_alarm(aws, Metrics=[share, query("Errors"), query("Requests")], Threshold=0.1)
    put_data(aws, 100, "Requests")
    aws.advance(MINUTE)
    assert state(aws) == "OK"
    put_data(aws, 100, "Requests")
    put_data(aws, 20, "Errors")
    aws.advance(MINUTE)
    assert state(aws) == "ALARM"


def test_a_change_of_state_is_told_once(aws: Aws) -> None:
    topic = Topic(aws)
    put_alarm(aws, AlarmActions=[topic.arn], OKActions=[topic.arn], TreatMissingData="notBreaching")
    aws.advance(MINUTE)
    (first,) = topic.told()
    assert (first["OldStateValue"], first["NewStateValue"]) == ("INSUFFICIENT_DATA", "OK")
    put_data(aws, 1)
    aws.advance(2 * MINUTE)
    (off,) = topic.told()
    assert (off["AlarmName"], off["AWSAccountId"], off["Region"]) == ("errors", CENTRAL, REGION)
    assert (off["OldStateValue"], off["NewStateValue"]) == ("OK", "ALARM")
    aws.advance(10 * MINUTE)
    (over,) = topic.told()
    assert (over["OldStateValue"], over["NewStateValue"]) == ("ALARM", "OK")
    assert [(one["before"], one["after"]) for one in aws.control("alarm-changes")] == [
        ("INSUFFICIENT_DATA", "OK"), ("OK", "ALARM"), ("ALARM", "OK"),
    ]  # fmt: skip


def test_an_event_tells_of_it_as_well(aws: Aws) -> None:
    events = aws.client("events")
    events.put_rule(Name="alarms", EventPattern=json.dumps({"source": ["aws.cloudwatch"]}))
    make_queue(aws, "alarms", Policy=policy(allow_everybody("alarms")))
    events.put_targets(Rule="alarms", Targets=[{"Id": "queue", "Arn": queue_arn("alarms")}])
    put_alarm(aws, TreatMissingData="breaching")
    aws.advance(2 * MINUTE)
    (delivery,) = aws.control("deliveries")
    assert (delivery["detail_type"], delivery["outcome"]) == ("CloudWatch Alarm State Change", "delivered")


def allow_everybody(queue: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": queue_arn(queue)}


@pytest.fixture
def reasons(aws: Aws) -> Callable[[], list[str]]:
    """What became of the actions of the last change."""
    return lambda: list(aws.control("alarm-changes")[-1]["told"].values())


def test_the_topics_policy_must_let_cloudwatch_in(aws: Aws, reasons: Callable[[], list[str]]) -> None:
    topic = Topic(aws)
    let_events = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sns:Publish"}
    sns = aws.client("sns")
    sns.set_topic_attributes(
        TopicArn=topic.arn, AttributeName="Policy", AttributeValue=policy({**let_events, "Resource": topic.arn})
    )
    put_alarm(aws, AlarmActions=[topic.arn], TreatMissingData="breaching")
    aws.advance(MINUTE)
    assert topic.told() == []
    assert "does not let cloudwatch.amazonaws.com sns:Publish" in reasons()[0]


def test_the_key_that_aws_manages_is_of_no_use_to_it(aws: Aws, reasons: Callable[[], list[str]]) -> None:
    topic = Topic(aws, key="alias/aws/sns")
    put_alarm(aws, AlarmActions=[topic.arn], TreatMissingData="breaching")
    aws.advance(MINUTE)
    assert topic.told() == []
    assert "a key that CloudWatch cannot use" in reasons()[0]


def test_an_alarm_that_is_put_again_keeps_its_state(aws: Aws) -> None:
    put_alarm(aws, TreatMissingData="breaching")
    aws.advance(MINUTE)
    put_alarm(aws, TreatMissingData="breaching", AlarmDescription="new words")
    assert state(aws) == "ALARM"


def test_actions_that_are_switched_off_are_not_carried_out(aws: Aws, reasons: Callable[[], list[str]]) -> None:
    topic = Topic(aws)
    put_alarm(aws, AlarmActions=[topic.arn], ActionsEnabled=False, TreatMissingData="breaching")
    aws.advance(MINUTE)
    assert (state(aws), topic.told(), reasons()) == ("ALARM", [], [])


def test_set_alarm_state_acts_and_lasts_until_the_next_look(aws: Aws) -> None:
    topic = Topic(aws)
    put_alarm(aws, AlarmActions=[topic.arn], TreatMissingData="notBreaching")
    aws.advance(MINUTE)
    aws.client("cloudwatch").set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="a drill")
    (told,) = topic.told()
    assert (told["NewStateValue"], told["NewStateReason"]) == ("ALARM", "a drill")
    aws.advance(MINUTE)
    assert state(aws) == "OK"


def test_what_can_not_be_evaluated_is_refused(aws: Aws) -> None:
    unlike: tuple[dict[str, Any], ...] = (
        {"Statistic": None, "ExtendedStatistic": "p99"},
        {"Period": 86400, "EvaluationPeriods": 2},
    )
    for wrong in unlike:
        with pytest.raises(ClientError, match="local_aws cannot answer"):
            put_alarm(aws, **wrong)
    assert aws.client("cloudwatch").describe_alarms()["MetricAlarms"] == []


def test_a_described_alarm_is_one_of_the_model(aws: Aws) -> None:
    put_alarm(aws, TreatMissingData="breaching")
    aws.advance(MINUTE)
    found = described(aws)
    shape = MODEL.shape_for("MetricAlarm")
    assert set(found) <= set(shape.members)
    assert ParamValidator().validate(found, shape).generate_report() == ""
    assert found["StateValue"] in MODEL.shape_for("StateValue").enum
    assert json.loads(found["StateReasonData"])["threshold"] == 0.0
    assert set(MODEL.shape_for("ComparisonOperator").enum) >= {
        "GreaterThanThreshold", "GreaterThanOrEqualToThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold",
    }  # fmt: skip
