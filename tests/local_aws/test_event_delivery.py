"""EventBridge within one account: what a queue gets, and when."""

from __future__ import annotations

import json

from tests.local_aws.conftest import CENTRAL, REGION, Aws
from tests.local_aws.event_routes import (
    SOURCE,
    bodies,
    let_rule_send,
    make_queue,
    outcomes,
    put,
    queue_arn,
    rule_to_queue,
)

ORDERS = {"source": [SOURCE]}


def test_the_whole_event_arrives_a_moment_later(aws: Aws) -> None:
    queue = rule_to_queue(aws, ORDERS)
    event_id = put(aws, {"n": 1}, Resources=["arn:aws:ecs:us-east-1:123456789012:service/a/b"])["EventId"]
    assert bodies(aws, queue.url) == []
    aws.advance(1)
    (event,) = bodies(aws, queue.url)
    assert event.pop("time").endswith("Z")
    assert event == {
        "version": "0",
        "id": event_id,
        "detail-type": "Order",
        "source": SOURCE,
        "account": CENTRAL,
        "region": REGION,
        "resources": ["arn:aws:ecs:us-east-1:123456789012:service/a/b"],
        "detail": {"n": 1},
    }


def test_a_sender_may_give_the_time_in_whole_seconds(aws: Aws) -> None:
    queue = rule_to_queue(aws, ORDERS)
    put(aws, Time=1_700_000_000)
    aws.advance(1)
    assert bodies(aws, queue.url)[0]["time"] == "2023-11-14T22:13:20Z"


def test_customers_cannot_put_events_of_aws_services(aws: Aws) -> None:
    queue = rule_to_queue(aws, {"source": ["aws.ecs"]})
    assert put(aws, Source="aws.ecs")["ErrorCode"] == "NotAuthorizedForSourceException"
    aws.advance(1)
    assert bodies(aws, queue.url) == []


def test_each_entry_is_refused_on_its_own(aws: Aws) -> None:
    entries = [
        {"Source": SOURCE, "DetailType": "d", "Detail": "{}"},
        {"Source": SOURCE, "DetailType": "d", "Detail": "{"},
        {"Source": SOURCE, "DetailType": "d", "Detail": "[]"},
        {"Source": SOURCE, "DetailType": "d"},
    ]
    answer = aws.client("events").put_events(Entries=entries)
    assert answer["FailedEntryCount"] == 3
    assert [entry.get("ErrorCode") for entry in answer["Entries"]] == [
        None,
        "MalformedDetail",
        "MalformedDetail",
        "InvalidArgument",
    ]


def test_a_disabled_rule_sends_nothing(aws: Aws) -> None:
    queue = rule_to_queue(aws, ORDERS)
    aws.client("events").disable_rule(Name="orders")
    put(aws)
    aws.advance(1)
    assert bodies(aws, queue.url) == []
    aws.client("events").enable_rule(Name="orders")
    put(aws)
    aws.advance(1)
    assert len(bodies(aws, queue.url)) == 1


def test_a_queue_without_a_policy_for_the_rule_gets_nothing(aws: Aws) -> None:
    queue = rule_to_queue(aws, ORDERS)
    let_rule_send(aws, queue.url, queue.arn, queue.rule_arn.replace("orders", "another"))
    put(aws)
    aws.advance(1)
    assert bodies(aws, queue.url) == []
    assert outcomes(aws) == [("orders", "denied")]


def test_what_cannot_be_delivered_goes_to_the_targets_dead_letter_queue_with_the_reason(aws: Aws) -> None:
    url, arn = make_queue(aws, "dead"), queue_arn("dead")
    queue = rule_to_queue(aws, ORDERS, DeadLetterConfig={"Arn": arn})
    let_rule_send(aws, url, arn, queue.rule_arn)
    aws.client("sqs").delete_queue(QueueUrl=queue.url)
    put(aws, {"n": 7})
    aws.advance(1)
    (message,) = aws.client("sqs").receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    assert json.loads(message["Body"])["detail"] == {"n": 7}
    attributes = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
    assert attributes["ERROR_CODE"] == "NO_RESOURCE"
    assert (attributes["RULE_ARN"], attributes["TARGET_ARN"]) == (queue.rule_arn, queue.arn)
    assert outcomes(aws) == [("orders", "dead_letter")]


