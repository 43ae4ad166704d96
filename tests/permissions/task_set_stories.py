"""What an installation does that replaces task sets: a story that needs every permission it has more."""

from __future__ import annotations

from tests.permissions.grants import Grant
from tests.permissions.stage import Stage
from tests.permissions.stories import PLACEMENT, Story
from tests.scenarios.external_service import STATE_MACHINE

AFTERWARDS = frozenset({"failed_over", "restoring"})
SIDS = frozenset({"StartReplacementsOfTaskSets", "SeeHowReplacementsEnd"})


def of_task_sets(grant: Grant) -> bool:
    """Whether only an installation that replaces task sets has it; what else there is the other stories need."""
    return grant.sid in SIDS


def _replaced(stage: Stage) -> bool:
    """Spot goes: the state machine is started, and its end is seen."""
    stage.create_external_service()
    stage.advance(120)
    stage.capacity(0)
    return stage.until(
        lambda: stage.phase() in AFTERWARDS and stage.told(PLACEMENT, "fail_over") and _succeeded(stage), minutes=15
    )


def _succeeded(stage: Stage) -> bool:
    states = stage.client("stepfunctions")
    found = states.list_executions(stateMachineArn=STATE_MACHINE, statusFilter="SUCCEEDED")["executions"]
    return bool(found)


TASK_SET_STORIES = (Story("task set is replaced", _replaced),)
