"""What a run leads to, and whether everything in it came to its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from spot_failover.core.record import Phase
from tests.soak.deployed import FUNCTIONS
from tests.soak.ground import Ground, dead_letters, left, records
from tests.soak.ledger import Ledger, QueueAccount, mark
from tests.soak.life import Lives
from tests.soak.plan import CENTRAL, HOME
from tests.soak.weather import HOUR

CALM = 48 * HOUR
"""In which everything has to come to its end: two nights, since the restores of a day are limited."""
LOOK = HOUR / 2

MANY = 20
"""Failovers of which a share says something."""
RESTORED = 0.8
"""Share of failovers that end with a restore, at least. Months have 0.95 to 0.98, three days of 14 services 0.93: of
the others an owner took the service back or deleted it. They count: where nothing is restored, owners end all."""

RACES = 5
"""Owners who deploy in the seconds between a look and the call, at most. Months have had one at most: where there are
many, the looks are too old."""

Progress = Callable[[float], None]
"""Told the share of the storm that is over."""


@dataclass
class Run:
    """Counts, and what was wrong."""

    title: str
    seed: int
    services: int
    ledger: Ledger = field(default_factory=Ledger)
    happened: Counter[str] = field(default_factory=Counter)
    switches: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    calm_after: float = 0.0
    """Virtual hours from the end of the storm until nothing was left to do."""


def unfinished(ground: Ground, lives: Lives) -> Iterator[str]:
    """What has not come to its end."""
    for place, record in records(ground).items():
        if record.phase is not Phase.CLOSED or record.lease is not None or record.due_at is not None:
            yield f"{place}: its record is left {record.phase} ({record.reason}), stuck: {record.stuck}"
        if record.redeploy_requested_at is not None:
            yield f"{place}: a redeployment is left announced since {record.redeploy_requested_at}"
    yield from lives.astray()
    for function in FUNCTIONS:
        if function.queue and (many := left(ground, function.queue)):
            yield f"{function.queue}: {many} messages left"


def too_few_restores(switches: Mapping[str, int]) -> Iterator[str]:
    """Failovers that ended without a restore, beyond what owners and deletions explain."""
    failovers = switches.get("failover", 0) - switches.get("ECS: rolled back a failover", 0)
    restores = switches.get("restore", 0)
    if failovers >= MANY and restores < RESTORED * failovers:
        yield f"{failovers} failovers that ECS did not roll back, but only {restores} restores"


def too_many_races(switches: Mapping[str, int]) -> Iterator[str]:
    """Owners who were overruled, or came first, by seconds: what cannot be helped is rare."""
    races = sum(switches.get(f"owner {what} within seconds", 0) for what in ("overruled", "came first"))
    if races > RACES:
        yield f"{races} times an owner and the automation deployed within seconds, {RACES} at most are chance"


def wait_for_the_end(ground: Ground, lives: Lives, run: Run) -> None:
    """Nothing happens any more: let what was begun come to its end, as long as that takes."""
    begun = ground.clock.now()
    while ground.clock.now() < begun + CALM:
        ground.clock.advance(LOOK)
        lives.look_at_alarms()
        if not any(unfinished(ground, lives)):
            break
    run.calm_after = (ground.clock.now() - begun) / HOUR


def let_messages_arrive(ground: Ground, lives: Lives, ledger: Ledger) -> None:
    """Heartbeats go on to the end: add up when none is on its way. What is lost for good is so after a minute, too."""
    for _ in range(12):
        arrived = Ledger(
            {name: QueueAccount() for name in ledger.queues}, twice=ground.get("chaos")["events_duplicated"]
        )
        for delivery in ground.get("deliveries"):
            arrived.add_delivery(delivery)
        if not arrived.on_the_way and not any(unfinished(ground, lives)):
            return
        ground.clock.advance(5.0)


def close_accounts(ground: Ground, lives: Lives, run: Run, orders: Mapping[str, int] | None = None) -> None:
    """Add everything up, and tell what is wrong. The ledger knows all invocations by now.

    `orders`: how many messages functions have sent to queues of their own. Where nobody has looked at their calls, that
    is what SQS took beside what EventBridge delivered and people sent.
    """
    ledger = run.ledger
    for delivery in ground.get("deliveries"):
        ledger.add_delivery(delivery)
    for name, account in ledger.queues.items():
        account.left = left(ground, name)
        for message, reason, body in dead_letters(ground, name):
            account.in_dead_letters += 1
            if reason:
                account.rejected[mark(body), reason] += 1
            else:
                account.bury(message, body, lives.weather.let_nobody_in)
    sent = {
        one["name"]: one["sent"] for one in ground.get("queues") if (one["account"], one["region"]) == (CENTRAL, HOME)
    }
    for function in FUNCTIONS:
        if function.orders:
            account = ledger.queue(function.queue)
            others = sent[function.queue] - account.delivered - account.by_hand
            account.orders = others if orders is None else orders.get(function.queue, 0)
    run.happened.update(lives.weather.happened)
    run.happened.update(lives.did)
    run.happened.update({f"message: {name}": many for name, many in lives.letters.sent.items()})
    chaos = ground.get("chaos")
    ledger.twice = chaos["events_duplicated"]
    run.faults.update(chaos)
    run.wrong += [*ledger.mismatches(), *unfinished(ground, lives), *lives.still_stuck()]
