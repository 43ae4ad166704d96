"""All faults of all scenarios, shared out among installations that work side by side."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue

from tests.faults.attack import Fault, Recording, Result, attack, faults, record
from tests.faults.case import NotReachedError
from tests.faults.installation import Installation
from tests.faults.kept import Kept
from tests.faults.scenarios import Scenario
from tests.faults.weather import Weather
from tests.scenarios.applied import applied_organization

Job = tuple[Recording, Fault, Weather]


@dataclass
class Campaign:
    """What has been recorded and found so far."""

    recordings: list[Recording] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    unrecorded: list[str] = field(default_factory=list)
    """Scenarios that do not even end without a fault, with what they ended in."""
    planned: int = 0
    chaos: Counter[str] = field(default_factory=Counter)
    """How many reads were late and how many calls throttled, among others, in all installations together."""

    def plan(
        self, recording: Recording, weathers: Sequence[Weather], kept: Kept, *, in_turn: bool = False
    ) -> Iterator[Job]:
        """What is to be tried of a scenario. What is known already is a result at once."""
        for weather in weathers:
            for fault in faults(recording, weather, in_turn=in_turn):
                self.planned += 1
                known = kept.get(recording.scenario.name, fault, weather)
                if known is None:
                    yield recording, fault, weather
                else:
                    self.results.append(known)


def run(
    scenarios: Sequence[Scenario],
    weathers: Sequence[Weather],
    folder: Path,
    workers: int,
    progress: Callable[[Campaign], None],
    kept: Kept,
    *,
    in_turn: bool = False,
) -> Campaign:
    """Record every scenario and try its faults in every weather; the first of the ``workers`` installations records.

    Results come in any order. ``progress`` is called after every one of them, and after every recording. What is
    ``kept`` of a run before is not tried again. ``in_turn``: see `faults`.
    """
    campaign = Campaign()
    jobs: SimpleQueue[Job | None] = SimpleQueue()
    lock = threading.Lock()

    def record_all(installation: Installation) -> None:
        try:
            for scenario in scenarios:
                try:
                    recording = record(installation, scenario)
                except NotReachedError as error:
                    campaign.unrecorded.append(str(error))
                    continue
                with lock:
                    campaign.recordings.append(recording)
                    for job in campaign.plan(recording, weathers, kept, in_turn=in_turn):
                        jobs.put(job)
                    progress(campaign)
        finally:
            for _ in range(workers):
                jobs.put(None)

    def work(number: int) -> None:
        place = folder / f"installation-{number}"
        place.mkdir(parents=True)
        with applied_organization(place, twins=True, task_sets=True) as organization:
            installation = Installation(organization)
            if number == 0:
                record_all(installation)
            while (job := jobs.get()) is not None:
                result = attack(installation, *job)
                with lock:
                    kept.put(result)
                    campaign.results.append(result)
                    progress(campaign)
            with lock:
                campaign.chaos.update(organization.aws.chaos.counts())

    with ThreadPoolExecutor(workers, thread_name_prefix="installation") as threads:
        list(threads.map(work, range(workers)))
    return campaign
