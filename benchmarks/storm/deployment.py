"""How `modules/central` has Lambda read the queues: the defaults of its variables."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tools import paths

MODULE = paths.ROOT / "modules" / "central"


@dataclass(frozen=True)
class Reading:
    """One queue, its event source mapping, and the function's timeout."""

    delay_seconds: int
    visibility_timeout_seconds: int
    max_receive_count: int
    batch_size: int
    batching_window_seconds: int
    maximum_concurrency: int
    timeout_seconds: int


def reading(queue: str) -> Reading:
    """The defaults of one queue (`placement_failure`, `spot_interruption`)."""
    own = _defaults("variables_queues.tf", f"{queue}_queue")
    delay = _defaults("variables_timing.tf", "spot_interruption") if queue == "spot_interruption" else {}
    timeout = _defaults("variables_functions.tf", f"{queue}_function")["timeout_seconds"]
    return Reading(delay_seconds=delay.get("look_after_seconds", 0), timeout_seconds=timeout, **own)


def _defaults(file: str, variable: str) -> dict[str, int]:
    """The numbers that `optional` gives to a variable's attributes."""
    text = (MODULE / file).read_text(encoding="utf-8")
    block = re.search(rf'^variable "{variable}" {{\n(.*?)^}}', text, re.MULTILINE | re.DOTALL)
    if block is None:
        raise LookupError(f"{MODULE / file}: it holds no variable {variable}")
    return {
        name: int(value) for name, value in re.findall(r"^ +(\w+) += optional\(number, (\d+)\)", block[1], re.MULTILINE)
    }
