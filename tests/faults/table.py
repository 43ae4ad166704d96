"""What a campaign found, as a table, and in words what did not survive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.table import Table

from local_aws.faults.plan import Kind
from tests.faults.attack import Result
from tests.faults.campaign import Campaign
from tests.faults.weather import CLEAR, Weather

HEADINGS = {
    Kind.BEFORE: "error before",
    Kind.AFTER: "error after",
    Kind.AFTER_TIMEOUT: "answer lost",
    Kind.KILL_BEFORE: "killed before",
    Kind.KILL_AFTER: "killed after",
    Kind.THROTTLE: "over quota",
}
"""Before or after the call's effect; an answer is lost after it. Short, for 80 columns."""


def table(campaign: Campaign, weather: Weather = CLEAR) -> Table:
    """A row per scenario: faults tried, by kind, how many of them never came about, and how many were survived."""
    title = "Faults" if weather == CLEAR else f"Faults, with {weather.name}"
    made = Table(title=title, padding=(0, 0), show_footer=True, footer_style="bold")
    results = [result for result in campaign.results if result.weather == weather]
    made.add_column("scenario", footer="all", no_wrap=True)
    made.add_column(
        "call\nsites", justify="right", footer=str(sum(len(recording.sites) for recording in campaign.recordings))
    )
    for kind in Kind:
        tried = sum(1 for result in results if result.fault.kind is kind)
        made.add_column(HEADINGS[kind].replace(" ", "\n"), justify="right", footer=str(tried), no_wrap=True)
    made.add_column("not\nmet", justify="right", footer=_not_met(results), no_wrap=True)
    made.add_column("survived", justify="right", footer=_survived(results), no_wrap=True)
    for recording in campaign.recordings:
        own = [result for result in results if result.scenario == recording.scenario.name]
        kinds = [str(sum(1 for result in own if result.fault.kind is kind)) for kind in Kind]
        made.add_row(recording.scenario.name, str(len(recording.sites)), *kinds, _not_met(own), _survived(own))
    return made


def losses(campaign: Campaign) -> Iterator[str]:
    """Every fault that was not survived, and what was different in the end."""
    yield from campaign.unrecorded
    for result in campaign.results:
        if result.difference:
            scenario = result.scenario if result.weather == CLEAR else f"{result.scenario}, {result.weather.name}"
            yield f"{scenario}: {result.fault}: {result.difference}"


def not_met(results: Iterable[Result]) -> int:
    """Faults that never came about, and where nothing else went wrong: of them nothing is known."""
    return sum(1 for result in results if not result.met and not result.difference)


def _not_met(results: list[Result]) -> str:
    return str(not_met(results) or "")


def _survived(results: list[Result]) -> str:
    """Of those that came about, and of those that did not but where something else went wrong."""
    survived, told = sum(1 for result in results if result.survived), len(results) - not_met(results)
    style = "green" if survived == told else "red"
    return f"[{style}]{survived}/{told}[/{style}]"
