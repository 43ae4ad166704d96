"""What becomes a metric: log events in the embedded metric format, and what AWS's services publish of themselves."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local_aws.cloudwatch.emf import metrics_of
from tests.local_aws.conftest import CENTRAL, OTHER_WORKLOAD, REGION, WORKLOAD, Aws
from tests.local_aws.event_routes import make_queue, put, queue_arn, rule_to_queue
from tests.local_aws.lambda_service.conftest import Lab, lab

__all__ = ["lab"]
MINUTE = 60
DOCUMENT: dict[str, Any] = {
    "_aws": {
        "Timestamp": 1_772_323_200_000,
        "CloudWatchMetrics": [
            {"Namespace": "Shop", "Dimensions": [["service"], ["service", "size"]], "Metrics": [{"Name": "Sold"}]}
        ],
    },
    "service": "web",
    "size": 3,
    "Sold": [1, 2.5],
}


def measured(
    aws: Aws, namespace: str, metric: str, stat: str, account: str = CENTRAL, **dimensions: str
) -> list[float]:
    """The statistic of each minute of the last hour in which there is any, in order."""
    now = datetime.fromtimestamp(aws.world.clock.now(), UTC)
    points = aws.client("cloudwatch", account).get_metric_statistics(
        Namespace=namespace,
        MetricName=metric,
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(minutes=1),
        Period=MINUTE,
        Statistics=[stat],
    )["Datapoints"]
    return [float(point[stat]) for point in sorted(points, key=lambda point: point["Timestamp"])]


def test_a_document_makes_a_point_of_each_value_for_each_set_of_dimensions() -> None:
    """CloudWatch user guide, "Specification: Embedded metric format"."""
    found = list(metrics_of(CENTRAL, REGION, json.dumps(DOCUMENT)))
    assert [(dict(series.dimensions), point.total) for series, point in found] == [
        ({"service": "web"}, 1.0),
        ({"service": "web"}, 2.5),
        ({"service": "web", "size": "3"}, 1.0),
        ({"service": "web", "size": "3"}, 2.5),
    ]
    assert {(series.namespace, series.name, point.time) for series, point in found} == {
        ("Shop", "Sold", 1_772_323_200.0)
    }


@pytest.mark.parametrize(
    "wrong",
    ["no JSON", {**DOCUMENT, "Sold": True}, {**DOCUMENT, "Sold": [1] * 101}, {"_aws": {"CloudWatchMetrics": [{}]}}],
)
def test_what_breaks_the_format_makes_no_metric(wrong: Any) -> None:
    assert list(metrics_of(CENTRAL, REGION, wrong if isinstance(wrong, str) else json.dumps(wrong))) == []


@pytest.mark.slow
def test_what_a_function_prints_is_measured_in_its_own_account(lab: Lab) -> None:
    lab.deploy(
        "import json, time\n"
        "def handler(event, context):\n"
        "    directive = {'Namespace': 'Shop', 'Dimensions': [['service']], 'Metrics': [{'Name': 'Sold'}]}\n"
        "    meta = {'Timestamp': int(time.time() * 1000), 'CloudWatchMetrics': [directive]}\n"
        "    print(json.dumps({'_aws': meta, 'service': 'web', 'Sold': event}))\n"
    )
    lab.call(event=4)
    lab.call(event=3)
    assert sum(measured(lab.aws, "Shop", "Sold", "Sum", service="web")) == 7.0
    assert measured(lab.aws, "Shop", "Sold", "Sum", OTHER_WORKLOAD, service="web") == []
    (metric,) = lab.aws.client("cloudwatch").list_metrics(Namespace="Shop")["Metrics"][:1]
    assert (metric["MetricName"], metric["Dimensions"]) == ("Sold", [{"Name": "service", "Value": "web"}])


@pytest.mark.slow
def test_a_function_counts_its_invocations_errors_and_throttles(lab: Lab) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html."""
    lab.deploy("def handler(event, context):\n    return 1 / event\n")
    lab.call(event=1)
    lab.call(event=0)
    lab.functions.put_function_concurrency(FunctionName="function", ReservedConcurrentExecutions=0)
    with pytest.raises(lab.functions.exceptions.TooManyRequestsException):
        lab.call(event=1)

    def total(metric: str) -> float:
        return sum(measured(lab.aws, "AWS/Lambda", metric, "Sum", FunctionName="function"))

    assert (total("Invocations"), total("Errors"), total("Throttles")) == (2.0, 1.0, 1.0)
    assert total("Duration") > 0


