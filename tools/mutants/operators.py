"""What is changed in an expression or a statement: comparisons, conditions, numbers, names of enum members, arguments.

Texts for people are left alone: docstrings, annotations, f-strings, the arguments of exceptions, notes. So are imports
and decorators.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from tools.mutants.mutation import Edit, Source

_COMPARISONS: Mapping[type[ast.cmpop], tuple[str, ...]] = {
    ast.Lt: ("<=", ">="),
    ast.LtE: ("<", ">"),
    ast.Gt: (">=", "<="),
    ast.GtE: (">", "<"),
    ast.Eq: ("!=",),
    ast.NotEq: ("==",),
    ast.Is: ("is not",),
    ast.IsNot: ("is",),
    ast.In: ("not in",),
    ast.NotIn: ("in",),
}
_ARITHMETIC: Mapping[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "//"),
    ast.Pow: ("**", "*"),
    ast.BitOr: ("|", "&"),
    ast.BitAnd: ("&", "|"),
}
_CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}
_SYMBOL = re.compile(r"is\s+not|not\s+in|is|in|[<>]=?|[=!]=")
_WITHOUT_EFFECT = frozenset({"note", "bound"})
"""Keyword arguments that hold words for people, or types for the type checker."""
_DECLARATIONS = frozenset({"annotation", "returns", "decorator_list"})

Enums = Mapping[str, tuple[str, ...]]
"""Enum classes of the core with their members."""


def edits(source: Source, enums: Enums) -> Iterator[Edit]:
    """Every single edit of a module's expressions and statements."""
    for node in _code(source.tree):
        yield from _of_expression(source, node)
        yield from _of_condition(source, node)
        yield from _of_statement(source, node)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in enums:
            yield from _member(source, node, enums[node.value.id])


def _of_expression(source: Source, node: ast.AST) -> Iterator[Edit]:
    match node:
        case ast.BinOp():
            yield from _between(source, node.left, node.right, node.op)
        case ast.UnaryOp(op=ast.USub()):
            start = source.span(node)[0]
            yield Edit(start, start + 1, " ")
        case ast.Constant():
            yield from _constant(source, node)
        case ast.Call():
            yield from _call(source, node)
        case ast.Set():
            yield from _dropped(source, node.elts)


def _of_condition(source: Source, node: ast.AST) -> Iterator[Edit]:
    match node:
        case ast.Compare():
            yield from _compare(source, node)
        case ast.BoolOp():
            yield from _conditions(source, node)
        case ast.UnaryOp(op=ast.Not()):
            start = source.span(node)[0]
            yield Edit(start, start + len("not"), " ")
        case ast.If() | ast.While() | ast.IfExp():
            yield from _forced(source, node.test)
        case ast.comprehension():
            for condition in node.ifs:
                yield from _forced(source, condition)


def _of_statement(source: Source, node: ast.AST) -> Iterator[Edit]:
    match node:
        case ast.AugAssign():
            yield from _between(source, node.target, node.value, node.op)
        case ast.Break() | ast.Continue():
            yield Edit(*source.span(node), "continue" if isinstance(node, ast.Break) else "break")
        case ast.Expr(value=ast.Call()) | ast.Assign(targets=[ast.Subscript()]):
            yield Edit(*source.span(node), "pass")


def _code(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run, without texts for people."""
    yield node
    for name, value in ast.iter_fields(node):
        if name in _DECLARATIONS or isinstance(node, ast.ImportFrom | ast.JoinedStr):
            continue
        if isinstance(node, ast.Raise) and name in {"exc", "cause"}:
            continue
        if isinstance(node, ast.keyword) and node.arg in _WITHOUT_EFFECT:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _code(child)


def _compare(source: Source, node: ast.Compare) -> Iterator[Edit]:
    for (left, right), operator in zip(pairwise([node.left, *node.comparators]), node.ops, strict=True):
        start, end = source.span(left)[1], source.span(right)[0]
        symbol = _SYMBOL.search(source.text(start, end))
        if symbol is not None:
            for other in _COMPARISONS[type(operator)]:
                yield Edit(start + symbol.start(), start + symbol.end(), other)


def _conditions(source: Source, node: ast.BoolOp) -> Iterator[Edit]:
    word, other, neutral = ("and", "or", "True") if isinstance(node.op, ast.And) else ("or", "and", "False")
    for left, right in pairwise(node.values):
        start, end = source.span(left)[1], source.span(right)[0]
        at = source.text(start, end).index(word)
        yield Edit(start + at, start + at + len(word), other)
    for value in node.values:
        yield Edit(*source.span(value), neutral)


def _forced(source: Source, test: ast.expr) -> Iterator[Edit]:
    for outcome in ("True", "False"):
        yield Edit(*source.span(test), outcome)


def _between(source: Source, left: ast.expr, right: ast.expr, operator: ast.operator) -> Iterator[Edit]:
    if type(operator) in _ARITHMETIC:
        symbol, other = _ARITHMETIC[type(operator)]
        start, end = source.span(left)[1], source.span(right)[0]
        at = source.text(start, end).index(symbol)
        yield Edit(start + at, start + at + len(symbol), other)


def _constant(source: Source, node: ast.Constant) -> Iterator[Edit]:
    if isinstance(node.value, bool):
        yield Edit(*source.span(node), str(not node.value))
    elif isinstance(node.value, int | float):
        yield Edit(*source.span(node), repr(node.value + 1))


def _member(source: Source, node: ast.Attribute, members: tuple[str, ...]) -> Iterator[Edit]:
    if node.attr in members and len(members) > 1:
        end = source.span(node)[1]
        yield Edit(end - len(node.attr), end, members[(members.index(node.attr) + 1) % len(members)])


def _call(source: Source, node: ast.Call) -> Iterator[Edit]:
    if isinstance(node.func, ast.Name) and node.func.id in _CALLS:
        yield Edit(*source.span(node.func), _CALLS[node.func.id])
    arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
    for keyword in node.keywords:
        if keyword.arg is None or keyword.arg in _WITHOUT_EFFECT or len(arguments) < 2:
            continue
        start, end = source.span(keyword)
        after = re.match(r"\s*,\s*", source.text(end, len(source.data)))
        yield Edit(start, end + (after.end() if after else 0), "")


def _dropped(source: Source, elements: list[ast.expr]) -> Iterator[Edit]:
    for one, following in pairwise([*elements, None]):
        if one is None or len(elements) < 2:
            continue
        yield Edit(source.span(one)[0], source.span(following)[0] if following else source.span(one)[1], "")
