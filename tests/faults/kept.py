"""Results that are kept: a campaign that was broken off goes on where it stopped, on any number of processes."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from local_aws.faults.plan import CallSite, Kind
from tests.faults.attack import Fault, Result
from tests.faults.weather import WEATHERS, Weather
from tools import paths
from tools.digest import state_of

FOLDER = paths.CACHE / "faults"
PLACES = (
    paths.SOURCES,
    paths.ROOT / "modules",
    paths.ROOT / "examples" / "multi-account",
    paths.ROOT / "local_aws",
    paths.ROOT / "tests" / "faults",
    paths.ROOT / "tests" / "scenarios",
    paths.ROOT / "tests" / "soak",
    # Of other folders what these take from there, and the packages that answer in place of AWS.
    paths.ROOT / "benchmarks" / "storm" / "deployment.py",
    paths.ROOT / "requirements" / "dev.txt",
    paths.ROOT / "tests" / "handlers" / "aws_account.py",
    paths.ROOT / "tests" / "permissions" / "policies.py",
    paths.ROOT / "tests" / "unit" / "policy_text.py",
)
"""What a result hangs on."""
_SUFFIXES = frozenset({".py", ".json", ".tf", ".zip"})

Try = tuple[str, Fault, Weather]
"""Scenario, fault, weather."""


@dataclass
class Kept:
    """One file for one state of product, double and campaign: what was found with another is found out again."""

    path: Path
    known: dict[Try, Result]

    @classmethod
    def here(cls, folder: Path = FOLDER, *, deployed: bool = False, fresh: bool = False) -> Kept:
        """What is known of the sources as they are, deployed or in the process; nothing, if asked to begin anew."""
        path = folder / f"{state_of(PLACES, _SUFFIXES)[:16]}{'-deployed' if deployed else ''}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        if fresh:
            path.unlink(missing_ok=True)
        lines = path.read_text().splitlines() if path.exists() else []
        # The last line may have been broken off with its process.
        results = [_result(json.loads(line)) for line in lines if line.endswith("}")]
        return cls(path, {(one.scenario, one.fault, one.weather): one for one in results})

    def get(self, scenario: str, fault: Fault, weather: Weather) -> Result | None:
        """What is known of a fault."""
        return self.known.get((scenario, fault, weather))

    def put(self, result: Result) -> None:
        """Keep a result, whoever else writes to the file."""
        self.known[result.scenario, result.fault, result.weather] = result
        line = json.dumps({**asdict(result), "weather": result.weather.name}) + "\n"
        file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(file, line.encode())
        finally:
            os.close(file)


def _result(told: dict[str, Any]) -> Result:
    fault = told["fault"]
    return Result(
        told["scenario"],
        Fault(CallSite(**fault["site"]), Kind(fault["kind"]), fault["retries_fail"]),
        told["difference"],
        next(one for one in WEATHERS if one.name == told["weather"]),
        told["met"],
    )
