"""A fixed sample of what `make faults` tries: changes whose answer is lost, and changes that kill their caller."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local_aws.faults.plan import Kind
from tests.faults.attack import Fault, attack, faults, record
from tests.faults.installation import Installation
from tests.faults.scenarios import SCENARIOS, Scenario
from tests.scenarios.applied import applied_organization

pytestmark = pytest.mark.slow

CHANGES = frozenset({"ecs:UpdateService", "dynamodb:PutItem"})
HARD = frozenset({Kind.AFTER_TIMEOUT, Kind.KILL_AFTER})


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with applied_organization(tmp_path_factory.mktemp("faults")) as organization:
        yield Installation(organization)


def in_sample(fault: Fault) -> bool:
    return fault.kind in HARD and fault.site.action in CHANGES


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_change_whose_caller_never_learns_of_it_leads_to_the_same_end(
    installation: Installation, scenario: Scenario
) -> None:
    recording = record(installation, scenario)
    sample = [fault for fault in faults(recording) if in_sample(fault)]
    differences = {str(fault): attack(installation, recording, fault).difference for fault in sample}

    assert {fault: difference for fault, difference in differences.items() if difference} == {}
    assert len(differences) >= 2
