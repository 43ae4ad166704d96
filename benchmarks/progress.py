"""Says what is being measured, on standard error."""

from __future__ import annotations

import sys


def tell(line: str) -> None:
    """Say it at once."""
    print(line, file=sys.stderr, flush=True)
