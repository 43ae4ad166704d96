"""One service in one account and Region for one story, and what the story does and sees there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.permissions.policies import Policy
from tests.scenarios.external_service import create_external_service
from tests.scenarios.organization import CENTRAL, REGION, SPOT, Organization

TABLE = "ecs_cp_restore_state"
STEP = 30.0
SETTLING = 100.0
"""Seconds until a message that was received is visible again, and until Lambda reads again what it was kept from."""
_COUNTS = [f"ApproximateNumberOfMessages{suffix}" for suffix in ("", "NotVisible", "Delayed")]
_FALLBACK = {"FARGATE_SPOT": 0, "FARGATE": 10}
TWIN = "web-on-demand"
_ON_DEMAND = [{"capacityProvider": "FARGATE", "weight": 1, "base": 0}]


@dataclass(frozen=True)
class Stage:
    """The place of a story, with the policies that are deployed."""

    organization: Organization
    policies: Sequence[Policy]
    cluster: str
    account: str
    region: str
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict)

    def client(self, service: str, account: str = "") -> Any:
        """A client with an administrator's credentials: of the workload account and Region, or of the central ones."""
        account = account or self.account
        region = self.region if account == self.account else REGION
        if (service, account) not in self._clients:
            self._clients[service, account] = self.organization.client(service, account, region)
        return self._clients[service, account]

    def policy(self, kind: str, handle: str) -> Policy:
        """The central account's policy of a role, queue, bus or function, by the end of what the API calls it by."""
        return next(
            one
            for one in self.policies
            if one.account == CENTRAL and one.kind == kind and one.handle.endswith(f"/{handle}".lstrip("/"))
        )

    def capacity(self, tasks: int | None) -> None:
        """How many Spot tasks there is room for."""
        self.organization.aws.set_spot_capacity(self.account, self.region, tasks)

    def advance(self, seconds: float) -> None:
        """Let time go by."""
        self.organization.aws.advance(seconds)

    def until(self, reached: Callable[[], bool], minutes: float, step: float = STEP) -> bool:
        """Let time go by until something is so, or so many minutes; whether it is."""
        for _ in range(int(minutes * 60 / step)):
            if reached():
                return True
            self.advance(step)
        return reached()

    def create_service(self, **options: Any) -> None:
        """A cluster with a service of two tasks on Spot."""
        ecs = self.client("ecs")
        ecs.create_cluster(clusterName=self.cluster, capacityProviders=["FARGATE", "FARGATE_SPOT"])
        wanted = {
            "cluster": self.cluster,
            "serviceName": "web",
            "taskDefinition": self._task_definition(),
            "desiredCount": 2,
            "capacityProviderStrategy": SPOT,
            "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-0a1b2c3d4e5f60718"]}},
        }
        ecs.create_service(**wanted | options)

    def create_external_service(self) -> None:
        """A cluster with a service whose task set a state machine can replace."""
        ecs = self.client("ecs")
        ecs.create_cluster(clusterName=self.cluster, capacityProviders=["FARGATE", "FARGATE_SPOT"])
        create_external_service(self.client, self.cluster, self._task_definition())

    def create_service_with_twin(self) -> None:
        """The same, and an on-demand twin of no task."""
        twin = {"key": "spot-failover:twin", "value": "web"}
        self.create_service(serviceName=TWIN, desiredCount=0, capacityProviderStrategy=_ON_DEMAND, tags=[twin])
        method = {"key": "spot-failover:method", "value": "failover_service"}
        self.create_service(tags=[method, {"key": "spot-failover:twin", "value": TWIN}])

    def desired(self, service: str) -> int:
        """How many tasks a service wants."""
        found = self.client("ecs").describe_services(cluster=self.cluster, services=[service])["services"]
        return int(found[0]["desiredCount"]) if found else 0

    def failed_over(self) -> bool:
        """Whether the service is on the fallback."""
        return {item["capacityProvider"]: item["weight"] for item in self._strategy()} == _FALLBACK

    def on_spot(self) -> bool:
        """Whether the service has its baseline."""
        return self._strategy() == SPOT

    def phase(self) -> str:
        """Where its record stands; empty without one."""
        item = self.client("dynamodb", CENTRAL).get_item(TableName=TABLE, Key=self._key(), ConsistentRead=True)
        return str(item["Item"]["phase"]["S"]) if "Item" in item else ""

    def told(self, function: str, action: str) -> bool:
        """Whether the function's log has this decision about the service."""
        return any(
            line["message"] == "decision" and line.get("cluster") == self.cluster and line["action"] == action
            for line in self.organization.log_lines(f"/aws/lambda/{function}")
        )

    def audited(self, function: str) -> bool:
        """Whether every audit event about the service got onto the bus."""
        lines = self.organization.log_lines(f"/aws/lambda/{function}")
        lost = [line for line in lines if line["message"] == "audit event lost"]
        return not any(line["audit_event"].get("cluster") == self.cluster for line in lost)

    def untold(self, function: str) -> int:
        """How often people could not be told, since the beginning of all stories."""
        lines = self.organization.log_lines(f"/aws/lambda/{function}")
        return sum(line["message"] == "people not told" for line in lines)

    def emptied(self, queue: str) -> bool:
        """Whether a queue of the central account holds no message, in flight ones included."""
        sqs = self.client("sqs", CENTRAL)
        url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=_COUNTS)["Attributes"]
        return not any(int(told[count]) for count in _COUNTS)

    def has_letter(self, queue: str, account: str, wanted: Callable[[dict[str, Any]], bool]) -> bool:
        """Take the messages out of a dead-letter queue; whether one of them is as wanted."""
        sqs = self.client("sqs", account)
        url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        found = False
        while messages := sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"], WaitTimeSeconds=0
        ).get("Messages"):
            for message in messages:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                found = found or wanted(message)
        return found

    def emit(self, detail_type: str, detail: dict[str, Any]) -> None:
        """An event as ECS makes it, which names no service."""
        self.organization.aws.emit(self.account, self.region, "aws.ecs", detail_type, detail, [])

    def without_placement_failures(self) -> AbstractContextManager[None]:
        """AWS does not always tell of them: interruptions alone are forwarded."""
        return self._without("SERVICE_TASK_PLACEMENT_FAILURE")

    def without_events(self) -> AbstractContextManager[None]:
        """Nothing of ECS is forwarded."""
        return self._without("ECS ")

    @contextmanager
    def _without(self, text: str) -> Iterator[None]:
        """The account's rules whose pattern holds a text are switched off."""
        events = self.client("events")
        names = [rule["Name"] for rule in events.list_rules()["Rules"] if text in rule.get("EventPattern", "")]
        for name in names:
            events.disable_rule(Name=name)
        try:
            yield
        finally:
            for name in names:
                events.enable_rule(Name=name)

    def cool_down(self) -> None:
        """Let every function start anew: without a session in an account, and without a log stream."""
        functions = self.client("lambda", CENTRAL)
        for function in functions.list_functions()["Functions"]:
            functions.update_function_configuration(FunctionName=function["FunctionName"], Description=self.cluster)

    def clear(self) -> None:
        """Leave nothing behind."""
        self.capacity(None)
        for arn in self._services():
            self.client("ecs").delete_service(cluster=self.cluster, service=arn, force=True)
        for key in (self._key(), self._key("twin::")):
            self.client("dynamodb", CENTRAL).delete_item(TableName=TABLE, Key=key)
        for account in dict.fromkeys((CENTRAL, self.account)):
            sqs = self.client("sqs", account)
            for url in sqs.list_queues()["QueueUrls"]:
                sqs.purge_queue(QueueUrl=url)
        self.advance(SETTLING)

    def _task_definition(self) -> str:
        container = {"name": "web", "image": "example/web:1.0.0", "essential": True}
        definition = self.client("ecs").register_task_definition(
            family=self.cluster,
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            containerDefinitions=[{**container, "portMappings": [{"containerPort": 80}]}],
        )
        return str(definition["taskDefinition"]["taskDefinitionArn"])

    def _strategy(self) -> list[dict[str, Any]]:
        services = self.client("ecs").describe_services(cluster=self.cluster, services=["web"])["services"]
        return list(services[0]["capacityProviderStrategy"]) if services else []

    def _key(self, kind: str = "") -> dict[str, Any]:
        return {"id": {"S": f"{kind}{self.account}::{self.cluster}::web"}, "region": {"S": self.region}}

    def _services(self) -> list[str]:
        if f":cluster/{self.cluster}" not in json.dumps(self.client("ecs").list_clusters()["clusterArns"]):
            return []
        return list(self.client("ecs").list_services(cluster=self.cluster)["serviceArns"])
