"""Wildcards, ARN patterns and policy variables, as the IAM policy grammar has them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

Context = Mapping[str, tuple[str, ...]]
"""Condition keys of a request, in lower case, each with its values."""

_ARN_PARTS = 6
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
# Wildcards that came out of a variable are plain characters: they travel as private-use code points until the match.
_LITERAL = {"*": "\ue000", "?": "\ue001", "$": "$"}
_PLAIN = str.maketrans({"\ue000": "*", "\ue001": "?", "\ue002": "$"})


class UnresolvedVariableError(LookupError):
    """A policy variable has no single value in this request and no default."""


def expand(pattern: str, context: Context) -> str:
    """Put the request's values in place of `${key}` and `${key, 'default'}`; wildcards in values mean themselves."""
    if "${" not in pattern:
        return pattern

    def value(match: re.Match[str]) -> str:
        name, comma, default = (part.strip() for part in match[1].partition(","))
        if name in _LITERAL:
            return _LITERAL[name]
        values = context.get(name.lower(), ())
        if len(values) == 1:
            found = values[0]
        elif comma and not values:
            found = default.strip("'")
        else:
            raise UnresolvedVariableError(name)
        return found.replace("*", _LITERAL["*"]).replace("?", _LITERAL["?"])

    return _VARIABLE.sub(value, pattern)


def without_variables(text: str) -> str:
    """Make `${` plain text, as it is in policies of version 2008-10-17."""
    return text.replace("${", "\ue002{")


def plain(text: str) -> str:
    """The text that an expanded pattern stands for when it is compared as it is, without wildcards."""
    return text.translate(_PLAIN)


@lru_cache(maxsize=8192)
def _compiled(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    pieces = {"*": ".*", "?": "."}
    source = "".join(pieces.get(char) or re.escape(plain(char)) for char in pattern)
    return re.compile(source, re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def glob(pattern: str, value: str, *, ignore_case: bool = False) -> bool:
    """`*` stands for any number of characters, `?` for exactly one."""
    return _compiled(pattern, ignore_case).fullmatch(value) is not None


def arn_glob(pattern: str, arn: str) -> bool:
    """Compare the six parts of an ARN one by one: a wildcard does not reach across a colon, save in the last part.

    A pattern that ends early with `*` (`arn:aws:sqs:*`) stands for anything in the missing parts. A value that is no
    ARN (`*`, the resource of actions without resource-level permissions) is matched by `*` alone.
    """
    if pattern.strip("*") == "" and pattern:
        return True
    if not arn.startswith("arn:"):
        return False
    wanted, given = pattern.split(":", _ARN_PARTS - 1), arn.split(":", _ARN_PARTS - 1)
    if len(wanted) < _ARN_PARTS and wanted[-1].endswith("*"):
        wanted += ["*"] * (_ARN_PARTS - len(wanted))
    return len(wanted) == len(given) and all(glob(part, text) for part, text in zip(wanted, given, strict=True))
