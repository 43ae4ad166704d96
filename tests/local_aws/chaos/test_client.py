"""The client's part for chaos, against a local AWS in a process of its own; all of it is off at first."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local_aws.client import LocalAws
from local_aws.process import LocalAwsError
from tests.local_aws.conftest import CENTRAL

pytestmark = pytest.mark.slow

NOTHING = {
    "throttled": 0,
    "stale_reads": 0,
    "events_duplicated": 0,
    "events_lost": 0,
    "messages_redelivered": 0,
    "crashes": 0,
    "timeouts": 0,
}


@pytest.fixture(scope="module")
def local() -> Iterator[LocalAws]:
    with LocalAws.start([CENTRAL]) as running:
        yield running


def test_every_kind_is_switched_on_and_off(local: LocalAws) -> None:
    local.chaos.quotas(enabled=True)
    local.chaos.reads(10, probability=0.5, seed=1)
    local.chaos.events(duplicate=0.1, drop=0.1, delay_seconds=30, seed=2)
    local.chaos.queues(duplicate=0.1, concurrent=0.1, delay_seconds=30, seed=3)
    local.chaos.functions(crash=0.1, timeout=0.1, seed=4)
    local.chaos.calm()
    assert local.chaos.counts() == NOTHING


def test_images_and_counts_of_interrupted_tasks_are_steered(local: LocalAws) -> None:
    local.break_image(CENTRAL, "app:1")
    local.break_image(CENTRAL, "app:1", broken=False)
    local.count_interrupted(counted=False)
    local.count_interrupted(counted=True)
    with pytest.raises(LocalAwsError, match="image is missing"):
        local.break_image(CENTRAL, "")


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("chaos/quotas", {}, "enabled must be true or false"),
        ("chaos/reads", {"stale_seconds": -1}, "from 0 up"),
        ("chaos/reads", {"stale_seconds": "5"}, "must be a number"),
        ("chaos/events", {"drop": 1.5}, "within 0 and 1"),
        ("chaos/events", {"dropped": 0.5}, "known are duplicate, drop, delay_seconds, seed, not dropped"),
        ("chaos/queues", {"seed": 0.5}, "whole number"),
        ("chaos/lambda", {"crash": 0.6, "timeout": 0.6}, "can't be more than 1"),
    ],
)
def test_what_makes_no_sense_is_refused(local: LocalAws, path: str, body: dict[str, object], message: str) -> None:
    with pytest.raises(LocalAwsError, match=message):
        local.post(path, body)
