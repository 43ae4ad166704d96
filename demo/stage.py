"""What a scenario's script acts on: time, Spot capacity, and a look at the services after every step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from demo import strategy
from demo.collect import records
from demo.evidence import ServiceId, Update
from demo.installation import Installation
from demo.reading import record_id, service_id, updates
from demo.screen import Frame, Happening, Row, Screen
from demo.services import CENTRAL
from demo.strategy import Strategy, same, text
from demo.words import plural

if TYPE_CHECKING:
    from local_aws.client import LocalAws

Pool = tuple[str, str]
"""Account and Region: each has a Fargate Spot pool of its own."""


class Stage:
    """Runs time forward and shows what happens."""

    def __init__(self, aws: LocalAws, installed: Installation, screen: Screen) -> None:
        self.aws = aws
        self.installed = installed
        self.loss_at: float | None = None
        self.return_at: float | None = None
        self._screen = screen
        self._dynamodb = aws.session(CENTRAL, installed.region).client("dynamodb")
        self._spot = "Spot is available"
        self._happenings: list[Happening] = []
        self._updates_told = 0
        self._live: dict[ServiceId, Strategy] = {}
        self._own: dict[ServiceId, Strategy] = {}
        self._phases: dict[ServiceId, str] = {}

    def step(self, seconds: float) -> tuple[Row, ...]:
        """Let ``seconds`` pass, show the services, and give them."""
        self.aws.advance(seconds)
        rows = self._rows()
        self._tell_updates()
        self._screen.show(Frame(self._since_loss(self.aws.now()), self._spot, rows, tuple(self._happenings)))
        return rows

    def run(self, seconds: float, step: float) -> None:
        """Let ``seconds`` pass in steps."""
        until = self.aws.now() + seconds
        while self.aws.now() < until:
            self.step(step)

    def run_until(self, done: Callable[[tuple[Row, ...]], bool], limit: float, step: float) -> bool:
        """Let time pass in steps until ``done`` or for ``limit`` seconds; whether it was done."""
        until = self.aws.now() + limit
        while self.aws.now() < until:
            if done(self.step(step)):
                return True
        return False

    def take_spot_away(self, pools: Iterable[Pool], left: int = 0) -> None:
        """From now on the pools carry ``left`` tasks; those over it get the two-minute notice."""
        self.mark_loss()
        for account, region in pools:
            self.aws.set_spot_capacity(account, region, left)
        self._spot = "Spot is gone" if left == 0 else "Spot is short"
        self.tell(f"{self._spot}: running Spot tasks get the two-minute notice")

    def give_some_spot_back(self, pool: Pool, room: int) -> None:
        """The pool carries ``room`` tasks again, and no more."""
        account, region = pool
        self.aws.set_spot_capacity(account, region, room)
        self.tell(f"Spot in {region} has room for {room} tasks again")

    def give_spot_back(self, pools: Iterable[Pool]) -> None:
        """Lift the pools' limits."""
        for account, region in pools:
            self.aws.set_spot_capacity(account, region, None)
        self.return_at = self.aws.now()
        self._spot = "Spot is back"
        self.tell(self._spot)

    def mark_loss(self) -> None:
        """From now on times are told since this moment."""
        if self.loss_at is None:
            self.loss_at = self.aws.now()

    def tell(self, what: str) -> None:
        """Add a line to what has happened."""
        self._happenings.append(Happening(self._since_loss(self.aws.now()), what))

    def _since_loss(self, when: float) -> float | None:
        return None if self.loss_at is None else when - self.loss_at

    def _rows(self) -> tuple[Row, ...]:
        phases = {
            record_id(record): str(record.get("phase", "")) for record in records(self._dynamodb, self.installed.table)
        }
        rows = []
        for entry in self.aws.services():
            service = service_id(entry)
            live = strategy.parse(entry["strategy"])
            phase = phases.get(service, "")
            if phase == "closed" and self._phases.get(service) == "proving":
                self.tell(f"{service}: restore proven")
            rows.append(Row(service, live, entry["desired"], entry["running"], entry["pending"], phase))
        self._phases = phases
        return tuple(sorted(rows, key=lambda row: row.service))

    def _tell_updates(self) -> None:
        changes = updates(self.aws.service_updates())
        for update in changes[self._updates_told :]:
            before = self._live.get(update.service, ())
            live = self._live[update.service] = update.strategy or before
            own = self._own.setdefault(update.service, live)
            if update.api == "UpdateService":
                what = self._change(update, live, before, own)
                self._happenings.append(Happening(self._since_loss(update.at), f"{update.service}: {what}"))
        self._updates_told = len(changes)

    @staticmethod
    def _change(update: Update, live: Strategy, before: Strategy, own: Strategy) -> str:
        if same(live, before) and not update.forced:
            return f"asked for {plural(update.desired or 0, 'task')}"
        if same(live, before):
            return "new deployment forced on the same strategy"
        if same(live, own):
            return f"restore begun, back to {text(live)}"
        return f"failed over to {text(live)}"
