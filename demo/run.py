"""A whole run: AWS on this machine, Terraform, the scenario, the figures, the report."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from demo import application_team, summary
from demo.accounting import Accounts, account
from demo.collect import collect
from demo.evidence import Evidence
from demo.installation import Installation, installation
from demo.outcome import outcome
from demo.reading import read
from demo.report import report
from demo.scenarios import Scenario
from demo.screen import Screen
from demo.services import ACCOUNT_A, ACCOUNT_B, CENTRAL
from demo.stage import Stage
from demo.terraform import Terraform
from demo.verdict import Verdict, explain, judge, judge_events
from local_aws.client import LocalAws
from tools import paths
from tools.terraform_tree import copy_tree

BUILD = paths.ROOT / "build" / "demo"
EXAMPLE = "examples/multi-account"
ORGANIZATION = "o-exampleorg1"
DECIDED_WITHIN = 120.0
"""Seconds after the end in which what arrived before it is decided; what arrives later belongs to no run."""


class PlanNotEmptyError(Exception):
    """Terraform would change something right after it applied."""


@dataclass(frozen=True)
class Result:
    """What a run came to. ``failures`` has a sentence for all that is not as it should be, ``hints`` likely causes."""

    evidence: Evidence
    verdicts: tuple[Verdict, ...]
    accounts: Accounts
    failures: tuple[str, ...]
    hints: tuple[str, ...]


def run(scenario: Scenario, screen: Screen, console: Console, build: Path = BUILD) -> Result:
    """Play ``scenario`` and write timeline.json and report.html into ``build``."""
    build.mkdir(parents=True, exist_ok=True)
    log = build / "local_aws.log"
    # Nothing of the last run may look like a result of this one.
    for leftover in (log, build / "timeline.json", build / "report.html"):
        leftover.unlink(missing_ok=True)
    screen.say(f"Starting AWS on this machine: accounts {CENTRAL} (central), {ACCOUNT_A} and {ACCOUNT_B} (workload)")
    with LocalAws.start([CENTRAL, ACCOUNT_A, ACCOUNT_B], ORGANIZATION, log_file=log) as aws, screen:
        installed = _install(aws, scenario, screen, build)
        screen.say(f"Application teams create {len(scenario.services)} services, knowing nothing of it")
        application_team.create(aws, scenario.services)
        stage = Stage(aws, installed, screen)
        scenario.play(stage)
        screen.rest()
        ended_at = aws.now()
        aws.advance(DECIDED_WITHIN)
        raw = {
            "scenario": scenario.name,
            "loss_at": stage.loss_at,
            "return_at": stage.return_at,
            "ended_at": ended_at,
            **collect(aws, installed),
        }
    result = assess(scenario, raw)
    _write(scenario, raw, result, build)
    summary.show(console, result.verdicts, result.accounts, result.failures, result.hints)
    return result


def assess(scenario: Scenario, raw: Mapping[str, Any]) -> Result:
    """Make figures and verdicts from what happened."""
    evidence = read(raw)
    accounts = account(evidence)
    verdicts = tuple(
        judge(expected, outcome(evidence, expected.service, expected.twin)) for expected in scenario.expectations
    )
    failures = [failure for verdict in verdicts for failure in verdict.failures]
    failures += judge_events(accounts)
    hints = explain(evidence.errors) if failures else []
    return Result(evidence, verdicts, accounts, tuple(failures), tuple(hints))


def _install(aws: LocalAws, scenario: Scenario, screen: Screen, build: Path) -> Installation:
    """Apply the example as it stands, in a copy of the tree so that Terraform's files stay out of the repository."""
    folder = copy_tree(build / "terraform") / EXAMPLE
    shutil.copy(folder / "terraform.tfvars.example", folder / "terraform.tfvars")
    (folder / "scenario.auto.tfvars").write_text("".join(f"{line}\n" for line in scenario.variables))
    terraform = Terraform(folder, {**os.environ, **aws.env()})
    screen.say(f"terraform init and apply of {EXAMPLE}, with the real provider")
    terraform.init()
    made = terraform.apply(screen.applying)
    screen.rest()
    screen.say(f"{made} resources made; terraform plan once more, which must show no change")
    differences = terraform.differences()
    if differences:
        raise PlanNotEmptyError("terraform plan right after apply shows changes:\n  " + "\n  ".join(differences))
    return installation(terraform.outputs())


def _write(scenario: Scenario, raw: dict[str, Any], result: Result, build: Path) -> None:
    services = [
        {
            **asdict(verdict.outcome.service),
            "story": verdict.expected.story,
            "before": [asdict(item) for item in verdict.outcome.before],
            "during": [asdict(item) for item in verdict.outcome.during or ()] or None,
            "after": [asdict(item) for item in verdict.outcome.after],
            "seconds_from_loss_to_failover": verdict.outcome.to_failover,
            "seconds_from_return_to_restored": verdict.outcome.to_restore,
            "redeployments": verdict.outcome.redeployments,
            "lowest_running": verdict.outcome.lowest,
            "task_seconds_missing": verdict.outcome.missing,
            "twin": _twin(verdict),
            "targets": _targets(verdict),
            "failures": list(verdict.failures),
        }
        for verdict in result.verdicts
    ]
    written = {"services": services, "events": asdict(result.accounts), "failures": list(result.failures), **raw}
    (build / "timeline.json").write_text(json.dumps(written, indent=1) + "\n")
    (build / "report.html").write_text(
        report(scenario.telling, result.evidence, result.verdicts, result.accounts, result.failures, result.hints)
    )


def _twin(verdict: Verdict) -> dict[str, Any] | None:
    twin = verdict.outcome.twin
    if twin is None:
        return None
    return {
        "service": twin.service.name,
        "most_tasks": twin.peak,
        "seconds_from_loss_to_raised": twin.to_raise,
        "seconds_from_return_to_zero": twin.to_zero,
        "counts": [[update.at, update.desired] for update in twin.counts],
    }


def _targets(verdict: Verdict) -> dict[str, Any] | None:
    balance = verdict.outcome.balance
    if balance is None:
        return None
    return {
        "lowest_healthy": balance.lowest,
        "seconds_from_loss_to_healthy": balance.healthy_in,
        "target_seconds_missing": balance.missing,
        "points": [[p.at, p.healthy, p.starting, p.draining, p.desired, p.least] for p in balance.points],
    }
