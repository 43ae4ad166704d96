"""Metric math, as far as alarms need it: arithmetic, comparisons, AND and OR, and a few functions.

CloudWatch user guide, "Using math expressions with CloudWatch metrics". A period in which an operand has no data has no
result.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping, Sequence

Values = list[float | None]

_OPERATORS: Mapping[type[ast.AST], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.Gt: lambda left, right: float(left > right),
    ast.GtE: lambda left, right: float(left >= right),
    ast.Lt: lambda left, right: float(left < right),
    ast.LtE: lambda left, right: float(left <= right),
    ast.Eq: lambda left, right: float(left == right),
    ast.NotEq: lambda left, right: float(left != right),
}
_OVER_SERIES: Mapping[str, Callable[[Sequence[float]], float]] = {
    "SUM": sum,
    "MAX": max,
    "MIN": min,
    "AVG": lambda values: sum(values) / len(values),
}
"""Over the periods of one metric, or over several metrics in each period, leaving out those without data."""


def calculate(expression: str, known: Mapping[str, Values], periods: int) -> Values:
    """The values of an expression in so many periods; ``known`` holds those of other ids.

    Raises
    ------
    NotImplementedError
        What it holds is not computed here.
    """
    text = re.sub(r"\bOR\b|\|\|", " or ", re.sub(r"\bAND\b|&&", " and ", expression)).replace("^", "**")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError:
        raise NotImplementedError(f"the expression {expression!r} is not understood here") from None
    return _Calculator(expression, known, periods).value(tree)


class _Calculator:
    def __init__(self, expression: str, known: Mapping[str, Values], periods: int) -> None:
        self._expression = expression
        self._known = known
        self._periods = periods

    def value(self, node: ast.expr) -> Values:
        match node:
            case ast.Constant(value=int() | float() as number):
                return [float(number)] * self._periods
            case ast.Name(id=name) if name in self._known:
                return self._known[name]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return [None if one is None else -one for one in self.value(operand)]
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                return self._each(_OPERATORS[type(op)], left, right)
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _OPERATORS:
                return self._each(_OPERATORS[type(op)], left, right)
            case ast.BoolOp(op=op, values=[left, right]):
                both = isinstance(op, ast.And)
                return self._each(lambda one, two: float((one and two) if both else (one or two)) != 0, left, right)
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self._call(name, arguments)
        raise NotImplementedError(f"{ast.unparse(node)!r} in the expression {self._expression!r} is not computed here")

    def _each(self, combine: Callable[[float, float], float], left: ast.expr, right: ast.expr) -> Values:
        pairs = zip(self.value(left), self.value(right), strict=True)
        return [None if one is None or two is None else _safe(combine, one, two) for one, two in pairs]

    def _call(self, name: str, arguments: Sequence[ast.expr]) -> Values:
        match name, arguments:
            case "FILL", [metric, ast.Name(id="REPEAT")]:
                return _repeated(self.value(metric))
            case "FILL", [metric, filler]:
                pairs = zip(self.value(metric), self.value(filler), strict=True)
                return [other if one is None else one for one, other in pairs]
            case "IF", [condition, then, otherwise]:
                triples = zip(self.value(condition), self.value(then), self.value(otherwise), strict=True)
                return [None if when is None else (one if when else two) for when, one, two in triples]
            case "IF", [condition, then]:
                pairs = zip(self.value(condition), self.value(then), strict=True)
                return [one if when else None for when, one in pairs]
            case _, [ast.List(elts=elements)] if name in _OVER_SERIES:
                return self._across(name, [self.value(one) for one in elements])
            case _, [ast.Call(func=ast.Name(id="METRICS"), args=[])] if name in _OVER_SERIES:
                return self._across(name, list(self._known.values()))
            case _, [metric] if name in _OVER_SERIES:
                real = [one for one in self.value(metric) if one is not None]
                return [_OVER_SERIES[name](real) if real else None] * self._periods
        raise NotImplementedError(f"{name} in the expression {self._expression!r} is not computed here")

    def _across(self, name: str, series: Sequence[Values]) -> Values:
        periods = [[one for one in period if one is not None] for period in zip(*series, strict=True)]
        return [_OVER_SERIES[name](period) if period else None for period in periods]


def _safe(combine: Callable[[float, float], float], one: float, two: float) -> float | None:
    try:
        return float(combine(one, two))
    except ZeroDivisionError:
        return None


def _repeated(values: Values) -> Values:
    repeated: Values = []
    for one in values:
        repeated.append(one if one is not None or not repeated else repeated[-1])
    return repeated
