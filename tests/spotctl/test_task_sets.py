"""An operator and a service whose task set a state machine replaces."""

from __future__ import annotations

import pytest

from spot_failover.core.record import Phase
from tests.doubles.builders import FALLBACK, SPOT, deployment, failure, service
from tests.spotctl.central import WEB_NAME, Central


@pytest.fixture
def stream(central: Central) -> Central:
    central.set_policy(task_set=central.policy["task_set"] | {"enabled": True})
    central.services.add(service(deployment(SPOT), controller="EXTERNAL"))
    return central


def run_the_execution(central: Central) -> None:
    central.clock.advance(minutes=20)
    central.replacements.succeed()
    central.tick()


def test_it_is_moved_and_brought_back(stream: Central) -> None:
    result = stream.run("failover", WEB_NAME, "--yes")
    assert result.exit_code == 0, result.output
    assert "replaces its task set" in result.stdout
    assert stream.record().phase is Phase.FAILING_OVER
    assert stream.services.updates == []
    run_the_execution(stream)
    assert stream.services.live[stream.record().key].strategy == FALLBACK

    result = stream.run("restore", WEB_NAME, "--yes")
    assert result.exit_code == 0, result.output
    assert stream.record().phase is Phase.RESTORING
    run_the_execution(stream)
    assert stream.record().phase is Phase.CLOSED
    assert stream.services.live[stream.record().key].strategy == SPOT


def test_the_question_says_how(stream: Central) -> None:
    assert "by another task set" in stream.run("failover", WEB_NAME, answer="n").output
    assert stream.replacements.orders == []


def test_while_it_is_moved_it_is_explained_and_not_moved_again(stream: Central) -> None:
    stream.services.lose_spot()
    stream.deliver(failure())
    stream.clock.advance(minutes=2)
    found = stream.json("explain", WEB_NAME)
    assert {check["check"]: check["state"] for check in found["checks"]}["controller"] == "passes"
    (step,) = found["would_happen"]["restore_tick"]
    assert (step["action"], step["reason"]) == ("wait", "FALLBACK_STARTING")
    assert found["record"]["execution"].startswith("spot-failover-web-")
    assert stream.run("failover", WEB_NAME, "--yes").exit_code != 0
    assert len(stream.replacements.orders) == 1


def test_where_the_method_is_not_enabled_it_says_so(central: Central) -> None:
    central.services.add(service(deployment(SPOT), controller="EXTERNAL"))
    checks = {check["check"]: check for check in central.json("explain", WEB_NAME)["checks"]}
    assert checks["controller"]["state"] == "stops"
    assert "task_set is not enabled" in checks["controller"]["text"]
    assert central.run("failover", WEB_NAME, "--yes").exit_code != 0
    assert central.replacements.orders == []
