"""Condition blocks: operators, set operators and what they say about keys that a request lacks."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from local_aws.iam.patterns import Context, arn_glob, expand, glob, plain

Comparison = Callable[[str, str], bool]
"""(value in the policy, value in the request) -> do they match."""


class Quantifier(Enum):
    """How a condition treats a key with several values."""

    NONE = ""
    ALL = "ForAllValues"
    ANY = "ForAnyValue"


class ConditionError(ValueError):
    """The condition is none that this evaluator knows."""


def _numeric(compare: Callable[[float, float], bool]) -> Comparison:
    def matches(wanted: str, given: str) -> bool:
        try:
            return compare(float(given), float(plain(wanted)))
        except ValueError:
            return False

    return matches


def _equal(wanted: str, given: str) -> bool:
    return plain(wanted) == given


def _equal_ignoring_case(wanted: str, given: str) -> bool:
    return plain(wanted).casefold() == given.casefold()


# Name -> (comparison, is it the negated form). ArnEquals and ArnLike are the same operator in AWS.
_OPERATORS: dict[str, tuple[Comparison, bool]] = {
    "StringEquals": (_equal, False),
    "StringNotEquals": (_equal, True),
    "StringEqualsIgnoreCase": (_equal_ignoring_case, False),
    "StringNotEqualsIgnoreCase": (_equal_ignoring_case, True),
    "StringLike": (glob, False),
    "StringNotLike": (glob, True),
    "ArnEquals": (arn_glob, False),
    "ArnLike": (arn_glob, False),
    "ArnNotEquals": (arn_glob, True),
    "ArnNotLike": (arn_glob, True),
    "Bool": (_equal_ignoring_case, False),
    "NumericEquals": (_numeric(operator.eq), False),
    "NumericNotEquals": (_numeric(operator.eq), True),
    "NumericLessThan": (_numeric(operator.lt), False),
    "NumericLessThanEquals": (_numeric(operator.le), False),
    "NumericGreaterThan": (_numeric(operator.gt), False),
    "NumericGreaterThanEquals": (_numeric(operator.ge), False),
}
_NAMES = {name.lower(): name for name in (*_OPERATORS, "Null")}
_QUANTIFIERS = {quantifier.value.lower(): quantifier for quantifier in Quantifier}


@dataclass(frozen=True)
class Condition:
    """One operator on one key: `ForAnyValue:StringLikeIfExists` on `aws:TagKeys`, say."""

    name: str
    quantifier: Quantifier
    if_exists: bool
    key: str
    values: tuple[str, ...]

    @classmethod
    def parse(cls, written: str, key: str, values: tuple[str, ...]) -> Condition:
        """Read an operator as it stands in a policy. Raises ConditionError for one that is not known."""
        quantifier, _, rest = written.lower().rpartition(":")
        if_exists = rest.endswith("ifexists")
        name = _NAMES.get(rest.removesuffix("ifexists"))
        known = name is not None and quantifier in _QUANTIFIERS
        if not known or name is None or (name == "Null" and (if_exists or quantifier)):
            raise ConditionError(f"condition operator {written!r} is not supported here")
        return cls(name, _QUANTIFIERS[quantifier], if_exists, key.lower(), values)

    def holds(self, context: Context) -> bool:
        """Tell whether the condition is met. Raises UnresolvedVariableError when a policy variable has no value."""
        given = context.get(self.key, ())
        if self.name == "Null":
            return any((plain(value).lower() == "true") == (not given) for value in self.values)
        compare, negated = _OPERATORS[self.name]
        if not given:
            return self._holds_without_key(negated)
        wanted = [expand(value, context) for value in self.values]
        matched = [any(compare(value, one) for value in wanted) for one in given]
        match self.quantifier:
            case Quantifier.ALL:
                return not any(matched) if negated else all(matched)
            case Quantifier.ANY:
                return not all(matched) if negated else any(matched)
            case Quantifier.NONE:
                return not any(matched) if negated else any(matched)

    def _holds_without_key(self, negated: bool) -> bool:
        """AWS: IfExists and ForAllValues pass on an absent key, and so do negated operators; ForAnyValue never does."""
        if self.if_exists or self.quantifier is Quantifier.ALL:
            return True
        return negated and self.quantifier is Quantifier.NONE
