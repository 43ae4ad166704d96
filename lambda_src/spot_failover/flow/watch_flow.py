"""The sweep's schedule: who is heard of and who is not, and an order to sweep for each account and Region."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from spot_failover.core import transitions
from spot_failover.core.decision import Decision
from spot_failover.core.errors import SpotFailoverError
from spot_failover.core.events import Heartbeat
from spot_failover.core.path import Path
from spot_failover.core.policy import Policy
from spot_failover.core.reason import Action, Reason
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.sweep_messages import SweepOrder
from spot_failover.flow.registry import update
from spot_failover.flow.report import Outcome, Reporter
from spot_failover.flow.worker import Worker

if TYPE_CHECKING:
    from spot_failover.flow.ports import Orders, Registry


def path_outcome(path: Path, decision: Decision, **extra: str) -> Outcome:
    """What is told of an account and Region, and of no service there."""
    return Outcome(ServiceKey(path.account, path.region, "", ""), decision, extra=extra)


@dataclass
class Watch:
    """What one run of the schedule found."""

    ordered: int = 0
    silent: int = 0
    """Accounts and Regions that send no heartbeat, or refuse the automation role."""
    errors: dict[str, Exception] = field(default_factory=dict)
    """By account and Region."""


class WatchFlow:
    """Keeps the registry of accounts and Regions."""

    def __init__(
        self,
        worker: Worker,
        policy: Policy,
        reporter: Reporter,
        registry: Registry,
        orders: Orders,
        new_id: Callable[[], str],
    ) -> None:
        self._worker = worker
        self._policy = policy
        self._reporter = reporter
        self._registry = registry
        self._orders = orders
        self._new_id = new_id

    def heartbeat(self, heartbeat: Heartbeat) -> None:
        """An account and Region is heard of: it is known from now on. An old heartbeat makes nobody known."""
        now, new = self._worker.now(), False

        def change(path: Path) -> Path:
            nonlocal new
            if path.heard_at is None and now - heartbeat.time > self._policy.silent_after:
                return path
            new = (path.silent or path.heard_at is None) and not path.leaving(heartbeat.time)
            return path.heard(heartbeat.time)

        path = update(self._registry, heartbeat.account, heartbeat.region, change)
        decision = Decision(Action.REPORT, Reason.PATH_HEARD) if new else Decision(Action.IGNORE, Reason.HEARTBEAT)
        if path.offboarded_at is not None:
            decision = Decision(Action.IGNORE, Reason.ACCOUNT_LEFT)
        self._reporter.outcome(path_outcome(path, decision, event_id=heartbeat.event_id))

    def run(self) -> Watch:
        """Look at every path, and order its sweep."""
        watch = Watch()
        orders = []
        for account, region in self._registry.paths():
            try:
                path = self._look(account, region)
            except SpotFailoverError as error:
                watch.errors[f"account {account}, Region {region}"] = error
                continue
            if path.heard_at is None:
                continue
            watch.silent += path.silent or path.refused_since is not None
            if self._policy.for_account(account).enabled and not path.sweeping(self._worker.now()):
                orders.append(self._order(path))
        self._orders.send(orders)
        watch.ordered = len(orders)
        return watch

    def _order(self, path: Path) -> SweepOrder:
        return SweepOrder(self._new_id(), path.account, path.region, ordered_at=self._worker.now())

    def _look(self, account: str, region: str) -> Path:
        now = self._worker.now()
        path = self._registry.path(account, region)
        if path.has_left(now) and self._policy.for_account(account).enabled:
            return self._leave(path)
        heard = path.heard_at
        if heard is not None and path.is_silent(now, self._policy.silent_after) and not path.silent:
            note = (
                f"no heartbeat since {heard.isoformat()}: no event of {path} arrives here. Look at its "
                "heartbeat schedule, its forward rules and their dead-letter queue, and the event bus policy"
            )
            # First: once it is written that people were told, even by a write whose answer is lost, nobody tells them.
            self._tell(path, Action.ALERT, Reason.PATH_SILENT, note)
            path = update(
                self._registry,
                account,
                region,
                lambda it: replace(it, silent=True) if it.is_silent(now, self._policy.silent_after) else it,
            )
        return path

    def _leave(self, path: Path) -> Path:
        """Nobody is there any more: what is open of it closes, each told with the strategy that it would have got back.

        Raises
        ------
        SpotFailoverError
            Not all of it: the path stays on the list, and the next run goes on.
        """
        closed, errors = self._close_all(path)
        gone = path
        if not errors:
            try:
                gone = update(self._registry, path.account, path.region, self._forgotten)
            except SpotFailoverError as error:
                errors.append(error)
        if closed or not errors:
            left = "it stays on the list until all else is closed" if errors else "taken off the list"
            note = (
                f"neither heartbeat nor role for a day: {left}. Services and twins that were open, and are closed now: "
                f"{closed}. The audit events and the sweep's log list them (action close, reason ACCOUNT_LEFT)"
            )
            self._tell(path, Action.ALERT, Reason.ACCOUNT_LEFT, note)
        for other in errors[1:]:
            self._reporter.unfinished(other)
        if errors:
            # The sweep goes on to be refused: else nothing would show in an hour that nobody is there.
            self._orders.send([self._order(path)])
            raise errors[0]
        return gone

    def _forgotten(self, path: Path) -> Path:
        """Itself, where it was heard of in the meantime."""
        return Path(path.account, path.region, version=path.version) if path.has_left(self._worker.now()) else path

    def _close_all(self, path: Path) -> tuple[int, list[SpotFailoverError]]:
        """How many were closed, each told, and what went wrong with others."""
        here = (path.account, path.region)
        closed, errors = 0, list[SpotFailoverError]()

        def open_here() -> list[ServiceKey]:
            return list(self._worker.records.open_in(*here))

        def at_work_here() -> list[ServiceKey]:
            return [key for key in self._worker.twins.due() if (key.account, key.region) == here]

        for find, close in ((open_here, self._close), (at_work_here, self._close_twin)):
            try:
                keys = find()
            except SpotFailoverError as error:
                errors.append(error)
                continue
            for key in keys:
                try:
                    outcome = close(key)
                except SpotFailoverError as error:
                    errors.append(error)
                    continue
                if outcome is not None:
                    self._reporter.outcome(outcome)
                    closed += 1
        return closed, errors

    def _close_twin(self, key: ServiceKey) -> Outcome | None:
        """None: nothing of it was open."""
        state = self._worker.twins.get(key)
        if not state.active:
            return None
        self._worker.twins.put(state.resting(self._worker.now()))
        note = f"its twin {state.twin} is left as it is, asked for {state.wanted} tasks"
        return Outcome(key, Decision(Action.CLOSE, Reason.ACCOUNT_LEFT, note=note), extra={"twin": state.twin})

    def _close(self, key: ServiceKey) -> Outcome | None:
        record = self._worker.records.get(key)
        if not record.phase.open:
            return None
        written = self._worker.records.put(transitions.close(record, Reason.ACCOUNT_LEFT, self._worker.now()))
        note = f"baseline: {record.baseline}"
        return Outcome(key, Decision(Action.CLOSE, Reason.ACCOUNT_LEFT, note=note), record=written)

    def _tell(self, path: Path, action: Action, reason: Reason, note: str) -> None:
        self._reporter.outcome(path_outcome(path, Decision(action, reason, note=note)))
