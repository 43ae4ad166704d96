"""A random day with what is deployed: Terraform, the zip in its sandboxes, real queues, every permission."""

from __future__ import annotations

import json
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.soak.courses import Courses
from tests.soak.deployed import FUNCTIONS
from tests.soak.ground import Ground
from tests.soak.ledger import Invocation, Ledger, Outcome
from tests.soak.letters import Letters
from tests.soak.life import Lives
from tests.soak.plan import POOLS, places
from tests.soak.remote import Remote, installed
from tests.soak.run import Progress, Run, close_accounts, let_messages_arrive, too_many_races, wait_for_the_end
from tests.soak.weather import HOUR, MINUTE, Weather

HASTE = 3.0
"""A day has about as many outages, releases and bad messages as three of the month."""
STEP = HOUR / 4
SCHEDULES = ("fargate-spot-restore-schedule", "fargate-spot-sweep-schedule")
"""Rules of the central account that start functions."""
HEARTBEATS = "fargate-spot-heartbeat"
"""Schedule of every account and Region."""
_OUTCOMES = {"ok": Outcome.OK, "error": Outcome.ERROR}


def run_day(seed: int, hours: float, services: int, minutes: float, progress: Progress = lambda _: None) -> Run:
    """Let so many services live for so many hours. The same seed plans the same; what threads make of it differs.

    The storm ends after so many `minutes` of real time, however much of the day is over.
    """
    run = Run(f"{hours:g} hours with the deployed zip", seed, services)
    with tempfile.TemporaryDirectory(prefix="soak-") as folder, installed(Path(folder)) as remote:
        for function in FUNCTIONS:
            if function.queue:
                run.ledger.queue(function.queue)
        begun = remote.clock.now()
        lives = _lives(run, remote, begun + hours * HOUR)
        lives.begin()
        lives.weather.begin()
        ends = time.monotonic() + minutes * MINUTE
        while (gone := remote.clock.now() - begun) < hours * HOUR:
            if time.monotonic() > ends:
                run.title = f"{gone / HOUR:.1f} of {run.title}, then {minutes:g} minutes were over"
                break
            remote.clock.advance(min(STEP, hours * HOUR - gone))
            progress(min(1.0, gone / (hours * HOUR)))
        lives.weather.calm()
        courses = Courses()
        courses.read(remote.get("timeline"), remote.get("service-updates"))
        lives.calm(courses.raced)
        wait_for_the_end(remote, lives, run)
        _stop_schedules(remote)
        let_messages_arrive(remote, lives, run.ledger)
        _read_invocations(remote, run.ledger)
        close_accounts(remote, lives, run)
        courses = Courses()
        courses.read(remote.get("timeline"), remote.get("service-updates"))
        run.switches.update(courses.switches)
        run.wrong += [*courses.broken, *too_many_races(run.switches)]
    return run


def _lives(run: Run, remote: Remote, until: float) -> Lives:
    def dice(name: str) -> random.Random:
        return random.Random(f"day {name} {run.seed}")  # noqa: S311  (repeatable, not secret)

    chance = dice("functions")

    def faults(bad: float) -> None:
        if not bad:
            remote.control("chaos/lambda")
            return
        remote.control("chaos/lambda", crash=0.01 * bad, timeout=0.005 * bad, seed=chance.getrandbits(32))

    weather = Weather(remote, dice("storm"), until, faults, haste=HASTE)
    here = places(run.services)
    return Lives(remote, weather, Letters(remote, run.ledger, dice("letters"), here), dice("lives"), here)


def _stop_schedules(remote: Remote) -> None:
    """Nothing is to happen while it is added up: unlike the month's, this clock goes on meanwhile."""
    for rule in SCHEDULES:
        remote.admin("events").disable_rule(Name=rule)
    for account, region in POOLS:
        remote.owner("scheduler", account, region).delete_schedule(Name=HEARTBEATS)


def _read_invocations(ground: Ground, ledger: Ledger) -> None:
    """Every run of a function, with what it logged."""
    functions = {function.name: function for function in FUNCTIONS}
    logged: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for name in functions:
        for line in _lines(ground, f"/aws/lambda/{name}"):
            logged[line["request_id"]].append(line)
    for told in ground.get("invocations"):
        function = functions[told["function_arn"].rsplit(":", 1)[-1]]
        outcome = _OUTCOMES.get(told["outcome"], Outcome.KILLED)
        ids = told["message_ids"]
        failed = told["failed_message_ids"] if outcome is Outcome.OK else ids
        if ids:
            ledger.queue(function.queue).receives += len(ids)
        ledger.add(Invocation.of(function, bool(ids), outcome, ids, failed, logged[told["request_id"]]))


def _lines(ground: Ground, group: str) -> Iterator[Mapping[str, Any]]:
    """What a function logged about decisions."""
    for page in ground.admin("logs").get_paginator("filter_log_events").paginate(logGroupName=group):
        for event in page["events"]:
            if event["message"].startswith('{"timestamp"'):
                line = json.loads(event["message"])
                if "action" in line:
                    yield line
