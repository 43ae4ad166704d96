"""What is changed in an order: rows of a decision, cases, alternatives.

A row is an `if` that leaves the function or the loop's turn, with the assignments right before it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from tools.mutants.mutation import Edit, Source


@dataclass(frozen=True)
class _Row:
    """Statements that belong together; the last is the `if`."""

    statements: tuple[ast.stmt, ...]

    @property
    def leaving(self) -> ast.If:
        last = self.statements[-1]
        assert isinstance(last, ast.If)  # noqa: S101 - built so
        return last

    @property
    def assigned(self) -> set[str]:
        return {
            node.id
            for statement in self.statements
            for node in ast.walk(statement)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }

    def uses(self, names: set[str]) -> bool:
        return any(
            isinstance(node, ast.Name) and node.id in names
            for statement in self.statements
            for node in ast.walk(statement)
        )


def swaps(source: Source) -> Iterator[tuple[Edit, ...]]:
    """Every exchange of two neighbours, and every case left out."""
    conditions = {getattr(node, "test", None) for node in ast.walk(source.tree)}
    for node in ast.walk(source.tree):
        for name in ("body", "orelse"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                yield from _rows(source, block)
        if isinstance(node, ast.Match):
            for case in node.cases:
                end = _end_of_pattern(source, case)
                yield (Edit(end, end, " if False"),)
        if isinstance(node, ast.BoolOp) and node not in conditions and _alternatives(node):
            for one, other in pairwise(node.values):
                yield _exchange(source, source.span(one), source.span(other))


def _rows(source: Source, block: list[ast.stmt]) -> Iterator[tuple[Edit, ...]]:
    rows: list[_Row | None] = []
    leading: list[ast.stmt] = []
    for statement in block:
        if isinstance(statement, ast.If) and not statement.orelse and _leaves(statement.body[-1]):
            rows.append(_Row((*leading, statement)))
            leading = []
        elif isinstance(statement, ast.Assign):
            leading.append(statement)
        else:
            rows.append(None)
            leading = []
    for one, other in pairwise(rows):
        if one is None or other is None or _outcome(one) == _outcome(other):
            continue
        if not other.uses(one.assigned):
            yield _exchange(source, _around(source, one), _around(source, other))
        elif len(other.statements) == 1:
            yield _exchange(source, source.span(one.leaving), source.span(other.leaving))


class _Wordless(ast.NodeTransformer):
    """Takes the words for people out of a statement."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        words = isinstance(node.value, str) and " " in node.value
        return ast.Constant("") if words else node

    def visit_JoinedStr(self, _node: ast.JoinedStr) -> ast.expr:
        return ast.Constant("")


def _outcome(row: _Row) -> str:
    """What a row decides: two that decide the same may stand in any order, whatever they tell people."""
    return ast.dump(_Wordless().visit(ast.parse(ast.unparse(row.leaving.body[-1]))))


def _leaves(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Return | ast.Raise | ast.Continue | ast.Break)


def _around(source: Source, row: _Row) -> tuple[int, int]:
    return source.span(row.statements[0])[0], source.span(row.statements[-1])[1]


def _exchange(source: Source, one: tuple[int, int], other: tuple[int, int]) -> tuple[Edit, ...]:
    return Edit(*one, source.text(*other)), Edit(*other, source.text(*one))


def _alternatives(node: ast.BoolOp) -> bool:
    """Whether the first that is there is taken, other than conditions of which any may hold."""
    return isinstance(node.op, ast.Or) and not any(
        isinstance(value, ast.Compare | ast.BoolOp | ast.UnaryOp) for value in node.values
    )


def _end_of_pattern(source: Source, case: ast.match_case) -> int:
    start = source.span(case.body[0])[0]
    return source.data.rindex(b":", 0, start)
