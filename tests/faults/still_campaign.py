"""All faults of all scenarios in this process: a scenario is arranged once, and every fault goes on from there.

Each scenario begins in the same new world, and each fault where its scenario was arranged, in copies of the process:
what a fault leads to depends on nothing that was tried before.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from local_aws.faults.plan import CallSite
from tests.faults.attack import Fault, Found, Recording, Result, arranged, attempt, judged, recorded
from tests.faults.campaign import Campaign
from tests.faults.case import Case, NotReachedError
from tests.faults.forks import alone, side_by_side
from tests.faults.in_process import StillInstallation, still_installation
from tests.faults.kept import Kept
from tests.faults.scenarios import Scenario
from tests.faults.state import State
from tests.faults.weather import Weather


@dataclass(frozen=True)
class Recorded:
    """A recording, as one process tells it to another: the scenario's functions are there already."""

    scenario: str
    sites: tuple[CallSite, ...]
    end: State


@dataclass(frozen=True)
class Tried:
    """A result, and how often the weather was in the way."""

    result: Result
    chaos: Counter[str]


@dataclass(frozen=True)
class Unrecorded:
    """Why a scenario did not even end without a fault."""

    reason: str


def run_in_process(
    scenarios: Sequence[Scenario],
    weathers: Sequence[Weather],
    workers: int,
    progress: Callable[[Campaign], None],
    kept: Kept,
) -> Campaign:
    """As `campaign.run`, without anything deployed; `workers` is how many faults are tried at once."""
    campaign, named = Campaign(), {one.name: one for one in scenarios}
    with still_installation() as installation:
        gc.freeze()  # what is there by now stays shared with the copies
        works = [lambda one=one: _scenario(installation, one, weathers, workers, kept) for one in scenarios]
        for found in side_by_side(works, 1):  # type: ignore[arg-type]
            match found:
                case Recorded():
                    recording = Recording(named[found.scenario], found.sites, found.end)
                    campaign.recordings.append(recording)
                    list(campaign.plan(recording, weathers, kept))
                case Tried():
                    kept.put(found.result)
                    campaign.results.append(found.result)
                    campaign.chaos.update(found.chaos)
                case Unrecorded():
                    campaign.unrecorded.append(found.reason)
            progress(campaign)
    return campaign


def _scenario(
    installation: StillInstallation, scenario: Scenario, weathers: Sequence[Weather], workers: int, kept: Kept
) -> Iterator[Recorded | Tried | Unrecorded]:
    """Arrange it, record it, and try every fault."""
    with arranged(installation, scenario) as case:
        recording: Recording | str = alone(lambda: _recorded(case, scenario))
        if isinstance(recording, str):
            yield Unrecorded(recording)
            return
        known = Recording(scenario, recording.sites, recording.end)
        yield Recorded(scenario.name, recording.sites, recording.end)
        jobs = list(Campaign().plan(known, weathers, kept))
        yield from side_by_side(
            (lambda fault=fault, weather=weather: [_tried(case, known, fault, weather)] for _, fault, weather in jobs),  # type: ignore[misc]
            workers,
        )


def _recorded(case: Case, scenario: Scenario) -> Recorded | str:
    try:
        recording = recorded(case, scenario)
    except NotReachedError as error:
        return str(error)
    return Recorded(scenario.name, recording.sites, recording.end)


def _tried(case: Case, recording: Recording, fault: Fault, weather: Weather) -> Tried:
    chaos: Counter[str] = Counter()

    def attempted(cold: bool) -> tuple[Found, Counter[str]]:
        aws = case.installation.organization.aws
        return attempt(case, recording, fault, weather, cold=cold), Counter(aws.chaos.counts())

    def tried(cold: bool) -> Found:
        found, counts = alone(lambda: attempted(cold))
        chaos.update(counts)
        return found

    return Tried(judged(recording, fault, weather, tried), chaos)
