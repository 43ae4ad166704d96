"""What an installation with on-demand twins does beyond the others: stories that need every permission it has more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.permissions.grants import Grant
from tests.permissions.stage import TWIN, Stage
from tests.permissions.stories import PLACEMENT, Story, dead_lettered, undelivered
from tests.scenarios.organization import CENTRAL, MEDIA, ORDERS

TASK_STATE = "fargate-spot-task-state-handler"
TASK_STATE_QUEUE = "fargate-spot-task-state-queue"
CHANGE = "ECS Task State Change"
_STARTED = {"lastStatus": "RUNNING", "group": "service:web"}


def of_twins(grant: Grant) -> bool:
    """Whether only an installation with twins has it; what else there is the other stories need."""
    return grant.sid == "SeeAutoscalingOfTwins" or any(
        name in grant.policy.owner for name in (TASK_STATE, TASK_STATE_QUEUE)
    )


def _raised(stage: Stage) -> bool:
    """A placement failure is told: the twin carries both tasks."""
    stage.capacity(0)
    stage.create_service_with_twin()
    return stage.until(lambda: stage.desired(TWIN) == 2 and stage.told(PLACEMENT, "scale_twin"), minutes=6)


def _followed(stage: Stage) -> bool:
    """The owner wants more, and a start of a task lets the twin have them; where a tick was quicker, once more."""
    if not _raised(stage):
        return False
    for tasks in (3, 4, 5):
        stage.client("ecs").update_service(cluster=stage.cluster, service="web", desiredCount=tasks)
        stage.advance(5)
        stage.emit(CHANGE, _start_of_a_task(stage))
        if stage.until(lambda: stage.told(TASK_STATE, "scale_twin") and stage.emptied(TASK_STATE_QUEUE), minutes=2):
            return stage.desired(TWIN) == tasks and stage.audited(TASK_STATE)
    return False


def _start_of_a_task(stage: Stage) -> dict[str, Any]:
    where = f"arn:aws:ecs:{stage.region}:{stage.account}"
    return {
        **_STARTED,
        "clusterArn": f"{where}:cluster/{stage.cluster}",
        "taskArn": f"{where}:task/{stage.cluster}/0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    }


def _rejected(stage: Stage) -> bool:
    sqs = stage.client("sqs", CENTRAL)
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName=TASK_STATE_QUEUE)["QueueUrl"], MessageBody="{}")
    return dead_lettered(stage, f"{TASK_STATE_QUEUE}-dlq", "MALFORMED_EVENT")


TWIN_STORIES = (
    Story("malformed task state", _rejected),
    Story("task state undelivered", undelivered(TASK_STATE_QUEUE, CHANGE, _STARTED)),
    Story("twin follows its primary", _followed),
    Story("twin follows its primary", _followed, MEDIA, "eu-west-1"),
    Story("twin follows its primary", _followed, MEDIA, "us-west-2"),
)

ONE_ACCOUNT_TWIN_STORIES = tuple(replace(story, account=CENTRAL) for story in TWIN_STORIES if story.account == ORDERS)
"""In an installation for the central account alone."""
