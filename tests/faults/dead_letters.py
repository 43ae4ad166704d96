"""What happens to messages that no function can act on: each goes to its queue's dead-letter queue, with the reason."""

from __future__ import annotations

import json

from tests.faults.case import Case, NotReachedError
from tests.scenarios.organization import CENTRAL, MEDIA, ORDERS, REGION

_QUEUES = tuple(f"fargate-spot-{name}-queue" for name in ("placement-failure", "interruption", "task-state", "sweep"))
_MALFORMED = "no event"
_FOREIGN = {
    "version": "0",
    "id": "foreign",
    "source": "aws.ecs",
    "detail-type": "ECS Service Action",
    "account": ORDERS,
    "region": REGION,
    "time": "2026-03-01T00:00:00Z",
    "resources": [f"arn:aws:ecs:{REGION}:{MEDIA}:service/shop/web"],
    "detail": {
        "eventType": "ERROR",
        "eventName": "SERVICE_TASK_PLACEMENT_FAILURE",
        "capacityProviderArns": [f"arn:aws:ecs:{REGION}:{MEDIA}:capacity-provider/FARGATE_SPOT"],
        "clusterArn": f"arn:aws:ecs:{REGION}:{MEDIA}:cluster/shop",
        "reason": "RESOURCE:FARGATE",
    },
}


def sent(case: Case) -> None:
    """Every queue gets what is no event, and one an event of one account that names another's service."""
    sqs = case.installation.client("sqs", CENTRAL)
    for queue in _QUEUES:
        sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName=queue)["QueueUrl"], MessageBody=_MALFORMED)
    first = sqs.get_queue_url(QueueName=_QUEUES[0])["QueueUrl"]
    sqs.send_message(QueueUrl=first, MessageBody=json.dumps(_FOREIGN))
    if not case.until(lambda: not set(_QUEUES) & set(case.installation.messages()), minutes=60):
        raise NotReachedError(f"messages are left in {', '.join(case.installation.messages())}")


def read(case: Case) -> None:
    """Somebody looks into the dead-letter queues, as their alarms ask for."""
    case.installation.read_dead_letters(_QUEUES)
