"""Event patterns where moto's matching differs from EventBridge's."""

from __future__ import annotations

from typing import Any

from moto.events import models


def install() -> None:
    """Let patterns look into arrays of objects."""
    models.EventPattern._flatten_dict = staticmethod(_flatten)  # type: ignore[method-assign]


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
