"""Writes what is known of an account and Region, whoever else writes it at the same time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from spot_failover.core.errors import BusyError, ConflictError
from spot_failover.core.path import Path

if TYPE_CHECKING:
    from spot_failover.flow.ports import Registry

MAX_CONFLICTS = 5


def update(registry: Registry, account: str, region: str, change: Callable[[Path], Path]) -> Path:
    """Change a path, reading it anew as often as somebody else was faster.

    Raises
    ------
    BusyError
        Somebody was, time and again.
    """
    for _ in range(MAX_CONFLICTS):
        path = registry.path(account, region)
        changed = change(path)
        if changed is path:
            return path
        try:
            return registry.put_path(changed)
        except ConflictError:
            continue
    raise BusyError(
        f"account {account}, Region {region}: its path was written by others {MAX_CONFLICTS} times in a row: "
        "left to a later delivery or tick"
    )
