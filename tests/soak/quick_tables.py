"""Moto's DynamoDB without copies of what is only read. Keys are texts, as the product's are; projections are flat."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from moto.dynamodb.models import table as tables
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.table import Table


@contextmanager
def quick_tables() -> Iterator[None]:
    """Answer the same in less time."""
    project = Item.project

    def set_item(self: LimitedSizeDict, key: str, value: Any) -> None:
        dict.__setitem__(self, key, value)  # no record comes near DynamoDB's 400 KB

    def all_items(self: Table) -> list[Any]:
        found = [item for inner in self.items.values() for item in inner.values()]
        return sorted(found, key=lambda item: (item.hash_key.value, item.range_key.value))

    def equal(self: DynamoType, other: DynamoType) -> bool:
        if self.type != other.type:
            return False
        return bool(self.value == other.value if self.type == "S" else self.cast_value == other.cast_value)

    def quick_project(self: Item, expressions: list[list[str]]) -> Item:
        if any(len(expression) > 1 for expression in expressions):
            return project(self, expressions)
        kept = {name: self.attrs[name].to_json() for (name,) in expressions if name in self.attrs}
        return Item(hash_key=self.hash_key, range_key=self.range_key, attrs=kept)

    # What a query or scan finds becomes an answer of its own.
    uncopied = SimpleNamespace(copy=copy.copy, deepcopy=lambda found: found)
    with (
        patch.object(LimitedSizeDict, "__setitem__", set_item),
        patch.object(Table, "all_items", all_items),
        patch.object(DynamoType, "__eq__", equal),
        patch.object(Item, "project", quick_project),
        patch.object(tables, "copy", uncopied),
    ):
        yield
