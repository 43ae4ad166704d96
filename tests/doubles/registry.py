"""The registry and the sweep's queue in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from spot_failover.core.errors import ConflictError
from spot_failover.core.path import Path
from spot_failover.core.sweep_messages import SweepOrder
from tests.doubles.faults import Faults


class InMemoryRegistry:
    """The port `Registry`."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.stored: dict[tuple[str, str], Path] = {}

    def paths(self) -> Iterator[tuple[str, str]]:
        self.faults.reach("paths", after=False)
        heard = [(path.heard_at, key) for key, path in self.stored.items() if path.heard_at is not None]
        yield from [key for _, key in sorted(heard)]

    def path(self, account: str, region: str) -> Path:
        self.faults.reach("path", after=False)
        return self.stored.get((account, region), Path(account, region))

    def put_path(self, path: Path) -> Path:
        self.faults.reach("put_path", after=False)
        key = (path.account, path.region)
        if self.stored.get(key, Path(*key)).version != path.version:
            raise ConflictError(f"{path}: written by another worker since it was read")
        self.stored[key] = replace(path, version=path.version + 1)
        self.faults.reach("put_path", after=True)
        return self.stored[key]


class InMemoryOrders:
    """The port `Orders`."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.waiting: list[SweepOrder] = []

    def send(self, orders: Sequence[SweepOrder]) -> None:
        self.faults.reach("send", after=False)
        self.waiting += orders
        self.faults.reach("send", after=True)
