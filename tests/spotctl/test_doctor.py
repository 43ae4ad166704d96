"""The doctor finds what is broken, says how to mend it, and has nothing to say where nothing is."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import boto3
import pytest

from spot_failover.core.path import Path
from spot_failover.core.transitions import mark_stuck
from spotctl.installation import Installation
from tests.doubles.builders import WEB, failure, service
from tests.handlers.aws_account import TABLE
from tests.spotctl.central import BUS, RESTORE, Central
from tests.spotctl.examined import allow, detach, errors, healthy, leave_overdue
from tests.spotctl.plumbing import QUEUES, Plumbing

FAILURES = QUEUES["placement_failure"]


def test_a_healthy_installation(central: Central) -> None:
    healthy(central)
    assert errors(central) == []
    result = central.run("doctor")
    assert result.exit_code == 0
    assert "its automation role was entered; 1 clusters" in result.stdout


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


@pytest.mark.parametrize(
    ("harm", "found"),
    [
        (take_rule_away, "path of interruption: no rule of the bus leads to a queue"),
        (disable_mapping, "path of sweep: sweep-handler does not read fargate-spot-sweep-queue"),
        (bury, f"path of placement_failure: 1 dead letters in {FAILURES}-dlq"),
        (delete_dead_letter_queue, f"path of placement_failure: there is no queue {FAILURES}-dlq"),
        (deny_role, "account 111111111111, us-east-1: its automation role: clusters for account 111111111111"),
        (detach, "account 111111111111, us-east-1: cluster shop has Spot, but not FARGATE: no failover of web is"),
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


def test_of_many_services_that_lack_the_on_demand_provider_some_are_named(central: Central) -> None:
    detach(healthy(central))
    central.services.add(*(service(key=replace(WEB, service=f"web-{number}")) for number in range(4)))
    (error,) = errors(central)
    assert error.endswith("but not FARGATE: no failover of web, web-0, web-1 (5 in all) is possible")


def test_a_cluster_that_can_not_be_looked_at_hides_none_of_the_others(central: Central) -> None:
    detach(healthy(central))
    central.services.add(service(key=replace(WEB, cluster="books")))
    central.services.denied_clusters.add("books")
    hidden, seen = errors(central)
    assert "cluster books has Spot, but not FARGATE, and its services can't be looked at: names for" in hidden
    assert "cluster shop has Spot, but not FARGATE: no failover of web is possible" in seen
