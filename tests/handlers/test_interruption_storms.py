"""Many interruptions at once: each service is changed once, whatever the response."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from spot_failover.core.events import Interruption
from spot_failover.core.policy import InterruptionPolicy, InterruptionResponse, Policy
from tests.doubles.builders import LONG_AGO, TASK, WEB, deployment, interruption, service
from tests.doubles.installation import Installation

SERVICES = tuple(replace(WEB, service=f"web-{number:02}") for number in range(50))
TASKS = 10
"""Interrupted tasks of each service: 500 in one minute."""


def storm(installation: Installation) -> list[Interruption]:
    """Every task twice, as its status moves on, in no order; all were made long before."""
    prefix, start = TASK.rpartition("/")[0], installation.clock.now()
    tasks = [(key, f"{key.service}-{task}") for key in SERVICES for task in range(TASKS)]
    events = [
        replace(interruption(key, task_arn=f"{prefix}/{task}", time=start, event_id=task), task_created_at=LONG_AGO)
        for key, task in (*tasks, *tasks)
    ]
    Random(7).shuffle(events)  # noqa: S311 - an order, no secret
    return events


@pytest.mark.parametrize("short", [True, False], ids=["Spot is gone", "ECS replaces them"])
@pytest.mark.parametrize("response", list(InterruptionResponse))
def test_at_most_one_change_for_each_service(response: InterruptionResponse, *, short: bool) -> None:
    policy = Policy(interruption=InterruptionPolicy(response=response))
    whole = deployment(desired=20, running=20)
    services = (service(whole, key=key, desired=20) for key in SERVICES)
    installation = Installation(policy).with_services(*services)
    if short:
        installation.services.lose_spot()
    events = storm(installation)
    for start in range(0, len(events), 10):
        installation.clock.advance(seconds=0.6)
        assert installation.deliver(*events[start : start + 10]) == [None] * 10
        installation.services.settle()
    changed = [update.key for update in installation.services.updates]
    assert sorted(changed) == ([] if response is InterruptionResponse.NONE else list(SERVICES))


def test_a_batch_is_counted_in_one_write() -> None:
    installation = Installation().with_services(service(deployment(desired=20, running=20), desired=20))
    prefix = TASK.rpartition("/")[0]
    events = [interruption(task_arn=f"{prefix}/{task}", event_id=str(task)) for task in range(9)]
    installation.deliver(*events)
    assert len(installation.records.history) == 1
    assert len(installation.record().interrupted) == 9


def test_counting_waits_while_another_worker_changes_the_service() -> None:
    installation = Installation().with_services(service(deployment(desired=20, running=20), desired=20))
    second = installation.deliver
    prefix = TASK.rpartition("/")[0]
    answers: list[object] = []

    def meanwhile() -> None:
        answers.extend(second(interruption(task_arn=f"{prefix}/other", event_id="other")))

    installation.services.faults.before("switch", meanwhile)
    installation.deliver(*(interruption(task_arn=f"{prefix}/{task}", event_id=str(task)) for task in range(10)))
    assert len(installation.services.updates) == 1
    assert [type(answer).__name__ for answer in answers] == ["BusyError"]
