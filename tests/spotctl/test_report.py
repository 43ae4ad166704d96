"""`spotctl report`: what was on on-demand capacity, for how long, and what it cost."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from typing import Any

import boto3
import pytest

from spot_failover.core.path import Path as Known
from spot_failover.core.service_key import ServiceKey
from spotctl.installation import Installation
from tests.doubles.builders import API, FALLBACK, MIXED, OTHER, SPOT, WEB, deployment, failure, service
from tests.handlers.aws_account import REGION
from tests.spotctl.central import RESTORE, WEB_NAME, Central
from tests.spotctl.plumbing import Plumbing

FAILURES = "/aws/lambda/placement_failure-handler"
TICKS = f"/aws/lambda/{RESTORE}"
PRICES = ("--on-demand-price", "0.10", "--spot-price", "0.03")


class World:
    """Services of two accounts, and logs in which the functions have told of them."""

    def __init__(self, central: Central) -> None:
        self.central = central
        central.clock.time = datetime.now(UTC)  # CloudWatch Logs takes no old events
        Plumbing(central)
        self.logs: Any = boto3.client("logs", region_name=REGION)
        for group in (FAILURES, TICKS, "/aws/lambda/interruption-handler", "/aws/lambda/sweep-handler"):
            self.logs.create_log_group(logGroupName=group)
            self.logs.create_log_stream(logGroupName=group, logStreamName="one")
        central.services.add(service(deployment(SPOT)), service(deployment(MIXED), key=OTHER))

    def tell(self, group: str, hours_ago: float, action: str, reason: str, key: ServiceKey = WEB, **more: Any) -> None:
        at = self.central.clock.now() - timedelta(hours=hours_ago)
        names = {"account": key.account, "region": key.region, "cluster": key.cluster, "service": key.service}
        line = {"timestamp": at.isoformat(), "message": "decision", **names, "action": action, "reason": reason, **more}
        event = {"timestamp": int(at.timestamp() * 1000), "message": json.dumps(line)}
        self.logs.put_log_events(logGroupName=group, logStreamName="one", logEvents=[event])

    def episode(self, key: ServiceKey, begin: float, end: float, strategy: Any = SPOT) -> None:
        event = (self.central.clock.now() - timedelta(hours=begin, minutes=2)).isoformat()
        more = {"before": str(strategy), "desired": 4, "event_time": event, "event_kind": "PlacementFailure"}
        self.tell(FAILURES, begin, "fail_over", "FAILED_OVER", key, **more)
        self.tell(TICKS, end + 0.5, "restore", "RESTORE_STARTED", key, after=str(strategy))
        self.tell(TICKS, end, "close", "RESTORED", key)


@pytest.fixture
def world(central: Central) -> World:
    made = World(central)
    made.episode(WEB, 20, 10)
    made.episode(OTHER, 6, 4, MIXED)
    return made


def test_by_service_and_account(world: World) -> None:
    told = world.central.json("report", "--from", "1d", *PRICES)
    by_name = {each["service"] + each["account"]: each for each in told["services"]}
    web, other = by_name[f"web{WEB.account}"], by_name[f"web{OTHER.account}"]
    assert (web["fallback_hours"], web["failovers"], web["shortfall_minutes"]) == pytest.approx((10, 1, 2))
    assert (web["spot_task_hours"], web["on_demand_task_hours"]) == pytest.approx((56, 40))
    assert web["cost"] == pytest.approx(56 * 0.03 + 40 * 0.10)
    assert web["saving"] == pytest.approx(56 * 0.07)
    # Of 4 tasks on the base of 1 and 1 to 3 a quarter of the rest is on-demand by itself.
    assert (other["spot_task_hours"], other["moved_task_hours"]) == pytest.approx((2.25 * 22, 2.25 * 2))
    assert [each["account"] for each in told["accounts"]] == [WEB.account, OTHER.account]
    assert told["total"]["failovers"] == 2
    assert told["total"]["spot_task_hours"] == pytest.approx(56 + 2.25 * 22)
    (time,) = web["on_fallback"]
    assert (time["reason"], time["lasts"], time["tasks"]) == ("FAILED_OVER", False, 4)


def test_a_table_says_what_is_estimated(world: World) -> None:
    text = world.central.run("report", "--from", "1d", *PRICES).stdout
    row = next(line for line in text.splitlines() if line.startswith(WEB_NAME))
    assert row.split() == [WEB_NAME, "10.0", "56.0", "40.0", "40.0", "58.3", "%", "1", "0", "2.0", "5.68", "3.92"]
    assert "Task hours are estimates" in text
    assert "COST" not in world.central.run("report", "--from", "1d").stdout


def test_csv_has_a_line_for_each_service(world: World) -> None:
    rows = list(csv.DictReader(StringIO(world.central.run("report", "--from", "1d", "--csv").stdout)))
    assert [(row["account"], row["service"]) for row in rows] == [(WEB.account, "web"), (OTHER.account, "web")]
    assert [float(row["fallback_hours"]) for row in rows] == pytest.approx([10, 2])
    assert {row["cost"] for row in rows} == {""}


def test_a_ratio_in_place_of_prices(world: World) -> None:
    told = world.central.json("report", "--from", "1d", "--spot-discount", "70")
    assert told["prices"] == {"on_demand": 1.0, "spot": pytest.approx(0.3), "unit": "hours of an on-demand task"}
    priced = world.central.json("report", "--from", "1d", "--spot-discount", "70", "--on-demand-price", "0.1")
    assert priced["total"]["cost"] == pytest.approx(told["total"]["cost"] * 0.1)


def test_only_the_time_that_is_asked_for(world: World) -> None:
    told = world.central.json("report", "--from", "15h", "--to", "12h")
    (web,) = told["services"]
    assert (web["hours"], web["fallback_hours"], web["failovers"]) == pytest.approx((3, 3, 0))
    nothing = world.central.run("report", "--from", "2h")
    assert "No service was on on-demand capacity by failover, as far as the history knows" in nothing.stdout


def test_all_services_with_spot(world: World) -> None:
    registry = Installation(boto3.Session(region_name=REGION), RESTORE).registry
    registry.put_path(Known(WEB.account, WEB.region, heard_at=world.central.clock.now()))
    world.central.services.add(
        service(key=API), service(deployment(FALLBACK), key=ServiceKey(WEB.account, WEB.region, "shop", "batch"))
    )
    told = world.central.json("report", "--from", "1d", "--all")
    assert [each["service"] for each in told["services"]] == ["api", "web", "web"]
    api = told["services"][0]
    assert (api["spot_share"], api["failovers"], api["spot_task_hours"]) == pytest.approx((1, 0, 96))


def test_what_lasts_and_what_can_not_be_read(world: World) -> None:
    world.central.services.add(service(key=API))
    world.central.deliver(failure(API, time=world.central.clock.now(), synthetic=True))
    world.central.clock.advance(hours=1)
    world.central.services.denied.add(OTHER.account)
    lost = ServiceKey(OTHER.account, OTHER.region, "store", "lost")
    world.tell(FAILURES, 3, "fail_over", "FAILED_OVER", lost)
    told = world.central.json("report", "--from", "1d")
    api = next(each for each in told["services"] if each["service"] == "api")
    assert (api["fallback_hours"], api["on_fallback"][0]["lasts"]) == (pytest.approx(1, abs=0.01), True)
    gone, other = (each for each in told["services"] if each["account"] == OTHER.account)
    assert (other["service"], other["spot_task_hours"]) == ("web", pytest.approx(2.25 * 22, rel=0.05))
    assert (gone["service"], gone["spot_task_hours"], gone["shortfalls_unknown"]) == ("lost", None, 1)
    assert any(note.startswith("Not read: describe") for note in told["notes"])
    assert any("Task hours not known" in note for note in told["notes"])


class Page(HTMLParser):
    """Collects what a page asks a network for, and its texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.asks: list[str] = []
        self.classes: list[str] = []
        self.tags: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.asks += [str(value) for name, value in attrs if name in {"src", "href"}]
        self.classes += [str(value) for name, value in attrs if name == "class"]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_page_that_needs_no_network(world: World, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    result = world.central.run("report", "--from", "1d", *PRICES, "--html", str(file))
    assert (result.exit_code, result.stdout) == (0, ""), result.output
    html = file.read_text()
    page = Page(html)
    assert (page.asks, "http" in html, "script" in page.tags) == ([], False, False)
    assert page.tags.count("svg") == 3  # one for each account, and one of times
    assert page.classes.count("on-demand") == 4
    assert "2 of 2 services were on on-demand capacity by failover, for 12.0 hours in all" in page.text
    assert "nan" not in html.lower().replace("finance", "")


def test_a_page_where_nothing_was_moved_and_one_that_can_not_be_written(world: World, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    assert world.central.run("report", "--from", "1h", "--html", str(file), "--json").exit_code == 0
    assert "No service was on on-demand capacity" in file.read_text()
    result = world.central.run("report", "--html", str(tmp_path / "nowhere" / "report.html"))
    assert (result.exit_code, "can't be written" in result.stderr) == (5, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--spot-price", "0.03"),
        ("--on-demand-price", "0.10"),
        ("--spot-price", "0.03", "--spot-discount", "70", "--on-demand-price", "1"),
        ("--spot-discount", "170"),
        ("--csv", "--json"),
        ("--from", "1h", "--to", "2h"),
    ],
)
def test_a_command_line_that_makes_no_sense(central: Central, arguments: tuple[str, ...]) -> None:
    assert central.run("report", *arguments).exit_code == 2
