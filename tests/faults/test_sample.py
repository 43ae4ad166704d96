"""A fixed sample of what `make faults` tries: changes whose answer is lost, and changes that kill their caller.

In good weather at every change, in bad weather at the changes of services alone; of twins and task sets at the latter
too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pytest

from local_aws.faults.plan import Kind
from tests.faults.attack import Fault, Recording, attack, faults, record
from tests.faults.installation import Installation
from tests.faults.scenarios import SCENARIOS, Scenario
from tests.faults.weather import ROUGH
from tests.scenarios.applied import applied_organization

pytestmark = pytest.mark.slow

CHANGES_OF_SERVICES = frozenset({"ecs:UpdateService", "states:StartExecution"})
CHANGES = CHANGES_OF_SERVICES | {"dynamodb:PutItem", "sqs:SendMessage"}
HARD = frozenset({Kind.AFTER_TIMEOUT, Kind.KILL_AFTER})


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with applied_organization(tmp_path_factory.mktemp("faults"), twins=True, task_sets=True) as organization:
        yield Installation(organization)


@pytest.fixture(scope="module")
def recordings() -> dict[str, Recording]:
    """By scenario: each is recorded once."""
    return {}


def in_sample(fault: Fault, changes: Collection[str] = CHANGES) -> bool:
    return fault.kind in HARD and fault.site.action in changes


def recorded(installation: Installation, recordings: dict[str, Recording], scenario: Scenario) -> Recording:
    if scenario.name not in recordings:
        recordings[scenario.name] = record(installation, scenario)
    return recordings[scenario.name]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_change_whose_caller_never_learns_of_it_leads_to_the_same_end(
    installation: Installation, recordings: dict[str, Recording], scenario: Scenario
) -> None:
    recording = recorded(installation, recordings, scenario)
    changes = CHANGES_OF_SERVICES if scenario.twin or scenario.external else CHANGES
    sample = [fault for fault in faults(recording) if in_sample(fault, changes)]
    differences = {str(fault): attack(installation, recording, fault).difference for fault in sample}

    assert {fault: difference for fault, difference in differences.items() if difference} == {}
    assert len(differences) >= 2


@pytest.mark.parametrize("scenario", SCENARIOS[:4], ids=lambda scenario: scenario.name)
def test_so_it_does_while_reads_are_late_and_others_use_up_the_quotas(
    installation: Installation, recordings: dict[str, Recording], scenario: Scenario
) -> None:
    recording = recorded(installation, recordings, scenario)
    sample = [one for one in faults(recording, ROUGH) if in_sample(one, CHANGES_OF_SERVICES)]
    results = [attack(installation, recording, fault, ROUGH) for fault in sample]

    assert {str(result.fault): result.difference for result in results if result.difference} == {}
    assert sum(result.met for result in results) >= 2
    assert installation.organization.aws.chaos.counts()["stale_reads"] > 0
