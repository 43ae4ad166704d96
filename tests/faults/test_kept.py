"""A campaign that was broken off goes on where it stopped."""

from __future__ import annotations

from pathlib import Path

from local_aws.faults.plan import CallSite, Kind
from tests.faults.attack import Fault, Recording, Result
from tests.faults.campaign import Campaign
from tests.faults.kept import PLACES, Kept
from tests.faults.scenarios import SCENARIOS
from tests.faults.state import State
from tests.faults.weather import CLEAR, ROUGH

NAME = SCENARIOS[0].name
SITE = CallSite("function", "ecs:UpdateService", 1)
END = State("FARGATE 10", "closed", "", 0, (), (), ())
BEFORE, AFTER = Fault(SITE, Kind.BEFORE, retries_fail=True), Fault(SITE, Kind.AFTER, retries_fail=True)


def test_results_outlive_the_process_lost_ones_too(tmp_path: Path) -> None:
    survived, lost = Result(NAME, BEFORE, ""), Result(NAME, AFTER, "phase: 'open'", ROUGH, met=False)
    kept = Kept.here(tmp_path)
    kept.put(survived)
    kept.put(lost)
    with kept.path.open("a") as file:
        file.write('{"scenario": "broken o')

    again = Kept.here(tmp_path)

    assert again.get(NAME, BEFORE, CLEAR) == survived
    assert again.get(NAME, AFTER, ROUGH) == lost
    assert again.get(NAME, AFTER, CLEAR) is None
    assert Kept.here(tmp_path, fresh=True).get(NAME, BEFORE, CLEAR) is None


def test_only_what_is_not_known_is_tried(tmp_path: Path) -> None:
    campaign, kept = Campaign(), Kept.here(tmp_path)
    kept.put(Result(NAME, BEFORE, ""))

    jobs = list(campaign.plan(Recording(SCENARIOS[0], (SITE,), END), (CLEAR,), kept))

    assert campaign.planned == len(Kind)
    assert [result.fault for result in campaign.results] == [BEFORE]
    assert {fault.kind for _, fault, _ in jobs} == set(Kind) - {Kind.BEFORE}


def test_what_results_hang_on_is_where_it_is_looked_for() -> None:
    """A place that is gone would never change."""
    assert [place for place in PLACES if not place.exists()] == []
