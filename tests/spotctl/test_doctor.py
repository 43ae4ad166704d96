"""The doctor finds what is broken, says how to mend it, and has nothing to say where nothing is."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import boto3
import pytest

from spot_failover.core.path import Path
from spot_failover.core.record import Phase
from spot_failover.core.transitions import mark_stuck
from spotctl.installation import Installation
from tests.doubles.builders import SPOT, WEB, deployment, failure, service
from tests.handlers.aws_account import TABLE
from tests.spotctl.central import BUS, RESTORE, Central
from tests.spotctl.plumbing import QUEUES, Plumbing

FAILURES = QUEUES["placement_failure"]


def healthy(central: Central) -> Plumbing:
    plumbing = Plumbing(central)
    registry = Installation(boto3.Session(region_name="us-east-1"), RESTORE).registry
    registry.put_path(Path("111111111111", "us-east-1", heard_at=central.clock.now() - timedelta(minutes=2)))
    central.services.add(service(deployment(SPOT)))
    statement = {
        "Sid": "Accounts",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111111111111:root"},
        "Action": "events:PutEvents",
        "Resource": f"arn:aws:events:us-east-1:123456789012:event-bus/{BUS}",
        "Condition": {
            "ForAllValues:StringEquals": {"events:source": ["aws.ecs"], "events:detail-type": ["ECS Service Action"]},
            "Null": {"events:source": "false", "events:detail-type": "false"},
        },
    }
    allow(plumbing, statement)
    return plumbing


def allow(plumbing: Plumbing, statement: dict[str, Any]) -> None:
    plumbing.events.put_permission(
        EventBusName=BUS, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )


def errors(central: Central) -> list[str]:
    result = central.run("doctor", "--json")
    told = json.loads(result.stdout)
    found = [each for each in told["findings"] if each["level"] == "error"]
    assert (result.exit_code, told["healthy"]) == ((1, False) if found else (0, True))
    assert all(each["fix"] for each in found)
    return [f"{each['check']}: {each['text']}" for each in found]


def test_a_healthy_installation(central: Central) -> None:
    healthy(central)
    assert errors(central) == []
    result = central.run("doctor")
    assert result.exit_code == 0
    assert "its automation role was entered; 1 clusters" in result.stdout


def disable_rule(plumbing: Plumbing) -> None:
    plumbing.events.disable_rule(Name="placement_failure", EventBusName=BUS)


def disable_schedule(plumbing: Plumbing) -> None:
    plumbing.events.disable_rule(Name="fargate-spot-restore-schedule")


def take_rule_away(plumbing: Plumbing) -> None:
    plumbing.events.remove_targets(Rule="interruption", EventBusName=BUS, Ids=["queue"])


def disable_mapping(plumbing: Plumbing) -> None:
    functions = plumbing.central.functions
    (mapping,) = functions.list_event_source_mappings(FunctionName="sweep-handler")["EventSourceMappings"]
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)


def bury(plumbing: Plumbing) -> None:
    plumbing.bury("placement_failure", "{}", reason="MALFORMED_EVENT")


def delete_dead_letter_queue(plumbing: Plumbing) -> None:
    plumbing.sqs.delete_queue(QueueUrl=plumbing.url(f"{FAILURES}-dlq"))


def deny_role(plumbing: Plumbing) -> None:
    plumbing.central.services.denied.add("111111111111")


def detach(plumbing: Plumbing) -> None:
    plumbing.central.services.attached = frozenset({"FARGATE_SPOT"})


def fall_silent(plumbing: Plumbing) -> None:
    plumbing.central.clock.advance(hours=1)


def open_bus(plumbing: Plumbing) -> None:
    allow(plumbing, {"Sid": "All", "Effect": "Allow", "Principal": "*", "Action": "events:PutEvents", "Resource": "*"})


def close_bus(plumbing: Plumbing) -> None:
    plumbing.events.remove_permission(EventBusName=BUS, RemoveAllPermissions=True)


def leave_stuck(plumbing: Plumbing) -> None:
    central = plumbing.central
    central.services.lose_spot()
    central.deliver(failure())
    central.table.put(mark_stuck(central.record()))


def leave_overdue(plumbing: Plumbing) -> None:
    central = plumbing.central
    due_at = central.clock.now() - timedelta(hours=1)
    central.table.put(replace(central.record(WEB), phase=Phase.PROVING, due_at=due_at))


@pytest.mark.parametrize(
    ("harm", "found"),
    [
        (disable_rule, "path of placement_failure: rule placement_failure is disabled"),
        (disable_schedule, "schedule of restore: rule fargate-spot-restore-schedule is disabled"),
        (take_rule_away, "path of interruption: no rule of the bus leads to a queue"),
        (disable_mapping, "path of sweep: sweep-handler does not read fargate-spot-sweep-queue"),
        (bury, f"path of placement_failure: 1 dead letters in {FAILURES}-dlq"),
        (delete_dead_letter_queue, f"path of placement_failure: there is no queue {FAILURES}-dlq"),
        (deny_role, "account 111111111111, us-east-1: its automation role: clusters for account 111111111111"),
        (detach, "account 111111111111, us-east-1: cluster shop has Spot, but not FARGATE"),
        (fall_silent, "account 111111111111, us-east-1: its last heartbeat was sent 62 min ago"),
        (open_bus, "bus policy: statements All do not demand both source and detail type"),
        (close_bus, "bus policy: no other account may send, but 111111111111 are known"),
        (leave_stuck, "records: 111111111111/us-east-1/shop/web is stuck in failed_over"),
        (leave_overdue, "records: 111111111111/us-east-1/shop/web has been due since 60 min ago"),
    ],
)
def test_what_is_broken_is_found_and_nothing_else(
    central: Central, harm: Callable[[Plumbing], None], found: str
) -> None:
    harm(healthy(central))
    (error,) = errors(central)
    assert error.startswith(found)


def test_a_restore_that_its_tag_or_window_lets_wait_is_healthy(central: Central) -> None:
    healthy(central)
    central.services.lose_spot()
    central.deliver(failure())
    long_ago = central.clock.now() - timedelta(days=3)
    soon = central.clock.now() + timedelta(minutes=5)
    central.table.put(replace(central.record(), phase_since=long_ago, switched_at=long_ago, due_at=soon))
    assert errors(central) == []


def test_an_account_whose_item_can_not_be_read_hides_none_of_the_others(central: Central) -> None:
    plumbing = healthy(central)
    registry = Installation(boto3.Session(region_name="us-east-1"), RESTORE).registry
    registry.put_path(Path("000000000000", "us-east-1", heard_at=central.clock.now()))
    central.dynamodb.update_item(
        TableName=TABLE,
        Key={"id": {"S": "path::000000000000"}, "region": {"S": "us-east-1"}},
        UpdateExpression="SET heard_at = :unheard",
        ExpressionAttributeValues={":unheard": {"S": "unheard of"}},
    )
    deny_role(plumbing)
    unreadable, refused = errors(central)
    assert unreadable.startswith("account 000000000000, us-east-1: ")
    assert refused.startswith("account 111111111111, us-east-1: its automation role")


def test_a_rule_of_somebody_else_on_the_bus_is_no_concern(central: Central) -> None:
    plumbing = healthy(central)
    plumbing.make_queue("theirs")
    plumbing.events.put_rule(Name="theirs", EventBusName=BUS, EventPattern=json.dumps({"source": ["x"]}))
    arn = "arn:aws:sqs:us-east-1:123456789012:theirs"
    plumbing.events.put_targets(Rule="theirs", EventBusName=BUS, Targets=[{"Id": "theirs", "Arn": arn}])
    assert errors(central) == []


@pytest.mark.parametrize(("policy", "told"), [({"enabled": False}, "kill switch"), ({"mode": "observe"}, "observes")])
def test_what_was_chosen_is_a_warning(central: Central, policy: dict[str, Any], told: str) -> None:
    healthy(central)
    central.set_policy(**policy)
    assert errors(central) == []
    assert told in central.run("doctor").stdout
