"""Event patterns where moto's matching differs from EventBridge's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.events import models


def install() -> None:
    """Let patterns look into arrays of objects."""
    models.EventPattern._flatten_dict = staticmethod(_flatten)  # type: ignore[method-assign]


def concerns(pattern: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Whether a pattern may match an event: most name a source and a detail type, and most events have others."""
    return all(_may_be(pattern[name], event.get(name)) for name in ("source", "detail-type") if name in pattern)


def _may_be(wanted: Any, value: Any) -> bool:
    plain = isinstance(wanted, list) and all(isinstance(one, str) for one in wanted)
    return not plain or value in wanted


def _flatten(node: Any, prefix: str = "", result: dict[str, Any] | None = None) -> dict[str, Any]:
    """Leaves by their dotted path.

    EventBridge matches ``{"a": {"b": ["x"]}}`` when any element of an array ``a`` has the ``b`` wanted, so the leaves
    of an array's objects share one path, as a list.
    """
    leaves: dict[str, Any] = {} if result is None else result
    for key, value in node.items():
        path = f"{prefix}.{key}" if prefix else key
        if isinstance(value, dict) and value:
            _flatten(value, path, leaves)
        elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
            _flatten_list(value, path, leaves)
        else:
            leaves[path] = value
    return leaves


def _flatten_list(items: list[Any], path: str, leaves: dict[str, Any]) -> None:
    for item in items:
        found = _flatten(item, path) if isinstance(item, dict) else {path: item}
        for name, value in found.items():
            leaves.setdefault(name, []).extend(value if isinstance(value, list) else [value])
