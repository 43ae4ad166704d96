"""What people read."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from spot_failover.core.alert_group import AlertGroup, AlertKey
from spot_failover.core.incident import TWINS, Incident, Member, Stage
from spot_failover.core.incident_text import STEPS, of_alerts, of_incident
from spot_failover.core.notification import Notification
from spot_failover.core.notification_format import Format
from spot_failover.core.pool import PoolKey
from spot_failover.core.reason import Reason
from tests.doubles.builders import WEB
from tests.doubles.clock import START

POOL = PoolKey.of(WEB, "FARGATE_SPOT")


def incident(many: int, pool: PoolKey = POOL) -> Incident:
    found = {f"{WEB.account}::shop::s{number:03}": Member(START, 2, "FAILED_OVER") for number in range(many)}
    return Incident(pool).seen_with(found, set(found), START)


def alerts(reason: str, waiting: dict[str, str]) -> AlertGroup:
    return AlertGroup(AlertKey(WEB.account, WEB.region, reason)).noted(waiting, START)


def test_a_mail_names_pool_services_and_what_to_do() -> None:
    told = of_incident(incident(2), Stage.OPENED, START)
    assert told.subject == "Spot failover: 2 services on on-demand, FARGATE_SPOT, 111111111111 us-east-1"
    assert told.body(Format.TEXT) == (
        "2 services of account 111111111111, Region us-east-1 moved to on-demand capacity: Spot (FARGATE_SPOT) lacks.\n"
        "\n"
        "  shop/s000 since 2026-03-01 02:11 UTC (FAILED_OVER, 2 tasks)\n"
        "  shop/s001 since 2026-03-01 02:11 UTC (FAILED_OVER, 2 tasks)\n"
        "\n"
        "What to do:\n"
        "  - Nothing: each service goes back to its own strategy once Spot carries it, and you are told.\n"
        "  - To stop this automation: enabled = false.\n"
    )


def test_the_end_tells_how_long_it_was_and_how_many() -> None:
    ended = incident(3).seen_with({}, set(), START + timedelta(minutes=95))
    told = of_incident(ended, Stage.OVER, START + timedelta(minutes=105))
    assert told.subject.startswith("Spot failover over: FARGATE_SPOT")
    assert "(1 h 35 min) 3 services had been moved there, 3 at the same time" in told.body(Format.TEXT)
    assert "What to do" not in told.body(Format.TEXT)


@pytest.mark.parametrize(
    ("lasted", "told"),
    [
        (timedelta(seconds=59), "0 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=1), "1 h 0 min"),
        (timedelta(hours=26, minutes=3), "26 h 3 min"),
    ],
)
def test_how_long_it_was_is_told_in_hours_from_the_first_hour_on(lasted: timedelta, told: str) -> None:
    ended = incident(1).seen_with({}, set(), START + lasted)
    assert f"({told}) 1 service had" in of_incident(ended, Stage.OVER, START + lasted).summary


def test_of_a_service_that_wanted_no_tasks_none_are_told() -> None:
    found = {f"{WEB.account}::shop::web": Member(START)}
    told = of_incident(Incident(POOL).seen_with(found, set(found), START), Stage.OPENED, START)
    assert told.lines == ("shop/web since 2026-03-01 02:11 UTC (on-demand)",)


@pytest.mark.parametrize("many", [50, 51, 200])
def test_a_long_list_is_cut_and_counted(many: int) -> None:
    lines = of_incident(incident(many), Stage.OPENED, START).body(Format.TEXT).splitlines()
    assert sum("shop/" in line for line in lines) == 50
    assert [line for line in lines if "more" in line] == ([f"  and {many - 50} more"] if many > 50 else [])


def test_services_that_are_not_remembered_are_counted_too() -> None:
    told = of_incident(replace(incident(2), beyond=7), Stage.GROWN, START)
    assert "now 9 services" in told.subject
    assert "and 7 more" in told.body(Format.TEXT)
    long = of_incident(replace(incident(60), beyond=7), Stage.GROWN, START)
    assert "and 17 more" in long.body(Format.TEXT)


def test_a_pool_of_a_cluster_and_twins_have_names() -> None:
    asg = PoolKey.of(WEB, "asg-spot")
    assert "asg-spot of cluster shop" in of_incident(incident(1, asg), Stage.OPENED, START).title
    twins = PoolKey(WEB.account, WEB.region, TWINS)
    assert "1 service on on-demand, on-demand twins" in of_incident(incident(1, twins), Stage.OPENED, START).title


def test_a_chat_gets_the_schema_of_custom_notifications() -> None:
    told = json.loads(of_incident(incident(20), Stage.OPENED, START).body(Format.CHATBOT))
    assert (told["version"], told["source"], told["content"]["textType"]) == ("1.0", "custom", "client-markdown")
    assert told["content"]["title"].startswith("Spot failover: 20 services")
    assert told["content"]["description"].count("• shop/") == 15
    assert "and 5 more" in told["content"]["description"]
    assert len(told["content"]["nextSteps"]) == 2
    assert told["content"]["keywords"] == ["opened", "111111111111", "us-east-1"]
    assert told["metadata"]["eventType"] == "opened"
    assert told["metadata"]["additionalContext"] == {"account": "111111111111", "region": "us-east-1"}


def test_a_message_of_a_title_and_a_summary_alone_holds_nothing_empty() -> None:
    told = Notification("title", "what happened", kind="PATH_SILENT")
    assert told.body(Format.TEXT) == "what happened\n"
    assert json.loads(told.body(Format.CHATBOT))["content"] == {
        "textType": "client-markdown",
        "title": "title",
        "description": "what happened",
        "keywords": ["PATH_SILENT"],
    }


def test_all_messages_of_an_incident_are_one_thread_and_the_next_incident_another() -> None:
    first = {of_incident(incident(1), stage, START + timedelta(hours=1)).thread for stage in Stage}
    assert len(first) == 1
    second = replace(incident(1), opened_at=START + timedelta(days=1))
    assert of_incident(second, Stage.OPENED, START).thread not in first


@pytest.mark.parametrize("title", ["x" * 150, "zwölf\nZeilen"])
def test_a_subject_is_what_sns_takes(title: str) -> None:
    subject = Notification(title, "").subject
    assert len(subject) < 100
    assert subject.isascii()
    assert subject.isprintable()


def test_a_subject_keeps_what_it_may_and_ends_in_dots_where_it_is_cut() -> None:
    assert Notification("x" * 99, "").subject == "x" * 99
    assert Notification("x" * 100, "").subject == "x" * 96 + "..."
    assert Notification(" ~ zwölf", "").subject == " ~ zw?lf"


def test_alerts_are_told_with_their_notes_and_what_to_do() -> None:
    told = of_alerts(alerts("UNSUPPORTED_CONTROLLER", {"shop/web": "DAEMON", "shop/api": ""}))
    assert told.subject == "Spot failover, UNSUPPORTED_CONTROLLER: 2 services, 111111111111 us-east-1"
    body = told.body(Format.TEXT)
    assert "  shop/api\n  shop/web: DAEMON\n" in body
    assert STEPS[Reason.UNSUPPORTED_CONTROLLER] in body


def test_an_alert_about_an_account_names_no_service() -> None:
    group = alerts("PATH_SILENT", {"-": "no heartbeat"})
    assert of_alerts(group).subject == "Spot failover, PATH_SILENT: 111111111111 us-east-1"
    assert "  no heartbeat\n" in of_alerts(group).body(Format.TEXT)


def test_alerts_beyond_those_with_a_name_are_counted() -> None:
    told = of_alerts(replace(alerts("FAILOVER_LIMIT", {"shop/web": ""}), more=3))
    assert told.title == "Spot failover, FAILOVER_LIMIT: 4 services, 111111111111 us-east-1"
    assert "and 3 more" in told.body(Format.TEXT)


def test_an_alert_of_a_reason_that_only_another_version_knows_is_told_without_a_step() -> None:
    assert of_alerts(alerts("OF_ANOTHER_VERSION", {"shop/web": "why"})) == Notification(
        "Spot failover, OF_ANOTHER_VERSION: 1 service, 111111111111 us-east-1",
        "OF_ANOTHER_VERSION in account 111111111111, Region us-east-1: a person has to look.",
        lines=("shop/web: why",),
        thread="incident::alert::111111111111::OF_ANOTHER_VERSION::us-east-1",
        kind="OF_ANOTHER_VERSION",
        account="111111111111",
        region="us-east-1",
    )


def test_whoever_set_the_fallback_again_is_asked_for_the_strategy_that_it_should_be() -> None:
    told = of_alerts(alerts("RESTORE_OVERRULED", {"shop/web": ""}))
    assert told.steps == ("Somebody set the fallback again: set the strategy that the service should have.",)


def test_every_alert_says_what_to_do() -> None:
    table = (Path(__file__).parents[2] / "docs" / "reasons.md").read_text()
    alerts = re.findall(r"^\| `(\w+)` \| alert", table, re.MULTILINE)
    assert len(alerts) > 5
    assert {Reason(name) for name in alerts} <= set(STEPS)
