"""Functions that die in the middle of their work; the next delivery goes on."""

from __future__ import annotations

import pytest

from tests.local_aws.chaos.conftest import Unpleasant
from tests.local_aws.faults.conftest import Counter, counter

__all__ = ["counter"]

pytestmark = pytest.mark.slow


@pytest.fixture
def unpleasant(counter: Counter) -> Unpleasant:
    return Unpleasant(counter.lab.aws)


def test_a_crash_ends_the_invocation_as_an_exit_of_its_process(unpleasant: Unpleasant, counter: Counter) -> None:
    unpleasant.chaos.functions(crash=1.0, seed=1)

    failed = counter.invoke(times=20)

    assert failed["errorType"] == "Runtime.ExitError"
    assert [told["outcome"] for told in counter.lab.invocations()] == ["exit"]
    assert 0 <= counter.count() <= 8
    assert unpleasant.chaos.counts()["crashes"] == 1


def test_a_time_out_is_told_as_lambda_tells_it(unpleasant: Unpleasant, counter: Counter) -> None:
    """ "Task timed out after N.NN seconds", and the next invocation gets a new sandbox."""
    unpleasant.chaos.functions(timeout=1.0, seed=1)

    failed = counter.invoke(times=20, attempts=3)

    assert failed["errorType"] == "Sandbox.Timedout"
    assert "Task timed out after 30.00 seconds" in failed["errorMessage"]
    assert [told["outcome"] for told in counter.lab.invocations()] == ["timeout"]
    assert unpleasant.chaos.counts()["timeouts"] == 1
    done = counter.count()
    unpleasant.chaos.calm()
    assert counter.invoke() == "done"
    assert counter.count() == done + 1


def test_where_it_ends_is_thrown_anew_each_time_and_the_same_for_a_seed(
    unpleasant: Unpleasant, counter: Counter
) -> None:
    def ends(seed: int) -> list[int]:
        unpleasant.chaos.functions(crash=1.0, seed=seed)
        reached = []
        for _ in range(4):
            before = counter.count()
            counter.invoke(times=20)
            reached.append(counter.count() - before)
        return reached

    assert ends(5) == ends(5)
    assert len(set(ends(5))) > 1


def test_only_as_many_die_as_were_wished_for(unpleasant: Unpleasant, counter: Counter) -> None:
    unpleasant.chaos.functions(crash=0.3, timeout=0.3, seed=3)
    for _ in range(10):
        counter.invoke(times=9)
    outcomes = [told["outcome"] for told in counter.lab.invocations()]
    counts = unpleasant.chaos.counts()
    assert outcomes.count("exit") == counts["crashes"] > 0
    assert outcomes.count("timeout") == counts["timeouts"] > 0
    assert outcomes.count("ok") > 0


def test_calls_of_people_go_through(unpleasant: Unpleasant, counter: Counter) -> None:
    unpleasant.chaos.functions(crash=1.0)
    assert counter.count() == 0
