"""All faults of all scenarios in this process: a scenario is arranged once, and every fault goes on from there.

Each scenario begins in the same new world, and each fault where its scenario was arranged, in copies of the process:
what a fault leads to depends on nothing that was tried before.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from local_aws.faults.plan import CallSite
from tests.faults import twins
from tests.faults.attack import Fault, Recording, Result, arranged, attempt, missed, recorded, starts_anew
from tests.faults.campaign import Campaign, Job
from tests.faults.case import Case, NotReachedError, new_case
from tests.faults.ends import not_led_to
from tests.faults.forks import side_by_side
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
    """A result, how it was come by, and how often the weather was in the way."""

    result: Result
    cold: bool
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
    *,
    in_turn: bool = False,
) -> Campaign:
    """As `campaign.run`, without anything deployed; `workers` is how many faults are tried at once."""
    campaign, named = Campaign(), {one.name: one for one in scenarios}

    def plan(recording: Recording) -> list[Job]:
        return list(Campaign().plan(recording, weathers, kept, in_turn=in_turn))

    with still_installation() as installation:
        _warm_up(installation)
        gc.freeze()  # what is there by now stays shared with the copies
        works = (partial(_scenario, installation, one, plan, workers) for one in scenarios)
        for found in side_by_side(works, 1):
            match found:
                case Recorded():
                    recording = Recording(named[found.scenario], found.sites, found.end)
                    campaign.recordings.append(recording)
                    list(campaign.plan(recording, weathers, kept, in_turn=in_turn))
                case Tried():
                    kept.put(found.result)
                    campaign.results.append(found.result)
                    campaign.chaos.update(found.chaos)
                case Unrecorded():
                    campaign.unrecorded.append(found.reason)
            progress(campaign)
    return campaign


def _warm_up(installation: StillInstallation) -> None:
    """Let every function be at work once, as those of an installation that is in use have been."""
    with new_case(installation, twin=True, **twins.WITH_TWIN) as case:
        installation.heartbeats(enabled=True)
        installation.sweeps(enabled=True)
        twins.raised(case)
        installation.heartbeats(enabled=False)
        installation.sweeps(enabled=False)


def _scenario(
    installation: StillInstallation, scenario: Scenario, plan: Callable[[Recording], list[Job]], workers: int
) -> Iterator[Recorded | Tried | Unrecorded]:
    """Arrange it, record it, and try every fault; once more, with functions that start anew, what was missed."""
    with arranged(installation, scenario) as case:
        for found in side_by_side([partial(_recorded, case, scenario)], 1):
            yield found
        if isinstance(found, Unrecorded):
            return
        recording = Recording(scenario, found.sites, found.end)
        jobs = [(fault, weather, starts_anew(fault)) for _, fault, weather in plan(recording)]
        again = []
        for tried in side_by_side((partial(_tried, case, recording, *job) for job in jobs), workers):
            if missed(tried.result) and not tried.cold:
                again.append((tried.result.fault, tried.result.weather, True))
            else:
                yield tried
        yield from side_by_side((partial(_tried, case, recording, *job) for job in again), workers)


def _recorded(case: Case, scenario: Scenario) -> Iterable[Recorded | Unrecorded]:
    try:
        recording = recorded(case, scenario)
    except NotReachedError as error:
        return [Unrecorded(str(error))]
    wrong = not_led_to(scenario.name, recording.end)
    if wrong:
        return [Unrecorded(f"{scenario.name}: without any fault it does not lead to what it is about: {wrong}")]
    return [Recorded(scenario.name, recording.sites, recording.end)]


def _tried(case: Case, recording: Recording, fault: Fault, weather: Weather, cold: bool) -> Iterable[Tried]:
    result = attempt(case, recording, fault, weather, cold=cold)
    return [Tried(result, cold, Counter(case.installation.organization.aws.chaos.counts()))]
