"""One service from its creation to its end, and what happens to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.faults.installation import AUTOMATION, TWIN, Installation
from tests.faults.state import State
from tests.scenarios.external_service import create_external_service
from tests.scenarios.organization import ORDERS, REGION, SPOT

ON_DEMAND = [{"capacityProvider": "FARGATE", "weight": 1, "base": 0}]
STEP = 30.0
DRAINED = 180.0
"""Seconds until the tasks of a deleted service have ended."""


class NotReachedError(Exception):
    """A scenario did not get where it goes without faults: nothing can be attacked."""


@dataclass(frozen=True)
class Case:
    """A service that only this case has, in a cluster of its own."""

    installation: Installation
    cluster: str

    @property
    def state(self) -> State:
        """Where it stands."""
        return self.installation.state(self.cluster)

    @property
    def record(self) -> dict[str, Any]:
        """Its record; empty if there is none."""
        return self.installation.record(self.cluster)

    def runs(self, service: str = "web") -> int:
        """How many tasks of a service run."""
        wanted = (self.cluster, service)
        services = self.installation.organization.aws.services()
        return sum(sum(one["running"].values()) for one in services if (one["cluster"], one["service"]) == wanted)

    def exists(self, service: str) -> bool:
        """Whether there is such a service, to be deleted."""
        found = self.installation.client("ecs").describe_services(cluster=self.cluster, services=[service])["services"]
        return bool(found) and found[0]["status"] == "ACTIVE"

    def recorded_actions(self) -> set[str]:
        """What the functions have called since recording began."""
        return {call["action"] for call in self.installation.organization.aws.get("faults/calls")}

    def spot_for(self, tasks: int | None) -> None:
        """Spot has room for so many tasks; None: for any."""
        self.installation.organization.aws.set_spot_capacity(ORDERS, REGION, tasks)

    def lose_spot(self) -> None:
        """Every running Spot task gets its notice; none finds a place any more."""
        self.spot_for(0)

    def regain_spot(self) -> None:
        """There is room for every Spot task again."""
        self.spot_for(None)

    def interrupt(self, tasks: int = 1) -> None:
        """So many tasks get their notice; Spot has room for their replacements."""
        self.installation.organization.aws.interrupt(ORDERS, REGION, self.cluster, "web", tasks)

    def stop_tasks(self) -> None:
        """The owner stops what runs of the service: ECS puts other tasks in their places, where there is room."""
        ecs = self.installation.client("ecs")
        for arn in ecs.list_tasks(cluster=self.cluster, serviceName="web")["taskArns"]:
            ecs.stop_task(cluster=self.cluster, task=arn)

    def update(self, **change: Any) -> None:
        """The owner changes the service."""
        self.installation.client("ecs").update_service(cluster=self.cluster, service="web", **change)

    def delete(self, service: str = "web") -> None:
        """The owner deletes a service."""
        self.installation.client("ecs").delete_service(cluster=self.cluster, service=service, force=True)

    def until(self, reached: Callable[[], bool], minutes: float, step: float = STEP) -> bool:
        """Let time go by until something is so, or so many minutes; whether it is."""
        for _ in range(int(minutes * 60 / step)):
            if reached():
                return True
            self.installation.advance(step)
        return reached()

    def until_phase(self, phase: str, failures: int = 0) -> bool:
        """Let time go by until the record is in a phase, at least so many restores having failed."""
        return self.until(
            lambda: self.record.get("phase") == phase and self.record.get("failures", 0) >= failures, minutes=60
        )

    def fail_over(self) -> None:
        """Lose Spot until the service is on the fallback; Spot stays lost."""
        self.lose_spot()
        if not self.until_phase("failed_over"):
            raise NotReachedError(f"{self.cluster} did not fail over: {self.record}")
        # The tasks that lost their places end now, and their last events are looked at some time after.
        self.installation.advance(180)
        self.until(lambda: not self.installation.messages(), minutes=5)

    @contextmanager
    def without_placement_failures(self) -> Iterator[None]:
        """AWS does not always tell of them: interruptions alone are forwarded."""
        events = self.installation.client("events")
        rules = [
            rule["Name"]
            for rule in events.list_rules()["Rules"]
            if "SERVICE_TASK_PLACEMENT_FAILURE" in rule.get("EventPattern", "")
        ]
        for name in rules:
            events.disable_rule(Name=name)
        try:
            yield
        finally:
            for name in rules:
                events.enable_rule(Name=name)

    @contextmanager
    def without_permissions(self) -> Iterator[None]:
        """The automation role of the account may do nothing."""
        iam = self.installation.client("iam")
        policies = {
            name: iam.get_role_policy(RoleName=AUTOMATION, PolicyName=name)["PolicyDocument"]
            for name in iam.list_role_policies(RoleName=AUTOMATION)["PolicyNames"]
        }
        for name in policies:
            iam.delete_role_policy(RoleName=AUTOMATION, PolicyName=name)
        try:
            yield
        finally:
            for name, document in policies.items():
                iam.put_role_policy(RoleName=AUTOMATION, PolicyName=name, PolicyDocument=json.dumps(document))


@contextmanager
def new_case(
    installation: Installation, *, twin: bool = False, external: bool = False, **options: Any
) -> Iterator[Case]:
    """A steady service of two tasks on Spot, shortly before a restore tick; nothing of it is left in the end.

    An `external` one has its tasks in a task set behind a load balancer.

    With ``twin`` an on-demand twin of no task stands beside it, and starts and stops of tasks are heard.
    """
    installation.cases += 1
    case = Case(installation, f"case-{installation.cases}")
    ecs = installation.client("ecs")
    ecs.create_cluster(clusterName=case.cluster, capacityProviders=["FARGATE", "FARGATE_SPOT"])
    definition = ecs.register_task_definition(
        family=case.cluster,
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[
            {"name": "web", "image": "example/web:1.0.0", "essential": True, "portMappings": [{"containerPort": 80}]}
        ],
    )
    alike = {
        "cluster": case.cluster,
        "taskDefinition": definition["taskDefinition"]["taskDefinitionArn"],
        "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-0a1b2c3d4e5f60718"]}},
    }
    installation.replaces = external
    if external:
        create_external_service(installation.client, case.cluster, alike["taskDefinition"])
    else:
        ecs.create_service(serviceName="web", desiredCount=2, capacityProviderStrategy=SPOT, **alike, **options)
    if twin:
        tags = [{"key": "spot-failover:twin", "value": "web"}]
        ecs.create_service(serviceName=TWIN, desiredCount=0, capacityProviderStrategy=ON_DEMAND, tags=tags, **alike)
    installation.advance(60)
    installation.task_states(enabled=twin)
    installation.to_before_tick()
    try:
        yield case
    finally:
        installation.organization.aws.post("faults/record", {"enabled": False})
        case.regain_spot()
        case.installation.organization.aws.ecs_events()
        installation.task_states(enabled=False)
        for service in ("web", TWIN):
            if case.exists(service):
                case.delete(service)
        installation.forget()
        if installation.messages():
            installation.purge()
        installation.advance(DRAINED)
        # A sweep looks into every cluster there is.
        ecs.delete_cluster(cluster=case.cluster)
