"""A random month: the functions' own entry points in this process, on a local AWS on which everything goes wrong."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.soak.aws import InProcess, in_process
from tests.soak.chance import seeded
from tests.soak.deployed import FUNCTIONS
from tests.soak.functions import Lambda, environment, without_threads
from tests.soak.haste import hasty
from tests.soak.letters import Letters
from tests.soak.life import Lives
from tests.soak.plan import places
from tests.soak.pump import Heartbeats, Post, Pump, Schedule
from tests.soak.routes import make_route
from tests.soak.run import (
    Progress,
    Run,
    close_accounts,
    let_messages_arrive,
    too_few_restores,
    too_many_races,
    wait_for_the_end,
)
from tests.soak.watch import Watch
from tests.soak.weather import DAY, HOUR, Weather
from tests.soak.wire import CALM, USUAL, Wire
from tests.unit.policy_text import policy_object

START = 1_772_323_200.0
"""1 March 2026, 00:00 UTC."""
ENOUGH = 300.0
"""Days of services in which there are failovers and restores, whatever the seed: a month has five times as many."""


@dataclass
class _Month:
    aws: InProcess
    wire: Wire
    service: Lambda
    watch: Watch
    lives: Lives


def run_month(seed: int, days: float = 30.0, services: int = 50, progress: Progress = lambda _: None) -> Run:
    """Let so many services live for so many days. The same arguments give the same run, to the last event."""
    run = Run(f"{days:g} days with the functions in this process", seed, services)
    with _month(run, START + days * DAY) as month:
        month.lives.begin()
        Heartbeats(month.aws).begin()
        month.lives.weather.begin()
        until = START + days * DAY
        while (left := until - month.aws.clock.now()) > 0:
            month.aws.clock.advance(min(6 * HOUR, left))
            month.aws.forget_old_sessions()
            progress(min(1.0, 1 - (until - month.aws.clock.now()) / (days * DAY)))
        month.lives.weather.calm()
        month.lives.calm(month.watch.raced)
        wait_for_the_end(month.aws, month.lives, run)
        let_messages_arrive(month.aws, month.lives, run.ledger)
        close_accounts(month.aws, month.lives, run, month.wire.orders)
        run.switches.update(month.watch.switches)
        run.faults.update(month.wire.faults | {"sandboxes started": month.service.starts})
        run.wrong += month.watch.broken
        if days * services >= ENOUGH:
            # What never happened was never put to the proof.
            run.wrong += [f"there was no {name} at all" for name in ("failover", "restore") if not run.switches[name]]
        run.wrong += [*too_few_restores(run.switches), *too_many_races(run.switches)]
    return run


@contextmanager
def _month(run: Run, until: float) -> Iterator[_Month]:
    def dice(name: str) -> random.Random:
        return random.Random(f"{name} {run.seed}")  # noqa: S311  (repeatable, not secret)

    policy = policy_object() | {"sweep": {"threshold_minutes": 10, "silent_after_minutes": 900}}
    with seeded(run.seed), hasty(), in_process(START) as aws, without_threads():
        wire = Wire(aws.clock, dice("wire"))
        service = Lambda(aws.clock, wire, environment(policy), run.ledger.add)
        post, watch = Post(aws), Watch(aws)
        weather = Weather(aws, dice("storm"), until, lambda bad: wire.set(USUAL.times(bad) if bad else CALM))
        here = places(run.services)
        lives = Lives(aws, weather, Letters(aws, run.ledger, dice("letters"), here), dice("lives"), here)
        for function in FUNCTIONS:
            if function.queue:
                run.ledger.queue(function.queue)
                make_route(aws, function)
                post.pumps[function.queue] = Pump(aws, service, run.ledger, function, dice(function.name))
            if function.every:
                Schedule(aws, service, function).start()
        watch.open()
        post.open()
        try:
            yield _Month(aws, wire, service, watch, lives)
        finally:
            post.close()
            wire.close()
