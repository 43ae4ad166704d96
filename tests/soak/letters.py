"""Events that are none of ours, or none at all: what else ends up in the queues."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.soak.ground import Ground, queue_url
from tests.soak.ledger import Ledger, mark
from tests.soak.plan import ACCOUNTS, Place

MALFORMED, FOREIGN = "MALFORMED_EVENT", "FOREIGN_RESOURCE"
FAILURE, TASK = "ECS Service Action", "ECS Task State Change"
FAILURES, INTERRUPTIONS = "fargate-spot-placement-failure-queue", "fargate-spot-interruption-queue"
SWEEPS = "fargate-spot-sweep-queue"


@dataclass
class Letters:
    """Each public method sends one message, and tells the ledger of those that no function may take for an event."""

    ground: Ground
    ledger: Ledger
    dice: random.Random
    places: Sequence[Place]
    sent: Counter[str] = field(default_factory=Counter)

    def send_one(self) -> None:
        """Any of them."""
        ways: tuple[Callable[[Place], None], ...] = (
            self.no_service,
            self.unknown_service,
            self.foreign_service,
            self.foreign_cluster,
            self.short_of_cpu,
            self.standalone_task,
            self.no_list,
            self.old,
            self.replayed,
            self.no_json,
        )
        way = self.dice.choice(ways)
        self.sent[way.__name__.replace("_", " ")] += 1
        way(self.dice.choice(self.places))

    def no_service(self, place: Place) -> None:
        """A placement failure of nothing."""
        self._bad(MALFORMED, self._fail(place, []))

    def unknown_service(self, place: Place) -> None:
        """Its service was deleted long ago."""
        self._fail(place, [place.arn + "-of-last-year"])

    def foreign_service(self, place: Place) -> None:
        """It names a service of another account."""
        other = next(account for account in ACCOUNTS if account != place.account)
        self._bad(FOREIGN, self._fail(place, [place.arn.replace(place.account, other)]))

    def foreign_cluster(self, place: Place) -> None:
        """Its cluster is in another Region."""
        cluster = f"arn:aws:ecs:ap-south-1:{place.account}:cluster/{place.cluster}"
        self._bad(FOREIGN, self._fail(place, [place.arn], clusterArn=cluster))

    def short_of_cpu(self, place: Place) -> None:
        """Ordinary lack of room on instances: no providers."""
        self._fail(place, [place.arn], reason="RESOURCE:CPU", capacityProviderArns=None)

    def standalone_task(self, place: Place) -> None:
        """An interrupted task that no service started: no rule lets its event through, so that it was sent by hand."""
        arn = f"arn:aws:ecs:{place.region}:{place.account}:task/{place.cluster}/0f1e2d3c"
        detail = {"taskArn": arn, "group": "family:batch", "stopCode": "SpotInterruption"}
        event = self._event(place) | {"detail-type": TASK, "detail": detail, "resources": [arn]}
        self._by_hand(INTERRUPTIONS, event)

    def no_list(self, place: Place) -> None:
        """Its providers are a text."""
        self._bad(MALFORMED, self._fail(place, [place.arn], capacityProviderArns="FARGATE_SPOT"))

    def old(self, place: Place) -> None:
        """It lay somewhere for an hour: sent to the queue by hand."""
        self._by_hand(FAILURES, self._event(place, time=self.ground.clock.now() - 3600))

    def replayed(self, place: Place) -> None:
        """From an archive."""
        self._by_hand(FAILURES, self._event(place) | {"replay-name": "last-week"})

    def no_json(self, _place: Place) -> None:
        """Somebody's clipboard."""
        name = self.dice.choice((FAILURES, INTERRUPTIONS, SWEEPS))
        body = self.dice.choice(("{", "null", '"SERVICE_TASK_PLACEMENT_FAILURE"', "[1, 2]", "é\ud7ff"))
        self._send(name, body)
        self.ledger.queue(name).deserved.add((mark(body), MALFORMED))

    def _bad(self, reason: str, event_id: str) -> None:
        self.ledger.queue(FAILURES).deserved.add((event_id, reason))

    def _fail(self, place: Place, resources: Sequence[str], **detail: Any) -> str:
        return self._emit(place, FAILURE, self._failure(place) | detail, resources)

    @staticmethod
    def _failure(place: Place) -> dict[str, Any]:
        provider = f"arn:aws:ecs:{place.region}:{place.account}:capacity-provider/FARGATE_SPOT"
        cluster = f"arn:aws:ecs:{place.region}:{place.account}:cluster/{place.cluster}"
        return {
            "eventName": "SERVICE_TASK_PLACEMENT_FAILURE",
            "clusterArn": cluster,
            "capacityProviderArns": [provider],
            "reason": "RESOURCE:FARGATE",
        }

    def _emit(self, place: Place, detail_type: str, detail: dict[str, Any], resources: Sequence[str]) -> str:
        event = {"source": "aws.ecs", "detail-type": detail_type, "detail": detail, "resources": list(resources)}
        answer = self.ground.control("events/emit", account=place.account, region=place.region, **event)
        return str(answer["event_id"])

    def _event(self, place: Place, time: float | None = None) -> dict[str, Any]:
        when = datetime.fromtimestamp(self.ground.clock.now() if time is None else time, UTC)
        return {
            "version": "0",
            "id": f"by-hand-{sum(self.sent.values())}",
            "detail-type": FAILURE,
            "source": "aws.ecs",
            "account": place.account,
            "region": place.region,
            "time": when.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "resources": [place.arn],
            "detail": self._failure(place),
        }

    def _by_hand(self, queue: str, event: dict[str, Any]) -> None:
        self._send(queue, json.dumps(event))

    def _send(self, queue: str, body: str) -> None:
        account = self.ledger.queue(queue)
        account.by_hand += 1
        account.arrived[mark(body)] += 1
        self.ground.admin("sqs").send_message(QueueUrl=queue_url(self.ground, queue), MessageBody=body)
