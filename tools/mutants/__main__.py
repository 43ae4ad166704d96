"""Change one comparison, condition or order of the core after the other, and see whether its unit tests notice."""

from __future__ import annotations

import argparse
import multiprocessing
import sys
from collections.abc import Sequence
from multiprocessing.connection import wait

from tools import paths
from tools.digest import state_of
from tools.mutants import core, explained, report
from tools.mutants.campaign import Outcome, attempt
from tools.mutants.look import Seen, look
from tools.mutants.mutation import Mutation
from tools.mutants.results import FILE, Results
from tools.mutants.suite import UNIT, warm_up

_FORK = multiprocessing.get_context("fork")
_TOLD_EVERY = 20.0
"""Seconds between two lines of progress."""


def main(arguments: Sequence[str]) -> int:
    """Try what has not been tried, then tell the score. 0: every survivor is explained."""
    options = _options(arguments)
    seen = look()
    if seen is None:
        print(f"{UNIT.relative_to(paths.ROOT)} fails without any mutation: see to that first", file=sys.stderr)
        return 2
    warm_up(seen.modules)
    state = _state(seen)
    results = Results(FILE, state)
    known = core.enums()
    all_mutations = {module: core.mutations(module, known) for module in options.modules or core.modules()}
    if options.fresh:
        results.forget(mutation.key for mutations in all_mutations.values() for mutation in mutations)
    pending = [
        mutation for mutations in all_mutations.values() for mutation in mutations if results.get(mutation.key) is None
    ]
    workers = [
        _FORK.Process(target=_work, args=(pending[nth :: options.jobs], seen, state)) for nth in range(options.jobs)
    ]
    for worker in workers:
        worker.start()
    while running := [worker.sentinel for worker in workers if worker.is_alive()]:
        wait(running, _TOLD_EVERY)
        left = sum(results.get(mutation.key) is None for mutation in pending)
        print(f"{len(pending) - left} of {len(pending)} tried", flush=True)
    if any(worker.exitcode for worker in workers):
        print("Not all were tried. Run it again: it goes on from here.", file=sys.stderr)
        return 2
    survivors = {
        module: [mutation for mutation in mutations if results.get(mutation.key) is Outcome.SURVIVED]
        for module, mutations in all_mutations.items()
    }
    reasons = [one for one in explained.load() if one.module in all_mutations or not options.modules]
    return report.tell({module: len(mutations) for module, mutations in all_mutations.items()}, survivors, reasons)


def _work(pending: Sequence[Mutation], seen: Seen, state: str) -> None:
    """One process's share."""
    results = Results(FILE, state)

    def tell(mutation: Mutation, found: Outcome) -> None:
        if _state(seen) != state:
            raise SystemExit("The core or its tests have changed meanwhile.")
        results.put(mutation.key, found)

    attempt(pending, seen.reach, tell)


def _state(seen: Seen) -> str:
    """Of all that the tests read, documents and examples too, and of files that may be added to it."""
    return state_of([core.CORE, UNIT, paths.ROOT / "tests" / "doubles", *seen.files])


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", choices=[[], *core.modules()], help="modules of the core; all of them")
    parser.add_argument("--jobs", type=int, default=2, help="mutations tried side by side (default: 2)")
    parser.add_argument("--fresh", action="store_true", help="try again what was tried before")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    try:
        raise SystemExit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        raise SystemExit("Broken off. The next run goes on from here.") from None
