"""A service behind a load balancer and its on-demand twin: Spot goes, the twin carries what lacks, and goes again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import pytest

from local_aws.client import LocalAws
from tests.scenarios.examples import Example, applied, what_is_there
from tests.scenarios.organization import CENTRAL, REGION, Organization

pytestmark = pytest.mark.slow

DESIRED, ON_SPOT = 5, 3
"""Tasks of the example's service: base 1 and a quarter of the others are on-demand."""
NOTICE, TICK = 120, 300
"""Seconds: from a Spot task's notice to its end; the default of `restore.schedule`."""
WHOLE_FOR, STEP_WAIT = 600, 120
"""Seconds: what the example says in `failover_service`."""
LOOK_AFTER = 30
"""Seconds: the default of `spot_interruption.look_after_seconds`."""
PLACEMENT_FAILURE, INTERRUPTION = "fargate-spot-task-placement-failure-handler", "fargate-spot-interruption-handler"
QUEUES = ("placement-failure", "interruption", "sweep", "task-state")


@dataclass(frozen=True)
class Shop:
    """The example, applied and settled."""

    example: Example

    @property
    def aws(self) -> LocalAws:
        return self.example.aws

    @property
    def organization(self) -> Organization:
        return Organization(self.aws)

    def spot(self, capacity: int | None) -> float:
        """Let Spot carry so many tasks from now on, and tell the time."""
        now = self.aws.now()
        self.aws.set_spot_capacity(CENTRAL, REGION, capacity)
        return now

    def tasks(self) -> tuple[dict[str, int], dict[str, int]]:
        """Running tasks by provider, of the service and of its twin."""
        running = {service["service"]: service["running"] for service in self.aws.services()}
        return running["web"], running["web-on-demand"]

    def counts(self, since: float) -> list[tuple[int, float, str]]:
        """(tasks, seconds later, by which function) for each count that the automation asked of ECS, and no more."""
        updates = [each for each in self.organization.switches("shop") if each["time"] >= since]
        assert {(each["service"], each["force_new_deployment"]) for each in updates} <= {("web-on-demand", False)}
        return [(each["desired"], each["time"] - since, each["principal_arn"].split("/")[-1]) for each in updates]

    def healthy(self, since: float) -> list[int]:
        """How many targets of the target group were healthy, from then on."""
        (course,) = self.aws.timeline()["target_groups"]
        first = [point for point in course["points"] if point["t"] < since][-1:]
        later = [point for point in course["points"] if point["t"] >= since]
        return [point["healthy"] for point in first + later]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("failover-service")
    with LocalAws.start([CENTRAL], log_file=folder / "local_aws.log") as aws:
        before = what_is_there(aws, [(CENTRAL, REGION)])
        example = Example(aws, "failover-service", CENTRAL, folder / "terraform")
        with applied(example):
            aws.advance(TICK)
            yield Shop(example)
            example.check_unchanged()
        assert aws.services() == []
        assert what_is_there(aws, [(CENTRAL, REGION)]) == before


def goes_back_to_zero_in_steps(shop: Shop, tasks: int) -> None:
    """Spot is back: the twin waits until its primary has been whole for a while, and gives up a task at a time."""
    since = shop.spot(None)
    shop.aws.advance(WHOLE_FOR - TICK)
    assert shop.tasks() == ({"FARGATE": DESIRED - ON_SPOT, "FARGATE_SPOT": ON_SPOT}, {"FARGATE": tasks})
    shop.aws.advance((tasks + 3) * TICK)
    steps = shop.counts(since)
    assert [count for count, _, _ in steps] == list(range(tasks - 1, -1, -1))
    assert steps[0][1] >= WHOLE_FOR
    assert all(later[1] - step[1] >= STEP_WAIT for step, later in pairwise(steps))
    assert min(shop.healthy(since)) == DESIRED
    shop.aws.advance(NOTICE)
    assert shop.tasks() == ({"FARGATE": DESIRED - ON_SPOT, "FARGATE_SPOT": ON_SPOT}, {})
    assert shop.healthy(since)[-1] == DESIRED


def test_the_twin_carries_what_lacks_and_follows_in_both_directions(shop: Shop) -> None:
    lost = shop.spot(0)
    shop.aws.advance(TICK)
    [(tasks, _, function)] = shop.counts(lost)
    assert (tasks, function) == (ON_SPOT, PLACEMENT_FAILURE)
    assert min(shop.healthy(lost)) == DESIRED - ON_SPOT
    assert shop.healthy(lost)[-1] == DESIRED
    assert shop.tasks() == ({"FARGATE": DESIRED - ON_SPOT}, {"FARGATE": ON_SPOT})
    shop.example.check_unchanged()

    room_for_one = shop.spot(1)
    shop.aws.advance(2 * TICK)
    assert shop.tasks() == ({"FARGATE": DESIRED - ON_SPOT, "FARGATE_SPOT": 1}, {"FARGATE": ON_SPOT - 1})
    assert [count for count, _, _ in shop.counts(room_for_one)] == [ON_SPOT - 1]
    assert min(shop.healthy(room_for_one)) == DESIRED

    lost_again = shop.spot(0)
    shop.aws.advance(TICK)
    assert [count for count, _, _ in shop.counts(lost_again)] == [ON_SPOT]
    assert min(shop.healthy(lost_again)) == DESIRED - 1
    assert shop.healthy(lost_again)[-1] == DESIRED
    goes_back_to_zero_in_steps(shop, ON_SPOT)


def test_where_no_placement_failure_is_told_the_notice_is_enough(shop: Shop) -> None:
    shop.aws.ecs_events(placement_failures="never", messages=False)
    lost = shop.spot(1)
    shop.aws.advance(TICK)
    [(tasks, seconds, function)] = shop.counts(lost)
    assert (tasks, function) == (ON_SPOT - 1, INTERRUPTION)
    assert seconds >= LOOK_AFTER
    assert min(shop.healthy(lost)) == DESIRED - (ON_SPOT - 1)
    assert shop.healthy(lost)[-1] == DESIRED
    assert shop.tasks() == ({"FARGATE": DESIRED - ON_SPOT, "FARGATE_SPOT": 1}, {"FARGATE": ON_SPOT - 1})
    shop.aws.ecs_events()
    goes_back_to_zero_in_steps(shop, ON_SPOT - 1)


def test_no_message_was_given_up(shop: Shop) -> None:
    for queue in QUEUES:
        assert shop.organization.dead_letters(f"fargate-spot-{queue}-queue") == []
