"""Which services can be switched, by which method."""

from __future__ import annotations

import pytest

from spot_failover.core.methods import unsupported
from spot_failover.core.policy import Policy, TaskSetPolicy
from tests.doubles.builders import service

WITH, WITHOUT = Policy(task_set=TaskSetPolicy(enabled=True)), Policy()


@pytest.mark.parametrize(
    ("policy", "controller", "method"),
    [
        (WITHOUT, "ECS", None),
        (WITH, "ECS", None),
        (WITH, "ECS", "strategy"),
        (WITH, "EXTERNAL", None),
        (WITH, "EXTERNAL", "strategy"),
        (WITH, "EXTERNAL", "task_set"),
    ],
)
def test_the_controller_chooses_the_method(policy: Policy, controller: str, method: str | None) -> None:
    tags = {"spot-failover:method": method} if method else {}
    assert unsupported(service(controller=controller, tags=tags), policy) is None


@pytest.mark.parametrize(
    ("policy", "controller", "scheduling", "method", "why"),
    [
        (WITHOUT, "EXTERNAL", "REPLICA", None, "task_set is not enabled for account 111111111111"),
        (WITHOUT, "EXTERNAL", "REPLICA", "task_set", "task_set is not enabled for account 111111111111"),
        (WITH, "EXTERNAL", "REPLICA", "failover_service", "REPLICA, controller EXTERNAL"),
        (WITH, "EXTERNAL", "DAEMON", "task_set", "DAEMON, controller EXTERNAL"),
        (WITH, "ECS", "REPLICA", "task_set", "needs the controller EXTERNAL"),
        (WITH, "ECS", "DAEMON", None, "DAEMON, controller ECS"),
        (WITH, "CODE_DEPLOY", "REPLICA", None, "REPLICA, controller CODE_DEPLOY"),
        (WITH, "CODE_DEPLOY", "REPLICA", "task_set", "REPLICA, controller CODE_DEPLOY"),
    ],
)
def test_why_none_can(policy: Policy, controller: str, scheduling: str, method: str | None, why: str) -> None:
    tags = {"spot-failover:method": method} if method else {}
    told = unsupported(service(controller=controller, scheduling=scheduling, tags=tags), policy)
    assert told is not None
    assert told.endswith(why)
