"""The small storm: counts and ratios, for virtual time makes them the same on every machine."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime

import pytest

from benchmarks.storm.deployment import reading
from benchmarks.storm.letters import COPIES, FAILURES, INTERRUPTIONS, letters
from benchmarks.storm.measure import SMALL
from benchmarks.storm.place import Size, bound, places
from spot_failover.core.event_parser import Home, parse_interruption, parse_placement_failure
from spot_failover.core.events import Interruption
from spot_failover.core.policy import SyntheticPolicy
from tools import paths

NOW = 1_772_323_200.0
HOME = Home("123456789012", "aws")


@pytest.mark.slow
def test_a_storm_takes_few_calls_and_leaves_nothing_behind() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.storm"], cwd=paths.ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode in {0, 1}, run.stderr
    told = json.loads(run.stdout)
    assert [claim for claim in told["claims"] if not claim["holds"]] == []
    assert told["result"]["messages"] > 3 * SMALL.events
    assert told["result"]["decisions"]["fail_over FAILED_OVER"] == SMALL.services


def test_every_service_is_told_of_and_every_event_comes_several_times() -> None:
    size = Size(events=300, services=30, accounts=3, crowded=10)
    sent = Counter(letters(size, NOW))
    assert len(sent) == size.events
    assert set(sent.values()) == set(range(COPIES[0], COPIES[1] + 1))
    arrived = datetime.fromtimestamp(NOW, UTC)
    failed = {
        parse_placement_failure(letter.body, arrived, SyntheticPolicy(), HOME).key
        for letter in sent
        if letter.queue == FAILURES
    }
    interrupted = [
        parse_interruption(letter.body, arrived, SyntheticPolicy(), HOME)
        for letter in sent
        if letter.queue == INTERRUPTIONS
    ]
    assert {key.service for key in failed} == {place.service for place in places(size)}
    assert len(interrupted) > size.events / 3
    assert all(isinstance(event, Interruption) for event in interrupted)


def test_the_bound_is_ten_services_a_look_and_the_quota_after_its_burst() -> None:
    least = bound(Size(services=85, accounts=2, crowded=70))
    assert least.updates == least.baselines == 85
    assert least.accounts == 2
    assert least.describes == 7 + 3
    assert least.seconds == (70 - 50) / 5


def test_queues_are_read_as_terraform_says() -> None:
    failures, interruptions = reading(FAILURES), reading(INTERRUPTIONS)
    assert failures.delay_seconds == 0
    assert interruptions.delay_seconds == 30
    assert failures.visibility_timeout_seconds == 90
    assert failures.timeout_seconds == 60
    with pytest.raises(LookupError, match="no variable nothing_queue"):
        reading("nothing")
