"""What an operator sees: who is on on-demand, and what would happen to a service now."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from spot_failover.core.transitions import mark_stuck
from tests.doubles.builders import FALLBACK, SPOT, WEB, deployment, failure, service
from tests.spotctl.central import WEB_NAME, Central


def failed_over(central: Central) -> None:
    central.services.add(service(deployment(SPOT)))
    central.services.lose_spot()
    central.deliver(failure())
    central.services.settle()


def test_nobody_is_on_on_demand(central: Central) -> None:
    result = central.run("status")
    assert result.exit_code == 0, result.output
    assert "No service is on on-demand capacity" in result.stdout
    assert central.json("status")["services"] == []


def test_who_is_on_on_demand_since_when_why_and_when_spot_is_tried(central: Central) -> None:
    failed_over(central)
    central.clock.advance(minutes=3)
    line = next(line for line in central.run("status").stdout.splitlines() if line.startswith(WEB_NAME))
    assert line.split("  ")[0] == WEB_NAME
    for part in ("failed_over", "3 min ago", "FAILED_OVER", "in 2 min"):
        assert part in line
    (told,) = central.json("status")["services"]
    assert (told["service"], told["phase"], told["reason"]) == ("web", "failed_over", "FAILED_OVER")
    assert told["baseline"] == SPOT.to_api()
    assert told["fallback"] == FALLBACK.to_api()
    assert [pool["open"] for pool in central.json("status")["pools"]] == [False]


def test_stuck_and_unreadable_records_are_seen(central: Central) -> None:
    failed_over(central)
    central.table.put(mark_stuck(central.record()))
    assert "STUCK" in central.run("status").stdout
    key = {"id": {"S": WEB.record_id}, "region": {"S": WEB.region}}
    central.dynamodb.update_item(
        TableName="ecs_cp_restore_state",
        Key=key,
        UpdateExpression="SET phase = :lost",
        ExpressionAttributeValues={":lost": {"S": "lost"}},
    )
    assert "can't be read" in central.run("status").stdout


def test_the_kill_switch_is_the_first_thing_seen(central: Central) -> None:
    central.set_policy(enabled=False)
    assert central.run("status").stdout.startswith("The kill switch is on")


def test_a_whole_service_would_be_left_alone(central: Central) -> None:
    central.services.add(service(deployment(SPOT)))
    told = central.json("explain", WEB_NAME)
    assert [step["reason"] for step in told["would_happen"]["placement_failure"]] == ["NOT_SHORT"]
    assert not [check for check in told["checks"] if check["state"] == "stops"]
    assert central.services.updates == []


def test_a_short_service_would_fail_over_and_nothing_is_changed(central: Central) -> None:
    central.services.add(service(deployment(SPOT, running=1)))
    (step,) = central.json("explain", WEB_NAME)["would_happen"]["placement_failure"]
    assert (step["action"], step["reason"]) == ("fail_over", "FAILED_OVER")
    assert step["strategy"] == FALLBACK.to_api()
    assert central.services.updates == []
    assert central.record().version == 0


@pytest.mark.parametrize(
    ("tags", "check"),
    [
        ({"spot-failover:hold-until": "2030-01-01"}, "hold"),
        ({"spot-failover:enabled": "false"}, "enrolled"),
        ({"spot-failover:mode": "observe"}, "mode"),
    ],
)
def test_the_check_that_stops_it_is_named(central: Central, tags: dict[str, str], check: str) -> None:
    central.services.add(service(deployment(SPOT, running=1), tags=tags))
    told = central.json("explain", WEB_NAME)
    assert [one["check"] for one in told["checks"] if one["state"] == "stops"] == [check]
    assert told["would_happen"]["placement_failure"][0]["action"] != "fail_over"


def test_a_provider_that_the_cluster_lacks_would_stop_it(central: Central) -> None:
    central.services.add(service(deployment(SPOT, running=1)))
    central.services.attached = frozenset({"FARGATE_SPOT"})
    told = central.json("explain", WEB_NAME)
    assert told["would_happen"]["placement_failure"][0]["reason"] == "FALLBACK_PROVIDER_MISSING"
    assert [one["check"] for one in told["checks"] if one["state"] == "stops"] == ["readiness"]


def test_why_a_service_is_not_restored_yet(central: Central) -> None:
    failed_over(central)
    told = central.json("explain", WEB_NAME)
    assert told["would_happen"]["restore_tick"][0]["reason"] == "NOT_DUE"
    central.clock.advance(minutes=5)
    result = central.run("explain", WEB_NAME)
    assert "If the restore tick looked now:\n  restore RESTORE_STARTED" in result.stdout
    assert central.services.updates[-1].strategy == FALLBACK


def test_a_service_that_is_gone(central: Central) -> None:
    told = central.json("explain", WEB_NAME)
    assert told["would_happen"]["placement_failure"][0]["reason"] == "SERVICE_GONE"


def test_a_lease_is_seen(central: Central) -> None:
    failed_over(central)
    central.deliver(failure(event_id="failure-2", time=central.clock.now() + timedelta(seconds=1)))
    from spot_failover.core.record import Lease  # noqa: PLC0415

    lease = Lease("request-of-a-function", central.clock.now() + timedelta(seconds=30))
    central.table.put(replace(central.record(), lease=lease))
    told = central.json("explain", WEB_NAME)
    assert "lease" in [one["check"] for one in told["checks"] if one["state"] == "stops"]
    assert told["would_happen"]["restore_tick"][0]["reason"] == "BUSY"
