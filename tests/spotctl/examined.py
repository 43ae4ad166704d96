"""A healthy installation for the doctor, what a test does to it, and what the doctor says then."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import boto3

from spot_failover.core.path import Path
from spot_failover.core.record import Phase
from spotctl.installation import Installation
from tests.doubles.builders import SPOT, WEB, deployment, service
from tests.spotctl.central import BUS, RESTORE, Central
from tests.spotctl.plumbing import Plumbing


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


def told_without_failing(central: Central, level: str) -> list[str]:
    """What is found of this level; nothing is broken."""
    assert errors(central) == []
    found = [each for each in central.json("doctor")["findings"] if each["level"] == level]
    return [f"{each['check']}: {each['text']}{each['fix'] and '; '}{each['fix']}" for each in found]


def disable_rule(plumbing: Plumbing) -> None:
    plumbing.events.disable_rule(Name="placement_failure", EventBusName=BUS)


def disable_interruptions(plumbing: Plumbing) -> None:
    plumbing.events.disable_rule(Name="interruption", EventBusName=BUS)


def disable_heartbeats(plumbing: Plumbing) -> None:
    plumbing.events.disable_rule(Name="sweep", EventBusName=BUS)


def disable_sweeps(plumbing: Plumbing) -> None:
    plumbing.events.disable_rule(Name="fargate-spot-sweep-schedule")


def disable_schedule(plumbing: Plumbing) -> None:
    plumbing.events.disable_rule(Name="fargate-spot-restore-schedule")


def detach(plumbing: Plumbing) -> None:
    plumbing.central.services.attached = frozenset({"FARGATE_SPOT"})


def leave_overdue(plumbing: Plumbing) -> None:
    central = plumbing.central
    due_at = central.clock.now() - timedelta(hours=1)
    central.table.put(replace(central.record(WEB), phase=Phase.PROVING, due_at=due_at))
