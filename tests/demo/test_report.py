from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

from demo.expectations import ALL_ON_DEMAND, Expectation
from demo.report import Telling, report
from demo.run import assess
from demo.scenarios import SCENARIOS, Scenario
from tests.demo import story, twin_story

SCENARIO = Scenario(
    "failover",
    Telling("Spot goes away & returns", "Spot was gone for {outage}.", "Spot lost"),
    (),
    (
        Expectation(story.WEB, "all on Spot <b>", ALL_ON_DEMAND),
        Expectation(story.LEGACY, "opted out by a tag"),
    ),
    SCENARIOS["failover"].play,
)
VOID = {"meta", "br", "rect", "line", "circle", "path"}


class Page(HTMLParser):
    """Checks that elements are closed in order, and collects what a test asks for."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.charts: list[dict[str, Any]] = []
        self.classes: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.classes += (attributes.get("class") or "").split()
        if chart := attributes.get("data-chart"):
            self.charts.append(json.loads(chart))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.classes += (dict(attrs).get("class") or "").split()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data + " "


def page(raw: dict[str, Any] | None = None, scenario: Scenario = SCENARIO) -> tuple[str, Page]:
    result = assess(scenario, raw or story.raw())
    html = report(scenario.telling, result.evidence, result.verdicts, result.accounts, result.failures, result.hints)
    return html, Page(html)


def test_the_page_is_well_formed_and_escaped() -> None:
    html, parsed = page()

    assert parsed.open == []
    assert "Spot goes away &amp; returns" in html
    assert "all on Spot &lt;b&gt;" in html


def test_the_page_needs_no_network() -> None:
    html, _ = page()

    assert re.findall(r"https?://|//[a-z]+\.|<link|<img|@import|url\(|src=", html) == []


def test_the_page_follows_light_and_dark() -> None:
    html, _ = page()

    assert "prefers-color-scheme: dark" in html


def test_a_chart_shows_tasks_outage_and_what_was_done() -> None:
    _, parsed = page()

    assert len(parsed.charts) == 2
    assert parsed.charts[0]["points"][0] == [story.LOSS - 300, 4, 0, 0]
    assert {"spot", "on-demand", "missing", "desired", "outage", "mark"} <= set(parsed.classes)
    assert "+0:00:40 failed over: FARGATE_SPOT 0, FARGATE 10" in parsed.text
    assert "+0:07:00 restore begun" in parsed.text
    assert "+0:27:00 restore proven, 2 min 00 s after Spot came back" in parsed.text
    assert "Not touched." in parsed.text


def test_the_page_tells_figures_reasons_and_verdict() -> None:
    _, parsed = page()

    assert "every service ended as it should" in parsed.text
    assert "Spot was gone for 25 min 00 s. Moved to on-demand capacity: 1 of 2 services" in parsed.text
    assert "OUT_OF_SCOPE" in parsed.text
    assert "opted out by the service's tag" in parsed.text


def test_failures_stand_at_the_top_with_the_errors_that_explain_them() -> None:
    raw = story.raw()
    raw["errors"] = ["AccessDenied: not allowed"] * 2
    raw["decisions"] = [decision for decision in raw["decisions"] if decision["reason"] != "RESTORED"]

    _, parsed = page(raw)

    assert "1 failure" in parsed.text
    assert "The functions logged 2 times: AccessDenied: not allowed" in parsed.text
    assert "shop/web (111111111111, us-east-1) was restored, but the restore was never proven." in parsed.text


def test_errors_that_did_no_harm_are_no_failures() -> None:
    raw = story.raw()
    raw["errors"] = ["ThrottlingException: slow down"]

    assert assess(SCENARIO, raw).failures == ()


def test_a_run_in_which_spot_never_returns_has_a_page_too() -> None:
    raw = story.raw()
    raw["return_at"] = None
    raw["timeline"]["spot"][0]["points"].pop()

    _, parsed = page(raw)

    assert "Spot was gone for the whole run" in parsed.text


def test_a_twin_and_its_targets_are_shown() -> None:
    _, parsed = page(twin_story.raw(), replace(SCENARIO, expectations=(twin_story.EXPECTED,)))

    running, targets, first_minutes = parsed.charts
    assert running["labels"] == ["on Spot", "on-demand", "in the twin"]
    assert [story.LOSS + 120, 5, 0, 2, 3] in running["points"]
    assert targets["labels"] == ["healthy", "registered", "draining", "at least allowed"]
    assert [story.LOSS + 45, 5, 5, 0, 3, 2] in targets["points"]
    assert (first_minutes["begin"], first_minutes["end"]) == (story.LOSS - 30, story.LOSS + 300)
    assert {"twin", "healthy", "starting", "draining", "least"} <= set(parsed.classes)
    assert "Carried by an on-demand twin: 1; twins back at 0: 1." in parsed.text
    assert "+0:00:05 its twin is asked for 3 tasks" in parsed.text
    assert "+0:46:40 its twin is asked for 0 tasks" in parsed.text
