"""Every alarm that Terraform makes goes off for its reason, shows what the runbook says, and ends by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from tests.scenarios.alarm_causes import MINUTE
from tests.scenarios.alarm_stories import STORIES, Story
from tests.scenarios.applied import applied_with_alarms
from tests.scenarios.organization import CENTRAL, ORDERS, REGION, Organization
from tests.scenarios.runbook import Shell, blocks

pytestmark = pytest.mark.slow

TOPICS = {CENTRAL: "ecs-spot-failover-notifications", ORDERS: "on-call"}
DOCUMENTS = ("operations.md", "dead-letters.md", "troubleshooting.md")
LONGEST = 3 * 60
"""Minutes after which every alarm has ended: an alarm on an hour ends when three hours have had no more of it."""


@dataclass(frozen=True)
class Alarms:
    """The installation, as its alarms and those who are told by them see it."""

    organization: Organization
    shell: Shell

    def off(self) -> set[tuple[str, str]]:
        """Account and name of those that are in ALARM."""
        return {(one["account"], one["alarm"]) for one in self.organization.aws.get("alarms") if one["state"] != "OK"}

    def changes(self) -> list[dict[str, Any]]:
        """Every change of a state since the start."""
        told: list[dict[str, Any]] = self.organization.aws.get("alarm-changes")
        return told

    def gone_off_since(self, count: int) -> set[tuple[str, str]]:
        """Those that went to ALARM after so many changes."""
        return {(one["account"], one["alarm"]) for one in self.changes()[count:] if one["after"] == "ALARM"}

    def gone_off_until(self, count: int) -> set[tuple[str, str]]:
        """Those that did before."""
        return {(one["account"], one["alarm"]) for one in self.changes()[:count] if one["after"] == "ALARM"}

    def described(self) -> dict[tuple[str, str], dict[str, Any]]:
        """What Terraform made, by account and name."""
        return {
            (account, alarm["AlarmName"]): alarm
            for account in (CENTRAL, ORDERS)
            for alarm in self.organization.client("cloudwatch", account).describe_alarms()["MetricAlarms"]
        }

    def told(self, account: str) -> list[tuple[str, str]]:
        """Alarm and new state of each message that came through the account's topic, and leave it there no more."""
        sqs, found = self.organization.client("sqs", account), []
        url = sqs.get_queue_url(QueueName="told")["QueueUrl"]
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                body = message["Body"]
                if body.startswith('{"AlarmName"'):
                    found.append((json.loads(body)["AlarmName"], json.loads(body)["NewStateValue"]))
        return found


@pytest.fixture(scope="module")
def alarms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alarms]:
    with applied_with_alarms(tmp_path_factory.mktemp("alarms")) as organization:
        for account, topic in TOPICS.items():
            arn = f"arn:aws:sqs:{REGION}:{account}:told"
            organization.client("sqs", account).create_queue(QueueName="told")
            organization.client("sns", account).subscribe(
                TopicArn=f"arn:aws:sns:{REGION}:{account}:{topic}", Protocol="sqs", Endpoint=arn,
                Attributes={"RawMessageDelivery": "true"},
            )  # fmt: skip
        for cluster in ("shop", "pay", "mail"):
            organization.service(cluster, desiredCount=1)
        yield Alarms(organization, Shell(organization, tmp_path_factory.mktemp("shell")))


def test_a_healthy_installation_is_in_no_alarm(alarms: Alarms) -> None:
    before = len(alarms.changes())
    alarms.organization.aws.advance(30 * MINUTE)
    assert alarms.off() == set()
    assert alarms.gone_off_since(before) == set()


def test_every_alarm_has_a_story(alarms: Alarms) -> None:
    told = [(story.account, name) for story in STORIES for name in story.alarms]
    assert sorted(told) == sorted(set(told))
    assert set(told) == set(alarms.described())


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_it_goes_off_for_its_reason(alarms: Alarms, story: Story) -> None:
    before = len(alarms.changes())
    expected, others = ({(story.account, name) for name in names} for names in (story.alarms, story.others))
    with story.trouble(alarms.organization):
        for _ in range(story.minutes):
            if expected <= alarms.gone_off_since(before):
                break
            alarms.organization.aws.advance(MINUTE)
        assert expected - alarms.gone_off_since(before) == set()
        # What has gone off before may do so again (user guide, "How alarm state is evaluated when data is missing").
        assert alarms.gone_off_since(before) - expected - others - alarms.gone_off_until(before) == set()
        for document in DOCUMENTS:
            alarms.shell.show(document, told_by(story, document))


def test_every_alarm_ends_when_its_reason_has_gone(alarms: Alarms) -> None:
    for _ in range(LONGEST // 10):
        if not alarms.off():
            break
        alarms.organization.aws.advance(10 * MINUTE)
    assert alarms.off() == set()


def test_both_are_told(alarms: Alarms) -> None:
    for account in (CENTRAL, ORDERS):
        told = alarms.told(account)
        for story in STORIES:
            for name in story.alarms if story.account == account else ():
                states = [state for alarm, state in told if alarm == name]
                assert "ALARM" in states, name
                assert states[-1] == "OK", name
    assert [one for one in alarms.changes() if any(one["told"].values())] == []


def test_every_command_was_run(alarms: Alarms) -> None:
    """And no alarm names a part of the runbook that is not there."""
    for document in DOCUMENTS:
        told = {anchor for story in STORIES for anchor in told_by(story, document)}
        assert told == anchors(document), document
    named = {alarm["AlarmDescription"].rpartition("docs/operations.md#")[2] for alarm in alarms.described().values()}
    assert named - anchors("operations.md") == {"dead-letters"}


def told_by(story: Story, document: str) -> Mapping[str, Sequence[str]]:
    return {"operations.md": story.shows, "dead-letters.md": story.letters, "troubleshooting.md": story.explains}[
        document
    ]


def anchors(document: str) -> set[str]:
    return {block.anchor for block in blocks(document)}
