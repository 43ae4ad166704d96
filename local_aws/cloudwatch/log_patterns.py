"""Filter patterns of CloudWatch Logs: terms, and conditions on the members of JSON log events.

CloudWatch Logs user guide, "Filter pattern syntax". Moto takes a pattern of JSON for one that matches everything.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

Matches = Callable[[str], bool]
_Test = Callable[[Any], bool]

_TOKEN = re.compile(
    r'\s*(?P<token>&&|\|\||[()]|!=|<=|>=|=|<|>|"(?:[^"\\]|\\.)*"|\$(?:\.[\w-]+|\[["\'][^"\']+["\']\])+|[^\s()=!<>&|]+)'
)
_TERM = re.compile(r'([?-]?)(?:"((?:[^"\\]|\\.)*)"|(\S+))')
_ORDER = {"<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge}


@lru_cache(maxsize=256)
def parse(pattern: str) -> Matches:
    """What tells whether a log event matches.

    Raises
    ------
    ValueError
        It is no pattern.
    NotImplementedError
        It is one for space-delimited events, or a regular expression.
    """
    text = pattern.strip()
    if text.startswith("["):
        raise NotImplementedError(f"filter patterns for space-delimited events do nothing here: {pattern}")
    if text.startswith("{"):
        if not text.endswith("}"):
            raise ValueError(f"the filter pattern {pattern!r} does not end")
        return _JsonPattern(text[1:-1], pattern).parse()
    return _terms(text)


def _terms(text: str) -> Matches:
    found = [(sign, phrase if phrase or not word else word) for sign, phrase, word in _TERM.findall(text)]
    any_of = [term for sign, term in found if sign == "?"]
    all_of = [term for sign, term in found if not sign]
    none_of = [term for sign, term in found if sign == "-"]

    def matches(message: str) -> bool:
        if any(term in message for term in none_of) or not all(term in message for term in all_of):
            return False
        return not any_of or bool(all_of) or any(term in message for term in any_of)

    return matches


class _JsonPattern:
    """Conditions, AND before OR, with parentheses."""

    def __init__(self, text: str, pattern: str) -> None:
        self._pattern = pattern
        self._tokens = list(self._tokenize(text))

    def parse(self) -> Matches:
        test = self._any()
        if self._tokens:
            raise ValueError(f"the filter pattern {self._pattern!r} goes wrong at {self._tokens[0]!r}")

        def matches(message: str) -> bool:
            try:
                return test(json.loads(message))
            except ValueError:
                return False

        return matches

    def _tokenize(self, text: str) -> Iterator[str]:
        place = 0
        while text[place:].strip():
            found = _TOKEN.match(text, place)
            if found is None:
                raise ValueError(f"the filter pattern {self._pattern!r} is not understood at {text[place:]!r}")
            yield found["token"]
            place = found.end()

    def _next(self) -> str:
        if not self._tokens:
            raise ValueError(f"the filter pattern {self._pattern!r} ends too soon")
        return self._tokens.pop(0)

    def _any(self) -> _Test:
        tests = [self._all()]
        while self._tokens and self._tokens[0] == "||":
            self._next()
            tests.append(self._all())
        return lambda event: any(test(event) for test in tests)

    def _all(self) -> _Test:
        tests = [self._one()]
        while self._tokens and self._tokens[0] == "&&":
            self._next()
            tests.append(self._one())
        return lambda event: all(test(event) for test in tests)

    def _one(self) -> _Test:
        first = self._next()
        if first == "(":
            test = self._any()
            if self._next() != ")":
                raise ValueError(f"the filter pattern {self._pattern!r} lacks a parenthesis")
            return test
        if not first.startswith("$"):
            raise ValueError(f"the filter pattern {self._pattern!r} has {first!r} where a selector $.name should be")
        path = re.findall(r"[\w-]+", first)
        compare = self._comparison()
        return lambda event: compare(_look(event, path))

    def _comparison(self) -> _Test:
        word = self._next()
        match word.upper():
            case "IS":
                wanted = {"TRUE": True, "FALSE": False, "NULL": None}[self._next().upper()]
                return lambda found: found is wanted
            case "EXISTS":
                return lambda found: found is not _MISSING
            case "NOT":
                self._next()
                return lambda found: found is _MISSING
        value = self._next()
        if value.startswith("%"):
            raise NotImplementedError(f"regular expressions in filter patterns do nothing here: {self._pattern}")
        if word in _ORDER:
            order, limit = _ORDER[word], float(value)
            return lambda found: isinstance(found, int | float) and order(found, limit)
        same = _equals(value)
        if word == "!=":
            return lambda found: found is not _MISSING and not same(found)
        return same


_MISSING = object()


def _look(event: Any, path: list[str]) -> Any:
    for name in path:
        if not isinstance(event, dict) or name not in event:
            return _MISSING
        event = event[name]
    return event


def _equals(value: str) -> _Test:
    text = json.loads(value) if value.startswith('"') else value

    def test(found: Any) -> bool:
        if isinstance(found, str):
            return fnmatchcase(found, text.replace("[", "[[]").replace("?", "[?]"))
        if isinstance(found, int | float) and not isinstance(found, bool):
            return str(found) == text or _number(text) == found
        return False

    return test


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
