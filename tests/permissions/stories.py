"""What the product does, as stories that between them need every permission. Each tells whether it came to its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.permissions.policies import Kind, changed
from tests.permissions.stage import Stage
from tests.scenarios.organization import CENTRAL, MEDIA, ORDERS, REGION

PLACEMENT = "fargate-spot-task-placement-failure-handler"
INTERRUPTION = "fargate-spot-interruption-handler"
RESTORE = "fargate-spot-restore-handler"
SWEEP = "fargate-spot-sweep-handler"
PLACEMENT_QUEUE = "fargate-spot-placement-failure-queue"
INTERRUPTION_QUEUE = "fargate-spot-interruption-queue"
SWEEP_QUEUE = "fargate-spot-sweep-queue"
BUS = "ecs-spot-failover"

EVENTS = Path(__file__).parents[2] / "examples" / "events"

Letter = dict[str, Any]


@dataclass(frozen=True)
class Story:
    """Something that the product does, in one account and Region."""

    name: str
    run: Callable[[Stage], bool]
    account: str = ORDERS
    region: str = REGION

    def __str__(self) -> str:
        return f"{self.name} ({self.account} {self.region})"


def _placement_failure(stage: Stage) -> bool:
    stage.capacity(0)
    stage.create_service()
    return stage.until(
        lambda: stage.failed_over() and stage.told(PLACEMENT, "fail_over") and stage.emptied(PLACEMENT_QUEUE), minutes=6
    ) and stage.audited(PLACEMENT)


def _interruption(stage: Stage) -> bool:
    stage.create_service()
    stage.advance(120)
    with stage.without_placement_failures():
        stage.capacity(0)
        return stage.until(
            lambda: stage.failed_over() and stage.told(INTERRUPTION, "fail_over") and stage.emptied(INTERRUPTION_QUEUE),
            minutes=10,
        ) and stage.audited(INTERRUPTION)


def _redeploy(stage: Stage) -> bool:
    stage.create_service(tags=[{"key": "spot-failover:interruption-response", "value": "redeploy"}])
    stage.advance(120)
    stage.organization.aws.interrupt(stage.account, stage.region, stage.cluster, "web", 1)
    return stage.until(
        lambda: bool(stage.organization.switches(stage.cluster)) and stage.emptied(INTERRUPTION_QUEUE), minutes=6
    )


def _restore(stage: Stage) -> bool:
    untold = stage.untold(RESTORE)
    if not _placement_failure(stage):
        return False
    stage.capacity(None)
    return (
        stage.until(
            lambda: stage.on_spot() and stage.phase() == "closed" and stage.told(RESTORE, "restore"),
            minutes=40,
            step=60.0,
        )
        and stage.audited(RESTORE)
        and stage.untold(RESTORE) == untold
    )


def _silent_shortage(stage: Stage) -> bool:
    """No event is forwarded but heartbeats: the sweep finds it."""
    stage.create_service()
    stage.advance(120)
    with stage.without_events():
        stage.capacity(1)  # a task that runs is looked at
        return stage.until(
            lambda: stage.failed_over() and stage.told(SWEEP, "fail_over") and stage.emptied(SWEEP_QUEUE),
            minutes=30,
            step=60.0,
        ) and stage.audited(SWEEP)


def _rejected(stage: Stage) -> bool:
    """About somebody else's service in one queue, malformed in the others."""
    sent = {
        PLACEMENT_QUEUE: ((EVENTS / "foreign-account.json").read_text(), "FOREIGN_RESOURCE"),
        INTERRUPTION_QUEUE: ("{}", "MALFORMED_EVENT"),
        SWEEP_QUEUE: ("{}", "MALFORMED_EVENT"),
    }
    sqs = stage.client("sqs", CENTRAL)
    for queue, (body, _) in sent.items():
        sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName=queue)["QueueUrl"], MessageBody=body)
    return all(dead_lettered(stage, f"{queue}-dlq", reason) for queue, (_, reason) in sent.items())


