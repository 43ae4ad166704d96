"""The largest items that there can be, with the longest names that ECS allows, are taken by DynamoDB (400 KB)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from spot_failover.aws.incident_table import IncidentTable
from spot_failover.core.alert_group import NOTE, AlertGroup, AlertKey
from spot_failover.core.incident import Incident, Member
from spot_failover.core.pool import PoolKey
from spot_failover.core.reason import Reason
from spot_failover.core.record import Lease
from tests.doubles.clock import START
from tests.handlers.aws_account import TABLE

NOW = START + timedelta(microseconds=1)
LEASE = Lease("l" * 100, NOW)
LONGEST = max(Reason, key=len)
NAMES = [f"{'c' * 255}/{number:05}{'s' * 250}" for number in range(2000)]


def test_an_alert_group_in_which_many_wait_after_many(dynamodb: Any) -> None:
    group = AlertGroup(AlertKey("111111111111", "us-east-1", LONGEST))
    for hour in range(6):
        waiting = NAMES[200 * hour : 200 * (hour + 2)]
        group = group.noted(dict.fromkeys(waiting, "n" * NOTE), NOW + timedelta(hours=hour))
        if hour < 5:
            group = group.sent(waiting[:200], 0, NOW + timedelta(hours=hour))
    assert (len(group.told), len(group.waiting)) == (400, 200)
    assert IncidentTable(dynamodb, TABLE, lambda: "write").put_alerts(group.telling(LEASE)).version == 1


def test_an_incident_of_more_services_than_are_remembered(dynamodb: Any) -> None:
    ids = [f"111111111111::{name.replace('/', '::')}" for name in NAMES]
    found = dict.fromkeys(ids, Member(NOW, 9999, LONGEST))
    incident = Incident(PoolKey("111111111111", "us-east-1", "FARGATE_SPOT")).seen_with(found, ids, NOW)
    assert (incident.size, len(incident.services)) == (2000, 600)
    assert IncidentTable(dynamodb, TABLE, lambda: "write").put_incident(incident).version == 1
