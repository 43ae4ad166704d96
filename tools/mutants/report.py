"""The score by module, and what survived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tools.mutants.explained import Explained, as_toml, outdated
from tools.mutants.mutation import Mutation


def tell(tried: Mapping[str, int], survivors: Mapping[str, Sequence[Mutation]], explained: Sequence[Explained]) -> int:
    """Print it all; 0 where every survivor is explained and every explanation holds, else 1."""
    unexplained = []
    for module, found in survivors.items():
        for mutation in found:
            why = next((one.why for one in explained if one.tells(mutation)), None)
            print(f"{module}.py:{mutation.line} {mutation.where}\n  - {mutation.was}\n  + {mutation.becomes}")
            print(f"    {'NOT EXPLAINED' if why is None else why}")
            if why is None:
                unexplained.append(mutation)
    obsolete = outdated(explained, [mutation for found in survivors.values() for mutation in found])
    _table(tried, survivors, unexplained)
    for one in obsolete:
        print(f"explained, but survives no more: {one.module}.py {one.where}: {one.becomes}")
    if unexplained:
        print("\nKill these with a test, or explain them in tests/mutants/survivors.toml:\n")
        print("\n\n".join(as_toml(mutation) for mutation in unexplained))
    return 1 if unexplained or obsolete else 0


def _table(tried: Mapping[str, int], survivors: Mapping[str, Sequence[Mutation]], open_: Sequence[Mutation]) -> None:
    print(f"\n{'module':<20}{'mutations':>10}{'killed':>8}{'explained':>11}{'unexplained':>13}{'score':>8}")
    rows = [
        (module, count, len(survivors[module]), sum(one.module == module for one in open_))
        for module, count in tried.items()
        if count
    ]
    total = ("total", sum(row[1] for row in rows), sum(row[2] for row in rows), len(open_))
    for module, count, survived, unexplained in (*rows, total):
        killed = count - survived
        score = 100 * killed / max(1, count - (survived - unexplained))
        print(f"{module:<20}{count:>10}{killed:>8}{survived - unexplained:>11}{unexplained:>13}{score:>7.1f}%")
