"""Rules with a schedule."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from botocore.exceptions import ClientError

from local_aws.cron import Cron
from tests.local_aws.conftest import CENTRAL, REGION, Aws
from tests.local_aws.event_routes import bodies, let_rule_send, make_queue, queue_arn


def schedule(aws: Aws, expression: str, state: str = "ENABLED") -> str:
    """A scheduled rule that sends to a queue; the queue's URL."""
    events = aws.client("events")
    rule_arn = events.put_rule(Name="tick", ScheduleExpression=expression, State=state)["RuleArn"]
    url, arn = make_queue(aws, "ticks"), queue_arn("ticks")
    let_rule_send(aws, url, arn, rule_arn)
    events.put_targets(Rule="tick", Targets=[{"Id": "queue", "Arn": arn}])
    return url


def next_time(expression: str, after: str) -> str | None:
    found = Cron.parse(f"cron({expression})").next_after(datetime.fromisoformat(after).replace(tzinfo=UTC).timestamp())
    return None if found is None else datetime.fromtimestamp(found, UTC).strftime("%Y-%m-%d %H:%M")


def local_time(expression: str, after: str, zone: str) -> str:
    """The next time after a UTC one, in UTC, of an expression that is meant in a time zone."""
    start = datetime.fromisoformat(after).replace(tzinfo=UTC).timestamp()
    found = Cron.parse(f"cron({expression})").next_after(start, ZoneInfo(zone))
    assert found is not None
    return datetime.fromtimestamp(found, UTC).strftime("%Y-%m-%d %H:%M")


def test_a_rate_fires_from_when_the_rule_was_made(aws: Aws) -> None:
    url = schedule(aws, "rate(5 minutes)")
    aws.advance(299)
    assert bodies(aws, url) == []
    aws.advance(5)
    assert len(bodies(aws, url)) == 1
    aws.advance(1500)
    assert len(bodies(aws, url)) == 5


def test_a_scheduled_event_has_its_own_shape(aws: Aws) -> None:
    url = schedule(aws, "rate(1 minute)")
    aws.advance(62)
    (event,) = bodies(aws, url)
    assert (event["source"], event["detail-type"], event["detail"]) == ("aws.events", "Scheduled Event", {})
    assert event["resources"] == [f"arn:aws:events:{REGION}:{CENTRAL}:rule/tick"]
    assert (event["account"], event["region"], event["version"]) == (CENTRAL, REGION, "0")


def test_a_disabled_schedule_does_not_fire_until_it_is_enabled(aws: Aws) -> None:
    url = schedule(aws, "rate(1 minute)", "DISABLED")
    aws.advance(300)
    assert bodies(aws, url) == []
    aws.client("events").enable_rule(Name="tick")
    aws.advance(125)
    assert len(bodies(aws, url)) == 2


def test_a_changed_schedule_replaces_the_old_one(aws: Aws) -> None:
    url = schedule(aws, "rate(1 minute)")
    aws.client("events").put_rule(Name="tick", ScheduleExpression="rate(1 hour)")
    aws.advance(3599)
    assert bodies(aws, url) == []
    aws.advance(3)
    assert len(bodies(aws, url)) == 1


def test_a_deleted_schedule_ends(aws: Aws) -> None:
    url, events = schedule(aws, "rate(1 minute)"), aws.client("events")
    events.remove_targets(Rule="tick", Ids=["queue"])
    events.delete_rule(Name="tick")
    aws.advance(300)
    assert bodies(aws, url) == []
    assert aws.control("deliveries") == []


def test_a_cron_schedule_fires_on_the_minute(aws: Aws) -> None:
    url = schedule(aws, "cron(0/15 * * * ? *)")
    aws.advance(3600)
    assert len(bodies(aws, url)) == 4
    assert all(one["outcome"] == "delivered" for one in aws.control("deliveries"))


@pytest.mark.parametrize(
    "expression",
    [
        "rate(1 minutes)",
        "rate(5 minute)",
        "rate(0 minutes)",
        "rate(5 seconds)",
        "cron(99 * * * ? *)",
        "cron(0 * * * * *)",
    ],
)
def test_a_wrong_expression_is_refused(aws: Aws, expression: str) -> None:
    with pytest.raises(ClientError, match="ScheduleExpression is not valid"):
        aws.client("events").put_rule(Name="tick", ScheduleExpression=expression)


def test_schedules_are_for_the_default_bus_only(aws: Aws) -> None:
    events = aws.client("events")
    events.create_event_bus(Name="own")
    with pytest.raises(ClientError, match="default event bus"):
        events.put_rule(Name="tick", EventBusName="own", ScheduleExpression="rate(1 minute)")


@pytest.mark.parametrize(
    ("expression", "after", "expected"),
    [
        ("0 10 * * ? *", "2026-03-01T10:00", "2026-03-02 10:00"),
        ("15 12 * * ? *", "2026-03-01T12:14:59", "2026-03-01 12:15"),
        ("0 18 ? * MON-FRI *", "2026-03-06T18:00", "2026-03-09 18:00"),
        ("0 8 1 * ? *", "2026-01-31T09:00", "2026-02-01 08:00"),
        ("0/10 * ? * MON-FRI *", "2026-03-08T23:55", "2026-03-09 00:00"),
        ("0 9 L * ? *", "2026-02-01T00:00", "2026-02-28 09:00"),
        ("0 9 ? * 6L *", "2026-02-01T00:00", "2026-02-27 09:00"),
        ("0 9 ? * 2#1 *", "2026-03-01T00:00", "2026-03-02 09:00"),
        ("0 9 29 2 ? *", "2026-03-01T00:00", "2028-02-29 09:00"),
        ("0 9 15W * ? *", "2026-08-01T00:00", "2026-08-14 09:00"),
        ("0 9 1W * ? *", "2026-08-01T00:00", "2026-08-03 09:00"),
        ("0 9 LW * ? *", "2026-05-01T00:00", "2026-05-29 09:00"),
        ("0 9 1 1 ? 2025", "2026-03-01T00:00", None),
    ],
)
def test_cron_expressions_name_times_in_utc(expression: str, after: str, expected: str | None) -> None:
    assert next_time(expression, after) == expected


@pytest.mark.parametrize(
    ("expression", "after", "expected"),
    [
        ("0 9 * * ? *", "2026-01-15T00:00", "2026-01-15 14:00"),
        ("0 9 * * ? *", "2026-07-15T00:00", "2026-07-15 13:00"),
        ("30 2 * * ? *", "2026-03-08T05:00", "2026-03-09 06:30"),
        ("30 1 * * ? *", "2026-11-01T04:00", "2026-11-01 05:30"),
        ("30 1 * * ? *", "2026-11-01T05:30", "2026-11-02 06:30"),
    ],
)
def test_a_cron_expression_follows_the_clocks_of_its_time_zone(expression: str, after: str, expected: str) -> None:
    """Summer time in New York began on 8 March 2026 at 2:00 and ends on 1 November at 2:00."""
    assert local_time(expression, after, "America/New_York") == expected