def test_a_dead_letter_queue_needs_a_policy_too(aws: Aws) -> None:
    make_queue(aws, "dead")
    queue = rule_to_queue(aws, ORDERS, DeadLetterConfig={"Arn": queue_arn("dead")})
    aws.client("sqs").delete_queue(QueueUrl=queue.url)
    put(aws)
    aws.advance(1)
    assert outcomes(aws) == [("orders", "dropped")]
    assert "nor could its dead-letter queue" in aws.control("deliveries")[0]["reason"]


def test_a_queues_delivery_delay_holds_for_events(aws: Aws) -> None:
    queue = rule_to_queue(aws, ORDERS)
    aws.client("sqs").set_queue_attributes(QueueUrl=queue.url, Attributes={"DelaySeconds": "30"})
    put(aws)
    aws.advance(29)
    assert bodies(aws, queue.url) == []
    aws.advance(2)
    assert len(bodies(aws, queue.url)) == 1


def test_a_service_made_event_reaches_the_default_bus_of_its_account(aws: Aws) -> None:
    queue = rule_to_queue(aws, {"source": ["aws.ecs"]})
    aws.world.emit(
        CENTRAL, REGION, source="aws.ecs", detail_type="ECS Service Action", detail={"a": 1}, resources=["arn:x"]
    )
    aws.advance(1)
    (event,) = bodies(aws, queue.url)
    assert (event["source"], event["account"], event["resources"]) == ("aws.ecs", CENTRAL, ["arn:x"])


def test_input_path_gives_a_part_of_the_event(aws: Aws) -> None:
    queue = rule_to_queue(aws, ORDERS, InputPath="$.detail")
    put(aws, {"n": 1})
    aws.advance(1)
    assert bodies(aws, queue.url) == [{"n": 1}]


def test_input_gives_a_constant(aws: Aws) -> None:
    queue = rule_to_queue(aws, ORDERS, Input='{"always": "this"}')
    put(aws, {"n": 1})
    aws.advance(1)
    assert bodies(aws, queue.url) == [{"always": "this"}]


def test_an_input_transformer_fills_a_template(aws: Aws) -> None:
    transformer = {
        "InputPathsMap": {"type": "$.detail-type", "n": "$.detail.n"},
        "InputTemplate": '{"text": "got <type> by <aws.events.rule-name>", "n": <n>, "type": <type>}',
    }
    queue = rule_to_queue(aws, ORDERS, InputTransformer=transformer)
    put(aws, {"n": 3})
    aws.advance(1)
    assert bodies(aws, queue.url) == [{"text": "got Order by orders", "n": 3, "type": "Order"}]


def test_a_pattern_looks_into_arrays_of_objects(aws: Aws) -> None:
    queue = rule_to_queue(aws, {"detail": {"attachments": {"status": ["DELETED"]}}})
    put(aws, {"attachments": [{"status": "ATTACHED"}, {"status": "DELETED"}]})
    put(aws, {"attachments": [{"status": "ATTACHED"}]})
    aws.advance(1)
    assert len(bodies(aws, queue.url)) == 1


def test_a_pattern_may_have_alternatives(aws: Aws) -> None:
    either = [
        {"stopCode": ["SpotInterruption", "TerminationNotice"]},
        {"stoppedReason": ["Your Spot Task was interrupted."]},
    ]
    queue = rule_to_queue(aws, {"source": [SOURCE], "detail": {"$or": either}})
    put(aws, {"stopCode": "TerminationNotice"})
    put(aws, {"stoppedReason": "Your Spot Task was interrupted."})
    put(aws, {"stopCode": "UserInitiated", "stoppedReason": "bye"})
    aws.advance(1)
    assert len(bodies(aws, queue.url)) == 2


def test_an_archived_event_is_replayed_with_the_name_of_the_replay(aws: Aws) -> None:
    queue, events = rule_to_queue(aws, ORDERS), aws.client("events")
    bus = f"arn:aws:events:{REGION}:{CENTRAL}:event-bus/default"
    archive = events.create_archive(ArchiveName="kept", EventSourceArn=bus)["ArchiveArn"]
    put(aws, {"n": 1})
    aws.advance(1)
    assert len(bodies(aws, queue.url)) == 1
    events.start_replay(
        ReplayName="again",
        EventSourceArn=archive,
        EventStartTime=aws.world.clock.now() - 60,
        EventEndTime=aws.world.clock.now(),
        Destination={"Arn": bus},
    )
    aws.advance(1)
    (event,) = bodies(aws, queue.url)
    assert (event["replay-name"], event["detail"], event["account"]) == ("again", {"n": 1}, CENTRAL)
