"""What an installation tells others: people over its topic, and whoever listens to its bus, all in one queue."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.scenarios.organization import CENTRAL, REGION

NAME = "faults-mailbox"
_RULE = "faults-audit"
_PATTERN = {"source": ["ecs.spot-failover"], "detail-type": ["Spot Failover Decision"]}
_STAGES = (("Spot failover over:", "over"), ("Spot failover: now ", "grown"), ("Spot failover: ", "opened"))
"""How the subjects of the messages about an incident begin."""
_ALERT = re.compile(r"^Spot failover, (\w+):")
_REASONED = frozenset({"alert", "close", "hold"})
"""Actions whose reason is the same whoever gets to it first."""


@dataclass
class Mailbox:
    """A queue that is subscribed to the topic, and gets every audit event."""

    client: Callable[[str], Any]
    """Makes a client of the central account."""
    bus: str
    topic: str
    _read: list[str] = field(default_factory=list)

    def open(self) -> None:
        """Make it, where the product itself has nothing to do with it."""
        arn = f"arn:aws:sqs:{REGION}:{CENTRAL}:{NAME}"
        services = {"Service": ["events.amazonaws.com", "sns.amazonaws.com"]}
        allow = {"Effect": "Allow", "Principal": services, "Action": "sqs:SendMessage", "Resource": arn}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        self.client("sqs").create_queue(QueueName=NAME, Attributes={"Policy": policy})
        events = self.client("events")
        events.put_rule(Name=_RULE, EventBusName=self.bus, EventPattern=json.dumps(_PATTERN))
        events.put_targets(Rule=_RULE, EventBusName=self.bus, Targets=[{"Id": "mailbox", "Arn": arn}])
        topic = f"arn:aws:sns:{REGION}:{CENTRAL}:{self.topic}"
        self.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)

    def letters(self) -> list[str]:
        """Bodies of all that has come since it was emptied."""
        self._read += [one["Body"] for one in taken(self.client("sqs"), NAME)]
        return self._read

    def empty(self) -> None:
        """Forget what has come."""
        self.letters()
        self._read.clear()


def taken(sqs: Any, queue: str) -> list[dict[str, Any]]:
    """The messages of a queue, which holds them no longer."""
    url, found = sqs.get_queue_url(QueueName=queue)["QueueUrl"], []
    asked = {"MaxNumberOfMessages": 10, "WaitTimeSeconds": 0, "MessageAttributeNames": ["All"]}
    while messages := sqs.receive_message(QueueUrl=url, **asked).get("Messages"):
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        found += messages
    return found


def told(letters: Iterable[str], cluster: str) -> tuple[str, ...]:
    """What people were told of incidents, each once: the stage, and which services."""
    return _messages(
        letters, cluster, lambda subject: next((word for start, word in _STAGES if subject.startswith(start)), "")
    )


def alerts(letters: Iterable[str], cluster: str) -> tuple[str, ...]:
    """Alerts that people were told, each once: the reason, and which services."""
    return _messages(letters, cluster, lambda subject: "".join(_ALERT.findall(subject)))


def audited(letters: Iterable[str], cluster: str) -> tuple[str, ...]:
    """What audit events say was done to services of a cluster, or to its account, each once.

    Left out is what faults rightly change. Which of a notice and a failure moves a service first is chance, and with
    it the reason of the switch. That a call took effect is confirmed by whoever comes after one who never learned it.
    """
    details = [letter["detail"] for letter in map(json.loads, letters) if "detail" in letter]
    mine = [one for one in details if one.get("cluster", cluster) == cluster and one["action"] != "confirm"]
    return tuple(sorted({_deed(one) for one in mine}))


def _deed(detail: dict[str, str]) -> str:
    reason = detail["reason"] if detail["action"] in _REASONED else ""
    return " ".join(part for part in (detail["action"], reason, detail.get("service", "")) if part)


def _messages(letters: Iterable[str], cluster: str, kind: Callable[[str], str]) -> tuple[str, ...]:
    """Those of a kind; those of none, such as CloudWatch's alarms on the same topic, are not the functions'."""
    found = set()
    for letter in map(json.loads, letters):
        if word := kind(letter.get("Subject", "")):
            services = sorted(set(re.findall(rf"\b{re.escape(cluster)}/([\w-]+)", letter["Message"])))
            found.add(" ".join([word, *services]))
    return tuple(sorted(found))
