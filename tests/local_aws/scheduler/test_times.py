"""When schedules are due."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from local_aws.scheduler.plan import make_plan
from tests.local_aws.conftest import WORKLOAD, Aws
from tests.local_aws.scheduler.routes import attempts, beats, bus_target, endings, listen, make_role, make_schedule


def moment(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def times(plan_of: str, zone: str | None, now: str, count: int, **more: str) -> list[str]:
    """The next times of an expression, in UTC, for a schedule that is made `now`."""
    limits = {name: moment(value) for name, value in more.items()}
    plan = make_plan(plan_of, zone, made=moment(now), **limits)
    found: list[str] = []
    due = plan.first(moment(now))
    while due is not None and len(found) < count:
        found.append(datetime.fromtimestamp(due, UTC).strftime("%Y-%m-%d %H:%M:%S"))
        due = plan.after(due)
    return found


@pytest.mark.parametrize(
    ("expression", "zone", "limits", "expected"),
    [
        ("rate(2 hours)", None, {}, ["2026-03-01 10:00:30", "2026-03-01 12:00:30"]),
        ("rate(1 hours)", None, {"start": "2026-03-02T08:00"}, ["2026-03-02 08:00:00", "2026-03-02 09:00:00"]),
        ("rate(1 hour)", None, {"start": "2026-03-01T09:58"}, ["2026-03-01 10:58:00", "2026-03-01 11:58:00"]),
        ("rate(1 day)", None, {"end": "2026-03-02T00:00"}, ["2026-03-01 10:00:30"]),
        ("cron(0 9 * * ? *)", "UTC", {}, ["2026-03-02 09:00:00", "2026-03-03 09:00:00"]),
        ("cron(0 9 * * ? *)", "Europe/Berlin", {}, ["2026-03-02 08:00:00", "2026-03-03 08:00:00"]),
        ("cron(0 9 * * ? *)", None, {"start": "2026-03-05T09:00"}, ["2026-03-05 09:00:00", "2026-03-06 09:00:00"]),
        ("cron(0 9 * * ? *)", None, {"end": "2026-03-02T09:00"}, ["2026-03-02 09:00:00"]),
        ("at(2026-07-01T09:30:00)", "Europe/Berlin", {}, ["2026-07-01 07:30:00"]),
        ("at(2026-07-01T09:30:00)", None, {"end": "2026-04-01T00:00"}, ["2026-07-01 09:30:00"]),
        ("at(2026-02-01T09:30:00)", None, {}, []),
    ],
)
def test_the_times_of_an_expression(
    expression: str, zone: str | None, limits: dict[str, str], expected: list[str]
) -> None:
    assert times(expression, zone, "2026-03-01T10:00:30", 2, **limits) == expected


def test_a_rate_does_not_drift() -> None:
    plan = make_plan("rate(5 minutes)", None, made=1_790_000_000.1234567)
    due = plan.first(1_790_000_000.1234567)
    for count in range(2000):
        assert due == 1_790_000_000.1234567 + 300 * count
        due = plan.after(due)


def test_a_rate_without_a_start_begins_at_once(aws: Aws) -> None:
    url = listen(aws)
    make_schedule(aws, bus_target(make_role(aws)))
    aws.advance(1)
    assert len(beats(aws, url)) == 1
    aws.advance(298)
    assert beats(aws, url) == []
    aws.advance(1200)
    assert len(beats(aws, url)) == 4


def test_a_start_and_an_end_limit_a_schedule(aws: Aws) -> None:
    now = aws.world.clock.now()
    make_schedule(aws, bus_target(make_role(aws)), StartDate=now + 600, EndDate=now + 1500)
    aws.advance(590)
    assert endings(aws) == []
    aws.advance(3000)
    assert [round(one["time"] - now) // 300 for one in attempts(aws)] == [2, 3, 4, 5]


def test_a_disabled_schedule_does_nothing_until_it_is_enabled(aws: Aws) -> None:
    target = bus_target(make_role(aws))
    make_schedule(aws, target, State="DISABLED")
    aws.advance(900)
    assert endings(aws) == []
    change(aws, target, State="ENABLED")
    aws.advance(301)
    assert endings(aws) == ["delivered", "delivered"]
    change(aws, target, State="DISABLED")
    aws.advance(900)
    assert len(endings(aws)) == 2


def test_a_changed_schedule_replaces_the_old_one(aws: Aws) -> None:
    target = bus_target(make_role(aws))
    make_schedule(aws, target, "rate(1 minute)")
    aws.advance(61)
    assert len(endings(aws)) == 2
    change(aws, target, ScheduleExpression="rate(1 hour)")
    aws.advance(3599)
    assert len(endings(aws)) == 3


def test_a_deleted_schedule_ends(aws: Aws) -> None:
    make_schedule(aws, bus_target(make_role(aws)))
    aws.advance(1)
    aws.client("scheduler", WORKLOAD).delete_schedule(Name="beat")
    aws.advance(900)
    assert endings(aws) == ["delivered"]


def test_a_deleted_group_takes_its_schedules_along(aws: Aws) -> None:
    scheduler = aws.client("scheduler", WORKLOAD)
    scheduler.create_schedule_group(Name="hearts")
    with pytest.raises(scheduler.exceptions.ConflictException):
        scheduler.create_schedule_group(Name="hearts")
    make_schedule(aws, bus_target(make_role(aws)), GroupName="hearts")
    aws.advance(301)
    scheduler.delete_schedule_group(Name="hearts")
    aws.advance(900)
    assert [one["rule"] for one in attempts(aws)] == ["schedule/hearts/beat"] * 2


@pytest.mark.parametrize(("action", "left"), [("DELETE", []), ("NONE", ["beat"])])
def test_a_one_time_schedule_is_due_once_and_then_goes_if_it_shall(aws: Aws, action: str, left: list[str]) -> None:
    later = datetime.fromtimestamp(aws.world.clock.now() + 100, UTC).strftime("at(%Y-%m-%dT%H:%M:%S)")
    make_schedule(aws, bus_target(make_role(aws)), later, ActionAfterCompletion=action)
    aws.advance(98)
    assert endings(aws) == []
    aws.advance(3000)
    assert endings(aws) == ["delivered"]
    assert [one["Name"] for one in aws.client("scheduler", WORKLOAD).list_schedules()["Schedules"]] == left


def test_the_schedules_of_many_accounts_go_their_own_ways(aws: Aws) -> None:
    target = bus_target(make_role(aws))
    for index in range(50):
        make_schedule(aws, target, name=f"beat-{index}")
    aws.advance(3601)
    counts = [one["rule"] for one in attempts(aws)]
    assert {counts.count(f"schedule/default/beat-{index}") for index in range(50)} <= {12, 13}


def change(aws: Aws, target: dict[str, Any], **more: Any) -> None:
    """UpdateSchedule, which takes all of a schedule anew."""
    aws.client("scheduler", WORKLOAD).update_schedule(
        **{
            "Name": "beat",
            "ScheduleExpression": "rate(5 minutes)",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": target,
            **more,
        }
    )
