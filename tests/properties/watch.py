"""Watches every UpdateService of an installation for what must never happen."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from spot_failover.core.events import CLOCK_SKEW
from spot_failover.core.fallback import fallback_strategy
from spot_failover.core.record import Phase, Record
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.strategy import Strategy
from tests.doubles.installation import Installation
from tests.doubles.services import Update

TRIED_AGAIN = 3
"""How often a failover that ECS rolled back is tried again, as docs/guarantees.md promises it: the product's own number
would be right whatever it is."""


class Watch:
    """Keeps what broke a promise: the product would catch what its calls raise. What it has judged is counted in `met`:
    a promise that no life comes upon is not put to the proof.
    """

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self.met: Counter[str] = Counter()
        self._failovers: Counter[ServiceKey] = Counter()
        """Failovers since the baseline was last set."""
        self._rollbacks: Counter[ServiceKey] = Counter()
        self._replaced: dict[ServiceKey, Strategy] = {}
        """What the first failover since then replaced: what a restore has to give back."""
        self._rolled_back_to: dict[ServiceKey, Strategy] = {}
        """What ECS last brought back."""
        self._saved: dict[ServiceKey, Strategy] = {}
        """The baseline of every record that is open."""
        self.owners: dict[ServiceKey, Strategy] = {}
        """What each owner set last."""
        self._failed_over_at: dict[ServiceKey, datetime] = {}
        """When the last failover took effect, whatever the record says."""
        self._in_a_row: Counter[ServiceKey] = Counter()
        """Failovers that ECS rolled back since the last restore: what its owner set meanwhile, and set back at once,
        nobody has seen."""
        self._lacked: dict[ServiceKey, datetime] = {}
        """When an event last told that on-demand capacity lacks, of those that are not only sent again."""
        self.broken: list[str] = []
        installation.services.watch = self._update

    def owner_set(self, key: ServiceKey, strategy: Strategy) -> None:
        """The owner has deployed: what counts begins anew."""
        self.owners[key] = strategy
        self._baseline_set(key)

    def _baseline_set(self, key: ServiceKey) -> None:
        self._failovers[key] = self._rollbacks[key] = 0
        self._replaced.pop(key, None)
        self._rolled_back_to.pop(key, None)

    def on_demand_lacked(self, key: ServiceKey) -> None:
        """An event is about to tell so: a restore may begin at once then."""
        self._lacked[key] = self._installation.clock.now()

    def rolled_back(self, key: ServiceKey, to: Strategy, *, failover: bool) -> None:
        """ECS has put the baseline back, or what was before it; where it ended a restore, no failover more for that."""
        self._rollbacks[key] += failover
        self._in_a_row[key] += failover
        restore = not failover and to.same_as(self._installation.records.stored(key).fallback)
        what = "failover" if failover else "restore" if restore else "deployment beyond"
        self.met[f"roll-back of a {what}"] += 1
        self._rolled_back_to[key] = to
        # What a failover replaces now is not what its restore has to give back.
        self._replaced.setdefault(key, self.owners[key])

    def left_to_a_person(self, key: ServiceKey) -> bool:
        """Whether ECS has rolled so many failovers back that the service may be held for good."""
        return self._in_a_row[key] > TRIED_AGAIN

    def check_writes(self) -> None:
        """No write of the table ever held a baseline without active Spot or another one than the write before of the
        same open record, or an open record that is never due.
        """
        spot = self._installation.policy.spot_providers
        for record in self._installation.records.history:
            if record.phase.open:
                self._expect(bool(record.baseline.active_among(spot)), f"{record.key} saved {record.baseline}")
                self._expect(record.due_at is not None, f"{record.key} is {record.phase} and never due")
                saved = self._saved.setdefault(record.key, record.baseline)
                self._expect(record.baseline == saved, f"{record.key}: {record.baseline} overwrote {saved}")
            else:
                self._saved.pop(record.key, None)
                self._expect(record.due_at is None, f"{record.key} is closed and due")
        self._installation.records.history.clear()

    def _expect(self, kept: bool, broken: str) -> None:
        if not kept:
            # The product catches what its calls raise: kept for the test to find.
            self.broken.append(broken)

    def _update(self, update: Update) -> None:
        record, policy = self._installation.records.stored(update.key), self._installation.policy
        if update.strategy is None:
            self.met["redeployment"] += 1
            self._expect(not record.phase.open, f"redeployed while {record.phase}")
            return
        if update.strategy.same_as(record.baseline):
            self._expect(record.phase is Phase.RESTORING, f"restored while {record.phase}")
            self._expect(update.before.same_as(record.fallback), f"a restore replaced {update.before}")
            self.met["restore"] += 1
            self._not_too_soon(record)
            replaced = self._replaced.get(update.key)
            self._expect(update.strategy == replaced, f"restored {update.strategy}, a failover replaced {replaced}")
            self._baseline_set(update.key)
            self._in_a_row[update.key] = 0
            return
        self._expect(record.phase is Phase.FAILING_OVER, f"failed over while {record.phase}")
        known = (record.baseline, self._rolled_back_to.get(update.key, record.baseline))
        self._expect(any(map(update.before.same_as, known)), f"{update.before} replaced, {record.baseline} saved")
        owners = self.owners[update.key]
        self._expect(record.baseline == owners, f"{record.baseline} saved, but the owner set {owners}")
        self._replaced.setdefault(update.key, update.before)
        wanted = self._fallback(record.baseline)
        self._expect(update.strategy.same_as(wanted), f"set {update.strategy}, not {wanted}")
        self._failovers[update.key] += 1
        self._failed_over_at[update.key] = self._installation.clock.now()
        self.met[f"failover {self._failovers[update.key]}"] += 1
        allowed = 1 + min(self._rollbacks[update.key], TRIED_AGAIN)
        self._expect(
            self._failovers[update.key] <= allowed, f"{self._failovers[update.key]} failovers, {allowed} allowed"
        )
        self._expect(policy.enabled, "switched although disabled")

    def _not_too_soon(self, record: Record) -> None:
        """A restore waits, unless on-demand capacity has lacked since the failover, or there is no task to be lost."""
        now, since = self._installation.clock.now(), self._failed_over_at.get(record.key)
        lacked, desired = self._lacked.get(record.key), self._installation.services.live[record.key].desired
        if since is None or desired == 0 or (lacked is not None and lacked > since + CLOCK_SKEW):
            return
        self.met["restore that has to wait"] += 1
        first = self._installation.policy.restore.initial_delay
        self._expect(now - since >= first, f"restored {now - since} after the failover")

    def _fallback(self, baseline: Strategy) -> Strategy:
        policy = self._installation.policy
        return fallback_strategy(baseline, policy.fallback_pairs, policy.fallback_weight)