def dead_lettered(stage: Stage, queue: str, reason: str) -> bool:
    """Whether a function gives a message up for this reason."""

    def because(letter: Letter) -> bool:
        return bool(letter.get("MessageAttributes", {}).get("reason", {}).get("StringValue") == reason)

    return stage.until(lambda: stage.has_letter(queue, CENTRAL, because), minutes=3)


def undelivered(queue: str, detail_type: str, detail: dict[str, Any]) -> Callable[[Stage], bool]:
    """The queue refuses what the rule sends."""

    def run(stage: Stage) -> bool:
        with changed(stage.organization, stage.policy(Kind.QUEUE, queue), []):
            stage.emit(detail_type, detail)
            return stage.until(lambda: stage.has_letter(f"{queue}-dlq", CENTRAL, _is_of_eventbridge), minutes=2)

    return run


def _unforwarded(stage: Stage) -> bool:
    """The central bus refuses what the account sends."""
    with changed(stage.organization, stage.policy(Kind.BUS, BUS), []):
        stage.emit("ECS Service Action", _FAILURE)
        return stage.until(
            lambda: stage.has_letter("fargate-spot-forward-dlq", stage.account, _is_of_eventbridge), minutes=2
        )


def _unheard(stage: Stage) -> bool:
    """The sweep's queue refuses the heartbeat that comes next."""
    with changed(stage.organization, stage.policy(Kind.QUEUE, SWEEP_QUEUE), []):
        return stage.until(lambda: stage.has_letter(f"{SWEEP_QUEUE}-dlq", CENTRAL, _is_of_eventbridge), minutes=8)


def _refused_start(function: str, dead_letters: str) -> Callable[[Stage], bool]:
    """The function refuses its schedule."""

    def run(stage: Stage) -> bool:
        with changed(stage.organization, stage.policy(Kind.FUNCTION, function), []):
            return stage.until(lambda: stage.has_letter(dead_letters, CENTRAL, _is_of_eventbridge), minutes=8)

    return run


def _is_of_eventbridge(letter: Letter) -> bool:
    return "ERROR_CODE" in letter.get("MessageAttributes", {})


_FAILURE = {"eventName": "SERVICE_TASK_PLACEMENT_FAILURE"}
_INTERRUPTED = {"stopCode": "SpotInterruption", "group": "service:web"}

STORIES = (
    Story("failover by placement failure", _placement_failure),
    Story("failover by placement failure", _placement_failure, MEDIA, "eu-west-1"),
    Story("failover by placement failure", _placement_failure, MEDIA, "us-west-2"),
    Story("failover by interruption", _interruption),
    Story("failover by interruption", _interruption, MEDIA, "eu-west-1"),
    Story("redeploy", _redeploy),
    Story("malformed and foreign events", _rejected),
    Story("placement failure undelivered", undelivered(PLACEMENT_QUEUE, "ECS Service Action", _FAILURE)),
    Story("interruption undelivered", undelivered(INTERRUPTION_QUEUE, "ECS Task State Change", _INTERRUPTED)),
    Story("event refused by the bus", _unforwarded),
    Story("event refused by the bus", _unforwarded, MEDIA, "eu-west-1"),
    Story("event refused by the bus", _unforwarded, MEDIA, "us-west-2"),
    Story("heartbeat undelivered", _unheard),
    Story("restore refuses its schedule", _refused_start(RESTORE, f"{RESTORE}-dlq")),
    Story("sweep refuses its schedule", _refused_start(SWEEP, f"{SWEEP_QUEUE}-dlq")),
    Story("restore", _restore),
    Story("restore", _restore, MEDIA, "us-west-2"),
    Story("silent shortage", _silent_shortage),
    Story("silent shortage", _silent_shortage, MEDIA, "eu-west-1"),
    Story("silent shortage", _silent_shortage, MEDIA, "us-west-2"),
)
"""The shortest first: the first that needs a permission is told again without it."""

ONE_ACCOUNT_STORIES = tuple(
    replace(story, account=CENTRAL) for story in STORIES if story.account == ORDERS and story.run is not _unforwarded
)
"""In an installation for the central account alone, whose bus needs no policy that could be taken away."""
