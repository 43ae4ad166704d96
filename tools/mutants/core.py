"""The core's modules, and every mutation of one."""

from __future__ import annotations

import ast
from pathlib import Path

from tools import paths
from tools.mutants import operators, order
from tools.mutants.mutation import Mutation, Source

CORE = paths.SOURCES / "spot_failover" / "core"


def modules(folder: Path = CORE) -> list[str]:
    """Names of all modules."""
    return sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")


def enums(folder: Path = CORE) -> operators.Enums:
    """The core's own enums, with their members."""
    found = {}
    for path in sorted(folder.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and any(_named(base, "StrEnum") for base in node.bases):
                found[node.name] = tuple(
                    target.id
                    for line in node.body
                    if isinstance(line, ast.Assign)
                    for target in line.targets
                    if isinstance(target, ast.Name)
                )
    return found


def mutations(module: str, known: operators.Enums, folder: Path = CORE) -> list[Mutation]:
    """Every mutation of a module, in the order of its lines."""
    source = Source(module, (folder / f"{module}.py").read_text())
    edited = [source.mutation(edit) for edit in operators.edits(source, known)]
    swapped = [source.mutation(*edits) for edits in order.swaps(source)]
    found = {mutation.key: mutation for mutation in (*edited, *swapped) if mutation is not None}
    return sorted(found.values(), key=lambda mutation: mutation.line)


def _named(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
