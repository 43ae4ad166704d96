"""What services share, in memory: pools and failover budgets, conditional on versions."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from spot_failover.core.budget import FailoverBudget, hour_of
from spot_failover.core.errors import ConflictError
from spot_failover.core.pool import Pool, PoolKey
from tests.doubles.faults import Faults


class InMemoryShared:
    """The port `Shared`."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.pools: dict[PoolKey, Pool] = {}
        self.budgets: dict[str, FailoverBudget] = {}

    def pool(self, key: PoolKey) -> Pool:
        self.faults.reach("pool", after=False)
        return self.pools.get(key, Pool(key))

    def put_pool(self, pool: Pool) -> Pool:
        self.faults.reach("put_pool", after=False)
        if self.pools.get(pool.key, Pool(pool.key)).version != pool.version:
            raise ConflictError(f"{pool.key}: written by another worker since it was read")
        self.pools[pool.key] = replace(pool, version=pool.version + 1)
        self.faults.reach("put_pool", after=True)
        return self.pools[pool.key]

    def budget(self, account: str, now: datetime) -> FailoverBudget:
        self.faults.reach("budget", after=False)
        return self.budgets.get(account, FailoverBudget(account, hour_of(now)))

    def put_budget(self, budget: FailoverBudget) -> FailoverBudget:
        self.faults.reach("put_budget", after=False)
        stored = self.budgets.get(budget.account)
        if (stored.version if stored is not None else 0) != budget.version:
            raise ConflictError(f"account {budget.account}: written by another worker since it was read")
        self.budgets[budget.account] = replace(budget, version=budget.version + 1)
        self.faults.reach("put_budget", after=True)
        return self.budgets[budget.account]
