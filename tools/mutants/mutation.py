"""One small change of a module's source, and where it stands."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Unit(NamedTuple):
    """A function of a module or of a class, with all that is inside; lines count from 1, decorators are a part."""

    name: str
    first: int
    last: int


@dataclass(frozen=True)
class Edit:
    """A span of bytes and what stands there afterwards."""

    start: int
    end: int
    text: str


class Source:
    """A module's text with its syntax tree. Offsets are bytes, as the tree counts columns."""

    def __init__(self, module: str, text: str) -> None:
        self.module = module
        self.tree = ast.parse(text)
        self.data = text.encode()
        self._lines = [0]
        for line in self.data.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))
        self._scopes: list[tuple[int, int, str]] = []
        self._units: list[tuple[int, int, Unit]] = []
        self._find_scopes(self.tree, "")
        self._find_units(self.tree, "")

    def span(self, node: ast.expr | ast.stmt | ast.keyword) -> tuple[int, int]:
        """Where a node begins and ends."""
        assert node.end_lineno is not None and node.end_col_offset is not None  # noqa: S101, PT018 - parsed, not made
        return self._lines[node.lineno - 1] + node.col_offset, self._lines[node.end_lineno - 1] + node.end_col_offset

    def text(self, start: int, end: int) -> str:
        """What stands there."""
        return self.data[start:end].decode()

    def line(self, offset: int) -> int:
        """Number of the line that holds an offset, from 1."""
        return self.data.count(b"\n", 0, offset) + 1

    def scope(self, offset: int) -> tuple[int, int, str]:
        """The innermost function or class around an offset: where it begins and ends, and its dotted name."""
        inside = [scope for scope in self._scopes if scope[0] <= offset < scope[1]]
        return min(inside, key=lambda scope: scope[1] - scope[0], default=(0, len(self.data), ""))

    def mutation(self, *edits: Edit) -> Mutation | None:
        """The module with edits made; None where the result is no Python, or says the same."""
        ordered = sorted(edits, key=lambda edit: edit.start)
        first, last = ordered[0].start, ordered[-1].end
        changed = self._changed(ordered, first, last)
        mutated = self.data[:first] + changed + self.data[last:]
        try:
            if ast.dump(ast.parse(mutated)) == ast.dump(self.tree):
                return None
        except SyntaxError:
            return None
        start, end, where = self.scope(first)
        end = max(end, last)
        first_line = self.data.rfind(b"\n", 0, first) + 1
        last_line = self.data.find(b"\n", last)
        was = _plain(self.data[first_line:last_line])
        becomes = _plain(self.data[first_line:first] + changed + self.data[last:last_line])
        whole = self.data[start:first] + changed + self.data[last:end] if where else f"{was}\0{becomes}".encode()
        if len(ordered) > 1:
            was = _first_lines(self.text(edit.start, edit.end) for edit in ordered)
            becomes = _first_lines(edit.text for edit in ordered)
        return Mutation(
            module=self.module,
            where=where,
            line=self.line(first),
            was=was,
            becomes=becomes,
            source=mutated.decode(),
            key=hashlib.sha256(f"{self.module}\0{where}\0".encode() + whole).hexdigest(),
            unit=self._unit(first, last),
        )

    def _changed(self, edits: list[Edit], first: int, last: int) -> bytes:
        parts, at = [], first
        for edit in edits:
            parts += [self.data[at : edit.start], edit.text.encode()]
            at = edit.end
        return b"".join([*parts, self.data[at:last]])

    def _unit(self, first: int, last: int) -> Unit | None:
        """The function whose body holds the bytes; None for its head, which runs when the module is imported."""
        return next((unit for start, end, unit in self._units if start <= first and last <= end), None)

    def _find_units(self, node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, Function):
                start, end = self.span(child.body[0])[0], self.span(child)[1]
                decorated = min([child.lineno, *(one.lineno for one in child.decorator_list)])
                self._units.append((start, end, Unit(f"{prefix}{child.name}", decorated, self.line(end))))
            elif isinstance(child, ast.ClassDef):
                self._find_units(child, f"{prefix}{child.name}.")

    def _find_scopes(self, node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, Function | ast.ClassDef):
                name = f"{prefix}{child.name}"
                self._scopes.append((*self.span(child), name))
                self._find_scopes(child, f"{name}.")


@dataclass(frozen=True)
class Mutation:
    """A changed module, to be noticed by a test.

    Parameters
    ----------
    where
        Dotted name of the function or class; empty for the module itself.
    was, becomes
        The lines concerned, on one line; of two that change places, the first line of each.
    key
        Digest of the changed function or class: it stays the same for as long as these do.
    unit
        The outermost function that holds it; None outside of functions.
    """

    module: str
    where: str
    line: int
    was: str
    becomes: str
    source: str
    key: str
    unit: Unit | None


def _first_lines(texts: Iterable[str]) -> str:
    return " ... ".join(text.partition("\n")[0] for text in texts)


def _plain(lines: bytes) -> str:
    return " ".join(lines.decode().split())
