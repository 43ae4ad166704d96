"""Whether version 6 of the provider has every name that modules and examples use."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from pathlib import Path

from tools import paths
from tools.provider_names.hcl import UnreadableError, Use, uses
from tools.terraform_tree import configurations

NAMES = Path(__file__).with_name("names.txt")


def used(root: Path) -> dict[Use, list[str]]:
    """Give all that the configurations under ``root`` use of the provider, with the files that do.

    Raises
    ------
    UnreadableError
        If a file is not written as ``terraform fmt`` would, or has a reference that can't be read.
    """
    found: dict[Use, list[str]] = {}
    for folder in configurations(root):
        for file in sorted(folder.glob("*.tf")):
            name = file.relative_to(root).as_posix()
            try:
                for use in uses(file.read_text()):
                    found.setdefault(use, []).append(name)
            except UnreadableError as error:
                raise UnreadableError(f"{name}, {error}.") from error
    return found


def types(found: Collection[Use]) -> set[tuple[str, str]]:
    """Give kind and type of all that is used."""
    return {(use.kind, use.type) for use in found}


def listed(text: str | None = None) -> dict[tuple[str, str], frozenset[str]]:
    """Read a list of names, the committed one if None."""
    known: dict[tuple[str, str], frozenset[str]] = {}
    for line in (NAMES.read_text() if text is None else text).splitlines():
        if not line.startswith("#"):
            head, names = line.split(": ")
            kind, resource_type = head.split()
            known[kind, resource_type] = frozenset(names.split())
    return known


def findings(found: Mapping[Use, list[str]], known: Mapping[tuple[str, str], frozenset[str]]) -> list[str]:
    """Tell what is used and not known, one line each."""
    problems = []
    for use, files in sorted(found.items()):
        names = known.get((use.kind, use.type))
        where = f"{', '.join(sorted(files))}: {use.kind} {use.type}"
        if names is None:
            problems.append(f"{where} is not in {NAMES.name}: provider 6 lacks it, or `make provider-names` has to run")
        elif use.name and use.name not in names:
            problems.append(f"{where} has no {use.name} in provider 6")
    return problems


def main() -> int:
    """Check the repository and give the exit status."""
    problems = findings(used(paths.ROOT), listed())
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
