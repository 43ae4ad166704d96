"""The stories that the demo can tell: what happens to whom, and when. How they are to end stands in expectations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from demo import expectations, services
from demo.expectations import Expectation
from demo.report import Telling
from demo.screen import Row
from demo.services import ACCOUNT_A, ACCOUNT_B, Service
from demo.stage import Stage
from demo.strategy import SPOT, same

MINUTE = 60.0
OUTAGE = 25 * MINUTE
LONGEST_RESTORE = 180 * MINUTE

POOLS = ((ACCOUNT_A, "us-east-1"), (ACCOUNT_B, "eu-west-1"), (ACCOUNT_B, "us-west-2"))
SHORT_POOL = (ACCOUNT_B, "eu-west-1")
EARLY_POOL = (ACCOUNT_B, "us-west-2")


class NotSteadyError(Exception):
    """The services did not start: there is nothing to demonstrate on."""


@dataclass(frozen=True)
class Scenario:
    """A story, told by ``play``."""

    name: str
    telling: Telling
    services: Sequence[Service]
    expectations: Sequence[Expectation]
    play: Callable[[Stage], None]
    variables: Sequence[str] = ()
    """Lines of Terraform variables, beside those of the example's terraform.tfvars.example."""


def _failover(stage: Stage) -> None:
    _settle(stage)
    stage.take_spot_away(POOLS)
    stage.run(OUTAGE, step=15)
    stage.give_spot_back(POOLS)
    _until_restored(stage, services.FAILOVER, expectations.FAILOVER)


def _interruption(stage: Stage) -> None:
    _settle(stage)
    _lose_placement_failures(stage)
    stage.mark_loss()
    stage.take_spot_away([SHORT_POOL], left=1)
    stage.tell("A storm of interruptions begins in us-east-1, where Spot has room for replacements")
    for _ in range(3):
        for name, tasks in (("web", 1), ("search", 2), ("worker", 2)):
            stage.aws.interrupt(ACCOUNT_A, "us-east-1", "shop", name, tasks)
        stage.step(20)
    stage.run(OUTAGE - MINUTE, step=15)
    stage.give_spot_back([SHORT_POOL])
    _until_restored(stage, services.INTERRUPTION, expectations.INTERRUPTION)


def _failover_service(stage: Stage) -> None:
    _settle(stage)
    _lose_placement_failures(stage)
    stage.take_spot_away(POOLS)
    stage.run(OUTAGE, step=15)
    stage.give_some_spot_back(EARLY_POOL, room=3)
    stage.run(10 * MINUTE, step=15)
    stage.give_spot_back(POOLS)
    twins = {expectation.twin for expectation in expectations.FAILOVER_SERVICE}

    def at_zero(rows: tuple[Row, ...]) -> bool:
        return not any(row.desired or row.running for row in rows if row.service in twins)

    stage.run_until(at_zero, limit=LONGEST_RESTORE, step=30)
    _until_restored(stage, services.FAILOVER_SERVICE, expectations.FAILOVER_SERVICE)


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario(
            "failover",
            Telling("Spot goes away and returns", "Spot was gone for {outage}.", "Spot lost"),
            services.FAILOVER,
            expectations.FAILOVER,
            _failover,
        ),
        Scenario(
            "interruption",
            Telling(
                "A storm of Spot interruptions",
                "Four services lost tasks to Spot interruptions within a minute. Three could be given new Spot tasks "
                "at once; the pool of the fourth stayed short for {outage}, and no placement failure was told of it.",
                "storm",
            ),
            services.INTERRUPTION,
            expectations.INTERRUPTION,
            _interruption,
        ),
        Scenario(
            "failover-service",
            Telling(
                "On-demand twins carry what Spot does not",
                "Spot was gone for {outage}; in us-west-2 it came back for three tasks ten minutes before that, and in "
                "eu-west-1 no placement failure was told.",
                "Spot lost",
            ),
            services.FAILOVER_SERVICE,
            expectations.FAILOVER_SERVICE,
            _failover_service,
            ("on_demand_twins = true",),
        ),
    )
}


def _settle(stage: Stage) -> None:
    def steady(rows: tuple[Row, ...]) -> bool:
        return all(sum(row.running.values()) == row.desired for row in rows)

    if not stage.run_until(steady, limit=15 * MINUTE, step=15):
        raise NotSteadyError("the services did not reach their desired counts within 15 minutes; see local_aws.log")
    stage.run(3 * MINUTE, step=30)


def _until_restored(stage: Stage, created: Sequence[Service], expected: Sequence[Expectation]) -> None:
    """Until every service that was to move is back as it was, and then until the last deployment has ended."""
    moved = {expectation.service for expectation in expected if expectation.during}
    own = {service.id: service for service in created}

    def back(rows: tuple[Row, ...]) -> bool:
        return all(
            row.phase == "closed" and same(row.strategy, own[row.service].strategy) and row.running.get(SPOT)
            for row in rows
            if row.service in moved
        )

    stage.run_until(back, limit=LONGEST_RESTORE, step=30)
    stage.run(5 * MINUTE, step=30)


def _lose_placement_failures(stage: Stage) -> None:
    """Switch off the forwarding of placement failures in one Region: AWS does not always tell of them."""
    account, region = SHORT_POOL
    events = stage.aws.session(account, region).client("events")
    for rule in events.list_rules()["Rules"]:
        if "SERVICE_TASK_PLACEMENT_FAILURE" in rule.get("EventPattern", ""):
            events.disable_rule(Name=rule["Name"])
            stage.tell(f"Placement failures of {region} are lost from here on, as AWS may lose them")