def watch_queues(aws: Aws) -> None:
    """Queues are sampled from the first alarm on."""
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName="any", Namespace="Shop", MetricName="Any", Statistic="Sum", Period=MINUTE, EvaluationPeriods=1,
        Threshold=0.0, ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip


def test_a_queue_tells_how_much_waits_and_for_how_long(aws: Aws) -> None:
    """SQS developer guide, "Available CloudWatch metrics for Amazon SQS"."""
    watch_queues(aws)
    url, sqs = make_queue(aws, "orders", VisibilityTimeout="600"), aws.client("sqs")
    sqs.send_message(QueueUrl=url, MessageBody="one")
    aws.advance(3 * MINUTE)
    assert measured(aws, "AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", QueueName="orders") == [1.0] * 3
    ages = measured(aws, "AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum", QueueName="orders")
    assert 2 * MINUTE <= ages[-1] <= 3 * MINUTE
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    aws.advance(MINUTE)
    assert measured(aws, "AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", QueueName="orders")[-1] == 0.0
    assert measured(aws, "AWS/SQS", "ApproximateNumberOfMessagesNotVisible", "Maximum", QueueName="orders")[-1] == 1.0
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    aws.advance(MINUTE)
    assert measured(aws, "AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum", QueueName="orders")[-1] == 0.0


def test_a_message_that_fails_again_and_again_does_not_count_for_the_age(aws: Aws) -> None:
    """The same page: after three receives the metric points at the next message, redrive policy or not."""
    watch_queues(aws)
    url, sqs = make_queue(aws, "orders", VisibilityTimeout="0"), aws.client("sqs")
    sqs.send_message(QueueUrl=url, MessageBody="poison")
    aws.advance(2 * MINUTE)
    for _ in range(4):
        aws.advance(1)
        assert sqs.receive_message(QueueUrl=url)["Messages"]
    aws.advance(MINUTE)
    assert measured(aws, "AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum", QueueName="orders")[-1] == 0.0


def test_a_queue_that_has_held_nothing_for_six_hours_tells_nothing(aws: Aws) -> None:
    """The same guide, "Monitoring queues using CloudWatch"."""
    watch_queues(aws)
    url = make_queue(aws, "orders")
    make_queue(aws, "never-used")
    aws.client("sqs").send_message(QueueUrl=url, MessageBody="one")
    aws.advance(MINUTE)
    aws.client("sqs").purge_queue(QueueUrl=url)
    aws.advance(6.5 * 3600)
    assert 20 <= len(measured(aws, "AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", QueueName="orders")) < 40
    aws.advance(3600)
    for name in ("orders", "never-used"):
        assert measured(aws, "AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", QueueName=name) == []


@pytest.mark.parametrize("bus", ["default", "shop"])
def test_a_rule_counts_what_its_target_got_and_what_not(aws: Aws, bus: str) -> None:
    """https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html, dimensions included."""
    dimensions = {"RuleName": "orders"} | ({} if bus == "default" else {"EventBusName": bus})
    queue = rule_to_queue(aws, {"source": ["test.orders"]}, bus=bus)
    put(aws, EventBusName=bus)
    aws.advance(1)
    assert measured(aws, "AWS/Events", "Invocations", "Sum", **dimensions) == [1.0]
    assert measured(aws, "AWS/Events", "FailedInvocations", "Sum", **dimensions) == []
    aws.client("sqs").delete_queue(QueueUrl=queue.url)
    put(aws, EventBusName=bus)
    aws.advance(1)
    assert sum(measured(aws, "AWS/Events", "FailedInvocations", "Sum", **dimensions)) == 1.0
    assert measured(aws, "AWS/Events", "InvocationsSentToDlq", "Sum", **dimensions) == []


def test_an_event_that_a_dead_letter_queue_took_is_a_failed_invocation_too(aws: Aws) -> None:
    letters: dict[str, Any] = {"DeadLetterConfig": {"Arn": queue_arn("letters")}}
    queue = rule_to_queue(aws, {"source": ["test.orders"]}, **letters)
    everybody = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": queue_arn("letters")}
    make_queue(aws, "letters", Policy=json.dumps({"Version": "2012-10-17", "Statement": [everybody]}))
    aws.client("sqs").delete_queue(QueueUrl=queue.url)
    put(aws)
    aws.advance(1)
    for metric in ("FailedInvocations", "InvocationsSentToDlq"):
        assert measured(aws, "AWS/Events", metric, "Sum", RuleName="orders") == [1.0], metric
    assert measured(aws, "AWS/Events", "FailedInvocations", "Sum", WORKLOAD, RuleName="orders") == []
