"""The sample events that users read, and small changes of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

EVENTS = Path(__file__).parents[2] / "examples" / "events"
CENTRAL = "123456789012"
ARRIVED = datetime(2026, 3, 1, 2, 11, 6, tzinfo=UTC)


def sample(name: str) -> dict[str, Any]:
    """The JSON of a sample, as an object that a test may change."""
    event: dict[str, Any] = json.loads(body(name))
    return event


def body(name: str) -> str:
    """The text of a sample."""
    return (EVENTS / f"{name}.json").read_text()
