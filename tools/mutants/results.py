"""What was found out, kept between runs: a run that was broken off goes on where it stopped."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from tools import paths
from tools.mutants.campaign import Outcome

FILE = paths.CACHE / "mutants.sqlite"


class Results:
    """Outcome by mutation. One that was killed stays so; one that survived counts for the same tests and core only."""

    def __init__(self, path: Path, state: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._state = state
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.execute("CREATE TABLE IF NOT EXISTS outcomes (key TEXT PRIMARY KEY, outcome TEXT, state TEXT)")

    def get(self, key: str) -> Outcome | None:
        """What is known of a mutation; None: it has to be tried."""
        row = self._database.execute("SELECT outcome, state FROM outcomes WHERE key = ?", (key,)).fetchone()
        if row is None or (row[0] == Outcome.SURVIVED and row[1] != self._state):
            return None
        return Outcome(row[0])

    def put(self, key: str, outcome: Outcome) -> None:
        """Keep an outcome."""
        self._database.execute("INSERT OR REPLACE INTO outcomes VALUES (?, ?, ?)", (key, outcome.value, self._state))

    def forget(self, keys: Iterable[str]) -> None:
        """Begin anew with these."""
        self._database.executemany("DELETE FROM outcomes WHERE key = ?", [(key,) for key in keys])
