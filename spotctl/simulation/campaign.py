"""Runs every policy on every history, on as many processors as it is given."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from spotctl.simulation.contenders import Contender
from spotctl.simulation.run import Result, Scenario, run
from spotctl.simulation.traces import Trace

Tell = Callable[[str], object]


@dataclass(frozen=True)
class Job:
    """One run."""

    trace: Trace
    contender: Contender
    scenario: Scenario

    def __str__(self) -> str:
        return f"{self.contender.name} on {self.trace.name}, {self.scenario.name}"


def jobs(traces: Iterable[Trace], contenders: Sequence[Contender], scenario: Scenario) -> list[Job]:
    """Every policy on every history in one world."""
    return [Job(trace, contender, scenario) for trace in traces for contender in contenders]


def carry_out(work: Sequence[Job], processes: int, tell: Tell) -> list[Result]:
    """Run them all; each by itself gives the same figures wherever it runs."""
    begin, results = time.monotonic(), []
    for number, result in enumerate(_outcomes(work, processes), start=1):
        results.append(result)
        tell(f"{number}/{len(work)} after {time.monotonic() - begin:.0f} s: {work[number - 1]}")
    return results


def _outcomes(work: Sequence[Job], processes: int) -> Iterator[Result]:
    if processes == 1:
        yield from map(_run, work)
        return
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(_run, work)


def _run(job: Job) -> Result:
    return run(job.trace, job.contender, job.scenario)


def of(results: Iterable[Result], policy: str, scenario: Scenario) -> list[Result]:
    """The runs of one policy in one world."""
    return [result for result in results if result.policy == policy and result.scenario == scenario.name]
