"""A service with 2,000 long-lived connections is replaced step by step, then the same by an ordinary rolling update."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console

from demo.run import BUILD, PlanNotEmptyError
from demo.scaledown_figures import Reconnects, failures, reconnects
from demo.scaledown_report import report
from demo.screen import Screen
from demo.services import CENTRAL
from demo.terraform import Terraform
from local_aws.client import LocalAws
from local_aws.session import Session
from tools.terraform_tree import copy_tree

NAME = "controlled-scaledown"
EXAMPLE = "examples/nlb-controlled-scaledown"
REGION = "us-east-1"
CLIENTS = 2000
TASKS, DECREMENT, WAIT = 20, 10, 60
"""Tasks, percent points and seconds."""
ROLLING = "sample-rolling-update"
ROLLING_PORT = 81
LIMIT = 3600.0
LAST_CONNECTIONS = 90.0
"""Seconds in which the last tasks drain and end, after ECS has left them out of its counts."""


class ScaledownFailedError(Exception):
    """The execution, or the rolling update, did not come to its end."""


class _Stage:
    """The applied example, and what is done to it."""

    def __init__(self, aws: LocalAws, outputs: dict[str, Any]) -> None:
        self.aws = aws
        self.outputs = outputs
        self._session: Session = aws.session(CENTRAL, REGION)

    def client(self, service: str) -> Any:
        return self._session.client(service)

    def run_until(self, over: Callable[[], bool], what: str) -> None:
        until = self.aws.now() + LIMIT
        while not over():
            if self.aws.now() > until:
                raise ScaledownFailedError(f"{what} has not come to its end after {LIMIT:g} seconds")
            self.aws.advance(10)

    def timeline(self, port: int) -> list[dict[str, Any]]:
        return [
            point for each in self.aws.connections.listeners() if each["port"] == port for point in each["timeline"]
        ]

    def connect(self, port: int) -> None:
        opened = self.aws.connections.open(CENTRAL, REGION, "stream", port, CLIENTS)
        if opened != CLIENTS:
            raise ScaledownFailedError(f"only {opened} of {CLIENTS} clients found a target on port {port}")


def run(screen: Screen, console: Console, build: Path = BUILD) -> list[str]:
    """Play it, write timeline.json and report.html into ``build``, and give what is not as promised."""
    build.mkdir(parents=True, exist_ok=True)
    log = build / "local_aws.log"
    for leftover in (log, build / "timeline.json", build / "report.html"):
        leftover.unlink(missing_ok=True)
    screen.say(f"Starting AWS on this machine: account {CENTRAL}")
    with LocalAws.start([CENTRAL], log_file=log) as aws, screen:
        stage = _Stage(aws, _install(aws, screen, build))
        stage.run_until(lambda: _healthy(stage, stage.outputs["target_groups"]["blue"]), "the first task set")
        scaledown = _scale_down(stage, screen)
        aws.connections.close()
        rolling = _roll(stage, screen)
        screen.rest()
    failed = failures(scaledown, DECREMENT)
    written = {"scenario": NAME, "failures": failed, "replacements": [asdict(scaledown), asdict(rolling)]}
    (build / "timeline.json").write_text(json.dumps(written, indent=1) + "\n")
    (build / "report.html").write_text(report(scaledown, rolling, DECREMENT, failed))
    for each in (scaledown, rolling):
        console.print(f"{each.name}: {each.total} reconnects, at most {each.peak} within half a minute")
    console.print(f"Cut by the swap: {scaledown.cut_by_swap}. " + ("; ".join(failed) or "As promised."))
    return failed


def _install(aws: LocalAws, screen: Screen, build: Path) -> dict[str, Any]:
    folder = copy_tree(build / "terraform") / EXAMPLE
    variables = {"desired_count": TASKS, "scaledown_decrement": DECREMENT, "scaledown_wait": WAIT}
    (folder / "terraform.tfvars").write_text("".join(f"{name} = {value}\n" for name, value in variables.items()))
    terraform = Terraform(folder, {**os.environ, **aws.env()})
    screen.say(f"terraform init and apply of {EXAMPLE}, with the real provider")
    terraform.init()
    made = terraform.apply(screen.applying)
    screen.rest()
    screen.say(f"{made} resources made; terraform plan once more, which must show no change")
    differences = terraform.differences()
    if differences:
        raise PlanNotEmptyError("terraform plan right after apply shows changes:\n  " + "\n  ".join(differences))
    return terraform.outputs()


def _healthy(stage: _Stage, group: str) -> bool:
    described = stage.client("elbv2").describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    return [each["TargetHealth"]["State"] for each in described] == ["healthy"] * TASKS


def _scale_down(stage: _Stage, screen: Screen) -> Reconnects:
    screen.say(f"{CLIENTS} clients connect; the state machine replaces {TASKS} tasks, {DECREMENT} percent at a time")
    stage.connect(80)
    states, begin = stage.client("stepfunctions"), stage.aws.now()
    execution = states.start_execution(
        stateMachineArn=stage.outputs["state_machine_arn"], input=stage.outputs["execution_input"]
    )["executionArn"]
    stage.run_until(lambda: states.describe_execution(executionArn=execution)["status"] != "RUNNING", execution)
    told = states.describe_execution(executionArn=execution)
    if told["status"] != "SUCCEEDED":
        raise ScaledownFailedError(f"{execution} ended as {told.get('error')}: {told.get('cause')}")
    pages = states.get_paginator("get_execution_history").paginate(executionArn=execution)
    swap = next(
        event["timestamp"].timestamp()
        for page in pages
        for event in page["events"]
        if event.get("stateExitedEventDetails", {}).get("name") == "Swap"
    )
    end = stage.aws.now()
    stage.aws.advance(LAST_CONNECTIONS)
    screen.say("Done; every client has connected anew once")
    return reconnects("Controlled scale-down", CLIENTS, stage.timeline(80), begin, end + LAST_CONNECTIONS, swap)


def _roll(stage: _Stage, screen: Screen) -> Reconnects:
    """The same tasks under ECS's own controller, behind the same load balancer, on a listener of their own."""
    elb, ecs = stage.client("elbv2"), stage.client("ecs")
    given = json.loads(stage.outputs["execution_input"])
    balancer = elb.describe_load_balancers(Names=[given["nlb"]])["LoadBalancers"][0]
    group = elb.create_target_group(
        Name=ROLLING, Protocol="TCP", Port=80, TargetType="ip", VpcId=balancer["VpcId"], HealthCheckIntervalSeconds=10
    )["TargetGroups"][0]["TargetGroupArn"]
    attributes = [{"Key": "deregistration_delay.timeout_seconds", "Value": "60"}]
    elb.modify_target_group_attributes(TargetGroupArn=group, Attributes=attributes)
    elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="TCP",
        Port=ROLLING_PORT,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
    )
    network = {"subnets": given["subnets"], "securityGroups": [given["task_sg"]]}
    ecs.create_service(
        cluster=given["cluster"],
        serviceName=ROLLING,
        taskDefinition=given["taskDefinition"],
        desiredCount=TASKS,
        capacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT", "weight": 1}],
        networkConfiguration={"awsvpcConfiguration": network},
        loadBalancers=[{"targetGroupArn": group, "containerName": "stream", "containerPort": 80}],
    )
    stage.run_until(lambda: _healthy(stage, group), ROLLING)
    screen.say(f"The same under ECS's own controller: {CLIENTS} clients connect, and an ordinary rolling update begins")
    stage.connect(ROLLING_PORT)
    begin = stage.aws.now()
    ecs.update_service(cluster=given["cluster"], service=ROLLING, forceNewDeployment=True)
    stage.run_until(lambda: _rolled(ecs, given["cluster"]), "the rolling update")
    end = stage.aws.now()
    stage.aws.advance(LAST_CONNECTIONS)
    return reconnects("Rolling update", CLIENTS, stage.timeline(ROLLING_PORT), begin, end + LAST_CONNECTIONS)


def _rolled(ecs: Any, cluster: str) -> bool:
    service = ecs.describe_services(cluster=cluster, services=[ROLLING])["services"][0]
    return len(service["deployments"]) == 1 and service["runningCount"] == TASKS
