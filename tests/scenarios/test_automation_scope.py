"""The automation role can be bound to clusters and tags: what is outside is refused by IAM, told, and left as it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.scenarios.applied import applied_in_one_account
from tests.scenarios.organization import CENTRAL, QUEUE, REGION, SPOT, Organization

pytestmark = pytest.mark.slow

ORDERS_TEAM, OTHER_TEAM = [{"key": "team", "value": "orders"}], [{"key": "team", "value": "media"}]
SERVICES = {
    ("prod-1", "inside"): ORDERS_TEAM,
    ("prod-1", "of-another-team"): OTHER_TEAM,
    ("stage", "in-another-cluster"): ORDERS_TEAM,
}


@pytest.fixture(scope="module")
def scoped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Organization]:
    with applied_in_one_account(tmp_path_factory.mktemp("scoped"), "scoped") as organization:
        for (cluster, name), tags in SERVICES.items():
            organization.service(cluster, name, CENTRAL, tags=tags)
        organization.aws.set_spot_capacity(CENTRAL, REGION, 0)
        organization.aws.advance(3600)
        yield organization


def test_what_is_inside_moves_and_what_is_outside_stays(scoped: Organization) -> None:
    switched = [update["service"] for cluster in ("prod-1", "stage") for update in scoped.switches(cluster)]

    assert set(switched) == {"inside"}
    assert scoped.strategy("prod-1", "of-another-team", CENTRAL) == SPOT
    assert scoped.strategy("stage", "in-another-cluster", CENTRAL) == SPOT


@pytest.mark.parametrize(("cluster", "name"), [place for place in SERVICES if place[1] != "inside"])
def test_a_refused_switch_is_told_with_the_service_and_the_action(
    scoped: Organization, cluster: str, name: str
) -> None:
    told = [line for line in scoped.log_lines() if line.get("service") == name and line.get("cluster") == cluster]

    assert any("ecs:UpdateService" in str(line) for line in told), told


def test_what_was_refused_again_and_again_is_a_dead_letter(scoped: Organization) -> None:
    letters = scoped.dead_letters(QUEUE)

    assert {name for _, name in SERVICES if any(name in letter["Body"] for letter in letters)} == {
        "of-another-team",
        "in-another-cluster",
    }
