"""DynamoDB's eventually consistent reads: GetItem, Query and Scan that do not ask for ConsistentRead.

A query of a global secondary index can't ask for it: it is always one of them.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler

from local_aws.chaos.past import Past, Staleness
from local_aws.world import World

ItemKey = tuple[str, Any, Any]
"""Table's ARN, partition key, sort key (None without)."""

_WRITES: dict[str, Callable[..., Any]] = {
    name: getattr(DynamoDBBackend, name) for name in ("put_item", "update_item", "delete_item")
}
_READS: dict[str, Callable[..., Any]] = {
    name: getattr(DynamoHandler, name) for name in ("get_item", "query", "scan", "batch_get_item")
}


class Tables:
    """Lays itself over moto's tables."""

    def __init__(self, world: World, staleness: Staleness) -> None:
        self._world = world
        self._staleness = staleness
        self._past: Past[ItemKey, Any] = Past(staleness, world.clock.now)

    def install(self) -> None:
        """Replace the operations of this process's DynamoDB."""
        for name, write in _WRITES.items():
            setattr(DynamoDBBackend, name, self._writing(write, in_place=name == "update_item"))
        for name, read in _READS.items():
            setattr(DynamoHandler, name, self._reading(read))

    def _writing(self, original: Callable[..., Any], *, in_place: bool) -> Callable[..., Any]:
        @wraps(original)
        def method(backend: DynamoDBBackend, table_name: str, item: dict[str, Any], *rest: Any, **named: Any) -> Any:
            if self._staleness.enabled:
                table = backend.get_table(table_name)
                keys = backend.get_keys_value(table, item)
                before = table.get_item(*keys)
                # Moto changes an item in place in UpdateItem alone.
                self._past.remember((table.table_arn, *keys), copy.deepcopy(before) if in_place else before)
            return original(backend, table_name, item, *rest, **named)

        return method

    def _reading(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(original)
        def method(handler: DynamoHandler) -> Any:
            if not self._staleness.enabled:
                return original(handler)
            with self._world.lock, ExitStack() as views:
                for name in _read_as_they_were(handler.body):
                    views.enter_context(self._looking_back(handler.dynamodb_backend, name))
                return original(handler)

        return method

    @contextmanager
    def _looking_back(self, backend: DynamoDBBackend, table_name: str) -> Iterator[None]:
        """Let the table have the items of the past, for the one who holds the lock."""
        table = backend.tables.get(table_name.rsplit("/", 1)[-1])
        if table is None:
            yield  # the read itself will say so
            return
        present = table.items
        past = self._past.seen()
        table.items = _with(table, ((key[1:], item) for key, item in past.items() if key[0] == table.table_arn))
        try:
            yield
        finally:
            table.items = present


def _read_as_they_were(body: dict[str, Any]) -> list[str]:
    """The tables that a request reads without asking for consistency."""
    asked: dict[str, dict[str, Any]] = body.get("RequestItems") or {body.get("TableName", ""): body}
    return [name for name, how in asked.items() if not how.get("ConsistentRead")]


def _with(table: Table, past: Iterable[tuple[tuple[Any, Any], Any]]) -> Any:
    """The table's items with some as they were; None for those that were not there."""
    items: Any = copy.copy(table.items)
    for (partition, sort), before in past:
        if not table.has_range_key:
            holder, place = items, partition
        else:
            items[partition] = dict(items.get(partition, {}))
            holder, place = items[partition], sort
        if before is None:
            holder.pop(place, None)
        else:
            holder[place] = before
    return items
