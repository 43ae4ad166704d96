"""Placeholders of a plan turned into references to parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tools.stackset.parameters import ACCOUNT, PARAMETERS, PARTITION, REGION

_TEXTS: Mapping[str, str] = {
    **{each.placeholder: f"${{{name}}}" for name, each in PARAMETERS.items() if each.placeholder},
    PARAMETERS["HeartbeatIntervalMinutes"].placeholder: "${HeartbeatIntervalMinutes} minutes",
    f"arn:{PARTITION}:": "arn:${AWS::Partition}:",
    ACCOUNT: "${AWS::AccountId}",
    REGION: "${AWS::Region}",
}
# Longer ones first: an ARN may hold an account.
_ANY = re.compile("|".join(re.escape(text) for text in sorted(_TEXTS, key=len, reverse=True)))
_WHOLE = re.compile(r"\$\{([A-Za-z:]+)\}")
_LISTS = {each.placeholder: name for name, each in PARAMETERS.items() if each.type == "CommaDelimitedList"}


def replaced(value: Any) -> Any:
    """Give the value with references in place of placeholders, however deep they are."""
    match value:
        case dict():
            return {key: replaced(each) for key, each in value.items()}
        case list() if found := [each for each in value if isinstance(each, str) and each in _LISTS]:
            return _list(value, _LISTS[found[0]])
        case list():
            return [replaced(each) for each in value]
        case str() if value in _LISTS:
            # IAM takes one value or a list.
            return {"Ref": _LISTS[value]}
        case str():
            return _text(value)
        case _:
            return value


def _list(values: list[Any], parameter: str) -> dict[str, Any]:
    """A list that a parameter's values belong to."""
    if len(values) == 1:
        return {"Ref": parameter}
    others = [each for each in values if each not in _LISTS]
    return {"Fn::Split": [",", {"Fn::Join": [",", [*map(replaced, others), {"Fn::Join": [",", {"Ref": parameter}]}]]}]}


def _text(value: str) -> Any:
    text = _ANY.sub(lambda found: _TEXTS[found.group()], value)
    if text == value:
        return value
    whole = _WHOLE.fullmatch(text)
    return {"Ref": whole[1]} if whole else {"Fn::Sub": text}
