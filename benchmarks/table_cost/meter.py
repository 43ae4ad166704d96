"""A DynamoDB client that adds up what its calls consume, as DynamoDB itself tells."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

READS = frozenset({"BatchGetItem", "GetItem", "Query", "Scan"})


@dataclass
class Meter:
    """Units and calls since the last `reset`."""

    read_units: float = 0.0
    write_units: float = 0.0
    calls: Counter[str] = field(default_factory=Counter)

    def attach(self, client: Any) -> Any:
        """Let a client's calls be counted; returns it."""
        client.meta.events.register("provide-client-params.dynamodb", self._ask)
        client.meta.events.register("after-call.dynamodb", self._add)
        return client

    def reset(self) -> None:
        """From zero again."""
        self.read_units = self.write_units = 0.0
        self.calls.clear()

    @staticmethod
    def _ask(params: dict[str, Any], model: Any, **_: Any) -> dict[str, Any] | None:
        if "ReturnConsumedCapacity" not in model.input_shape.members:
            return None
        return {**params, "ReturnConsumedCapacity": "TOTAL"}

    def _add(self, model: Any, parsed: dict[str, Any], **_: Any) -> None:
        self.calls[model.name] += 1
        told = parsed.get("ConsumedCapacity") or {}
        units = sum(float(each.get("CapacityUnits", 0.0)) for each in (told if isinstance(told, list) else [told]))
        if model.name in READS:
            self.read_units += units
        else:
            self.write_units += units
