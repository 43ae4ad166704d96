"""What is told beyond the logs, as it arrives: audit events by a rule on the bus, messages by a subscription."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.doubles.audit import check_audit_event
from tests.scenarios.organization import CENTRAL, ORDERS, REGION, SPOT, Organization

pytestmark = pytest.mark.slow

BUS = "ecs-spot-failover"
TOPIC = f"arn:aws:sns:{REGION}:{CENTRAL}:ecs-spot-failover-notifications"
TICK, STEP = 300, 20
NAMES = ("audit-log", "people")
FALLBACK = [
    {"capacityProvider": "FARGATE_SPOT", "weight": 0, "base": 0},
    {"capacityProvider": "FARGATE", "weight": 10, "base": 0},
]


@dataclass(frozen=True)
class Listener:
    """Queues of a user's: one behind a rule for audit events, one subscribed to the topic."""

    organization: Organization

    def audit_events(self, cluster: str) -> list[dict[str, Any]]:
        events = [json.loads(text) for text in self._take("audit-log")]
        return [event for event in events if event["detail"].get("cluster") == cluster]

    def messages(self, text: str) -> list[str]:
        return [message for message in self._take("people") if text in message]

    def wait_for(self, text: str) -> str:
        """The first message about something, which comes at the next restore tick."""
        for _ in range(2 * TICK // STEP):
            self.organization.aws.advance(STEP)
            if found := self.messages(text):
                return found[0]
        raise AssertionError(f"nobody was told of {text}")

    def _take(self, name: str) -> list[str]:
        sqs = self.organization.client("sqs")
        url, texts = sqs.get_queue_url(QueueName=name)["QueueUrl"], []
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=0).get("Messages"):
            for message in messages:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            texts += [message["Body"] for message in messages]
        return texts


@pytest.fixture
def listener(organization: Organization) -> Iterator[Listener]:
    sqs, events, sns = (organization.client(service) for service in ("sqs", "events", "sns"))
    arns = {name: f"arn:aws:sqs:{REGION}:{CENTRAL}:{name}" for name in NAMES}
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": ["events.amazonaws.com", "sns.amazonaws.com"]},
        "Action": "sqs:SendMessage",
        "Resource": "*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    urls = [sqs.create_queue(QueueName=name, Attributes={"Policy": policy})["QueueUrl"] for name in NAMES]
    pattern = {"source": ["ecs.spot-failover"], "detail-type": ["Spot Failover Decision"]}
    events.put_rule(Name="audit-log", EventBusName=BUS, EventPattern=json.dumps(pattern))
    events.put_targets(Rule="audit-log", EventBusName=BUS, Targets=[{"Id": "queue", "Arn": arns["audit-log"]}])
    raw = {"RawMessageDelivery": "true"}
    subscription = sns.subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint=arns["people"], Attributes=raw)
    yield Listener(organization)
    organization.aws.set_spot_capacity(ORDERS, REGION, None)
    sns.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])
    events.remove_targets(Rule="audit-log", EventBusName=BUS, Ids=["queue"])
    events.delete_rule(Name="audit-log", EventBusName=BUS)
    for url in urls:
        sqs.delete_queue(QueueUrl=url)


def test_a_shortage_is_told_from_its_beginning_to_its_end(organization: Organization, listener: Listener) -> None:
    aws = organization.aws
    organization.service("told")
    aws.set_spot_capacity(ORDERS, REGION, 0)
    opened = listener.wait_for(ORDERS)
    assert organization.strategy("told") == FALLBACK

    [failover, *_] = listener.audit_events("told")
    check_audit_event(failover["detail"])
    assert (failover["account"], failover["detail"]["account"]) == (CENTRAL, ORDERS)
    assert (failover["detail"]["action"], failover["detail"]["before"]) == ("fail_over", SPOT)
    assert failover["detail"]["after"] == FALLBACK
    assert failover["resources"] == [f"arn:aws:ecs:{REGION}:{ORDERS}:service/told/web"]
    assert "told/web since" in opened
    assert "moved to on-demand capacity: Spot (FARGATE_SPOT) lacks" in opened

    aws.set_spot_capacity(ORDERS, REGION, None)
    aws.advance(12 * TICK)
    assert organization.strategy("told") == SPOT
    later = [event["detail"] for event in listener.audit_events("told")]
    for detail in later:
        check_audit_event(detail)
    assert ("restore", "RESTORE_STARTED") in {(detail["action"], detail["reason"]) for detail in later}
    assert ("close", "RESTORED") in {(detail["action"], detail["reason"]) for detail in later}
    assert all(detail["record_version"] > failover["detail"]["record_version"] for detail in later)
    [over] = listener.messages(ORDERS)
    assert over.startswith(f"No service of account {ORDERS}, Region {REGION} (FARGATE_SPOT) is on on-demand")


def test_no_other_account_can_make_up_an_audit_event(organization: Organization, listener: Listener) -> None:
    entry = {
        "EventBusName": f"arn:aws:events:{REGION}:{CENTRAL}:event-bus/{BUS}",
        "Source": "ecs.spot-failover",
        "DetailType": "Spot Failover Decision",
        "Detail": json.dumps({"cluster": "made-up"}),
    }
    events = organization.client("events", ORDERS)
    with pytest.raises(events.exceptions.ClientError, match="AccessDenied"):
        events.put_events(Entries=[entry])
    assert listener.audit_events("made-up") == []
