"""The restore tick's part for on-demand twins: every one that is at work is looked at, whatever events tell."""

from __future__ import annotations

from dataclasses import replace

from spot_failover.core.decision import Decision
from spot_failover.core.errors import BusyError, ConflictError, SpotFailoverError, TransientError
from spot_failover.core.policy import Policy
from spot_failover.core.reason import Action, Reason
from spot_failover.core.service_key import ServiceKey
from spot_failover.flow.reading import by_account_and_region
from spot_failover.flow.report import Outcome, Reporter
from spot_failover.flow.threads import side_by_side
from spot_failover.flow.tick import THREADS, Tick
from spot_failover.flow.twin_flow import TwinFlow
from spot_failover.flow.worker import Worker


class TwinTick:
    """Follows the twins that are at work, steps them down, and repairs what events did not tell."""

    def __init__(self, worker: Worker, policy: Policy, reporter: Reporter, *, threads: int = THREADS) -> None:
        self._worker = worker
        self._policy = policy
        self._reporter = reporter
        self._threads = threads

    def run(self) -> Tick:
        """Look at all, the ones that were not looked at for longest first. An error of one stops none of the others."""
        tick = Tick()
        due = list(self._worker.twins.due(self._worker.now()))
        for part in side_by_side(self._threads, self._group, by_account_and_region(due)):
            tick.add(part)
        return tick

    def _group(self, keys: list[ServiceKey]) -> Tick:
        tick, flow = Tick(), TwinFlow(self._worker, self._policy, self._reporter)
        for key in keys:
            if not self._policy.for_account(key.account).enabled:
                self._reporter.outcome(Outcome(key, Decision(Action.IGNORE, Reason.DISABLED)))
                tick.handled += 1
                continue
            if self._worker.out_of_time():
                tick.left += 1
                continue
            try:
                outcome = flow.look(key)
                tick.stuck += outcome.decision.reason is Reason.TWIN_UNUSABLE
                self._behind_the_others(key)
            except BusyError:
                tick.left += 1
            except Exception as error:  # noqa: BLE001 - whatever one twin does, the others go on
                tick.errors[key] = error
                self._last_after_an_error(key)
            else:
                tick.handled += 1
        return tick

    def _behind_the_others(self, key: ServiceKey) -> None:
        """Let a twin that stays at work come after those that this tick does not reach."""
        now = self._worker.now()
        try:
            state = self._worker.twins.get(key)
            if state.active and not state.leased(now):
                self._worker.twins.put(replace(state, due_at=now))
        except (ConflictError, TransientError):
            # Somebody else has written it, or the next tick tries again: nothing hangs on the order.
            return

    def _last_after_an_error(self, key: ServiceKey) -> None:
        """An error that takes long to come must not be the first at every tick; it stands by itself."""
        try:
            self._behind_the_others(key)
        except SpotFailoverError:
            return
