"""The accounts and Regions that have sent a heartbeat, in the state table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from spot_failover.aws.items import epoch, item, times, values
from spot_failover.aws.table import Table
from spot_failover.core.errors import RefusedError
from spot_failover.core.path import LEAVES_AFTER, Path

PATH_PARTITION = "path"
"""Hash key, in the index of what is due, of the paths that are known."""
OFFBOARDED_PARTITION = "offboarded"
"""The same of those that an operator took off the list."""
_TIMES = ("heard_at", "refused_since", "refused_at", "sweep_until", "swept_at", "offboarded_at")
_KEPT = 2 * LEAVES_AFTER
"""How long it is remembered that an operator has offboarded one."""


class RegistryTable:
    """The port `Registry` on a DynamoDB table."""

    def __init__(self, dynamodb: Any, table: str, new_id: Callable[[], str]) -> None:
        self._table = Table(dynamodb, table, new_id)

    def paths(self) -> Iterator[tuple[str, str]]:
        """See `Registry.paths`."""
        yield from self._listed(PATH_PARTITION)

    def offboarded(self) -> Iterator[tuple[str, str]]:
        """(account, Region) of those that an operator has offboarded lately."""
        yield from self._listed(OFFBOARDED_PARTITION)

    def path(self, account: str, region: str) -> Path:
        """See `Registry.path`."""
        empty = Path(account, region)
        stored = self._table.get(empty.record_id, region, empty)
        return _decode(empty, values(stored)) if stored else empty

    def put_path(self, path: Path) -> Path:
        """See `Registry.put_path`."""
        written = replace(path, version=path.version + 1)
        self._table.put(_encode(written), path.version, path)
        return written

    def _listed(self, partition: str) -> Iterator[tuple[str, str]]:
        for entry in self._table.partition(partition):
            yield entry.record_id.removeprefix("path::"), entry.region


def _encode(path: Path) -> dict[str, Any]:
    partition = PATH_PARTITION if path.heard_at is not None else None
    if path.offboarded_at is not None:
        partition = OFFBOARDED_PARTITION
    return item(
        {
            "id": path.record_id,
            "region": path.region,
            "silent": path.silent or None,
            "sweep": path.sweep,
            "failed": path.failed,
            "findings": path.findings,
            "version": path.version,
            "due_partition": partition,
            "due_at": epoch(path.offboarded_at or path.heard_at),
            "expires_at": epoch(path.offboarded_at + _KEPT) if path.offboarded_at is not None else None,
            **{name: getattr(path, name) for name in _TIMES},
        }
    )


def _decode(empty: Path, plain: Mapping[str, Any]) -> Path:
    try:
        fields: dict[str, Any] = {**times(plain, _TIMES)}
        return replace(
            empty,
            silent=bool(plain.get("silent", False)),
            sweep=str(plain.get("sweep", "")),
            failed=str(plain.get("failed", "")),
            findings=dict(plain.get("findings", {})),
            version=int(plain["version"]),
            **fields,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise RefusedError(
            f"{empty}: its item {empty.record_id} of the state table can't be read ({error!r}): delete it; the next "
            "heartbeat makes it anew"
        ) from error
