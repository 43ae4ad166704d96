"""A random day with what is deployed: Terraform, the zip in its sandboxes, real queues, every permission."""

from __future__ import annotations

import json
import random
import tempfile
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
from tests.soak.plan import places
from tests.soak.remote import Remote, installed
from tests.soak.run import Progress, Run, close_accounts, wait_for_the_end
from tests.soak.weather import HOUR, Weather

HASTE = 8.0
"""A day has about as many outages, releases and bad messages as a week of the month."""
STEP = HOUR / 4
_OUTCOMES = {"ok": Outcome.OK, "error": Outcome.ERROR}


def run_day(seed: int, hours: float = 24.0, services: int = 50, progress: Progress = lambda _: None) -> Run:
    """Let so many services live for so many hours. The same seed plans the same; what threads make of it differs."""
    run = Run(f"{hours:g} hours with the deployed zip", seed, services)
    with tempfile.TemporaryDirectory(prefix="soak-") as folder, installed(Path(folder)) as remote:
        for function in FUNCTIONS:
            if function.queue:
                run.ledger.queue(function.queue)
        begun = remote.clock.now()
        lives = _lives(run, remote, begun + hours * HOUR)
        lives.begin()
        lives.weather.begin()
        while (gone := remote.clock.now() - begun) < hours * HOUR:
            remote.clock.advance(min(STEP, hours * HOUR - gone))
            progress(min(1.0, gone / (hours * HOUR)))
        lives.weather.calm()
        courses = Courses()
        courses.read(remote.get("timeline"), remote.get("service-updates"))
        lives.calm(courses.raced)
        wait_for_the_end(remote, lives, run)
        _read_invocations(remote, run.ledger)
        close_accounts(remote, lives, run)
        courses = Courses()
        courses.read(remote.get("timeline"), remote.get("service-updates"))
        run.switches.update(courses.switches)
        run.wrong += courses.broken
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
