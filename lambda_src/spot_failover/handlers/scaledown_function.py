"""The functions behind the state machine of the controlled scale-down: one step of one execution after another."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3

from spot_failover.aws.clients import RETRIED
from spot_failover.aws.executions import AuditEvents, StateMachineExecutions
from spot_failover.aws.ledger import LedgerTable
from spot_failover.aws.load_balancer import NetworkLoadBalancers
from spot_failover.aws.task_sets import EcsTaskSets
from spot_failover.core.arn import Arn
from spot_failover.core.errors import SpotFailoverError
from spot_failover.core.scaledown_input import parse_scaledown_input
from spot_failover.core.scaledown_progress import Progress, why
from spot_failover.core.service_key import ServiceKey
from spot_failover.flow.scaledown_step import Step, World
from spot_failover.handlers.assembly import new_id, now
from spot_failover.settings import ScaledownSettings
from spot_failover.telemetry import make_logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

Steps = Mapping[str, Callable[[Step], Progress]]
"""By the name that the state machine gives in `step`."""


class ScaledownFunction:
    """What outlives one invocation: settings and clients."""

    def __init__(self, steps: Steps) -> None:
        settings = ScaledownSettings.from_env(os.environ)
        self.logger = make_logger()
        self._steps = steps
        self._world = World(
            task_sets=EcsTaskSets(boto3.client("ecs", config=RETRIED)),
            balancers=NetworkLoadBalancers(boto3.client("elbv2", config=RETRIED)),
            ledger=LedgerTable(boto3.client("dynamodb", config=RETRIED), settings.ledger_table, new_id),
            executions=StateMachineExecutions(boto3.client("stepfunctions", config=RETRIED)),
            audit=AuditEvents(boto3.client("events", config=RETRIED)),
            now=now,
            time_limit=settings.time_limit,
            longest_step=settings.longest_step,
            untold=self._untold,
        )

    def _untold(self, stage: str, error: SpotFailoverError) -> None:
        self.logger.error("audit event not sent", exc_info=error, extra={"stage": stage, "note": str(error)})

    def handle(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Take the step that the state machine asks for, and answer how far the execution is."""
        step = step_of(event, self._world)
        name = str(event["step"])
        key = step.key
        self.logger.append_keys(
            account=key.account, region=key.region, cluster=key.cluster, ecs_service=key.service, step=name
        )
        progress = self._steps[name](step)
        self.logger.info("step", extra={"next": str(progress.next), "note": progress.note})
        return progress.to_json()


def step_of(event: Mapping[str, Any], world: World) -> Step:
    """The step that the state machine asks for.

    Raises
    ------
    InputError
        The execution's input is wrong.
    """
    execution = str(event["execution"])
    arn = Arn.parse(execution)
    given = parse_scaledown_input(event["input"], account=arn.account, region=arn.region, time_limit=world.time_limit)
    progress = Progress.from_json(event.get("progress") or {})
    if event.get("error"):
        progress = replace(progress, because=why(event["error"]))
    started_at = datetime.fromisoformat(str(event["started_at"]))
    return Step(
        world=world,
        execution=execution,
        started_at=started_at if started_at.tzinfo else started_at.replace(tzinfo=UTC),
        given=given,
        key=ServiceKey(arn.account, arn.region, given.cluster, given.service),
        progress=progress,
    )


def scaledown_handler(steps: Steps) -> Callable[[dict[str, Any], LambdaContext], dict[str, Any]]:
    """The Lambda handler of some of the state machine's steps.

    Raises
    ------
    SettingsError
        At the function's start, with the name of the variable that is missing or wrong.
    """
    function = ScaledownFunction(steps)

    @function.logger.inject_lambda_context(clear_state=True)
    def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
        return function.handle(event)

    return handler
