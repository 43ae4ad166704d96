"""A base and its variants as one template: what a variant changes stands under its condition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tools.stackset.conditions import CONDITIONS

_NOTHING = object()
_NO_VALUE = {"Ref": "AWS::NoValue"}


class TwoConditionsError(Exception):
    """Two conditions would decide about the same value."""


def merge(base: Mapping[str, Any], variants: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Give the base's resources, each value that a condition changes being an ``Fn::If``.

    Parameters
    ----------
    base
        Resources by logical id.
    variants
        Condition to the resources of its variant.

    Raises
    ------
    TwoConditionsError
        Two variants change the same value: there is no one condition for it.
    """
    merged = {}
    for name in {name: None for each in (base, *variants.values()) for name in each}:
        resources = {condition: variant.get(name, _NOTHING) for condition, variant in variants.items()}
        lacking = [condition for condition, resource in resources.items() if resource is _NOTHING]
        present = {condition: each for condition, each in resources.items() if each is not _NOTHING}
        resource = _merged(base[name], present, name)
        if lacking:
            condition = _one(lacking, name)
            if CONDITIONS[condition].holds_for_variant:
                raise TwoConditionsError(
                    f"{name} is there only where {condition} does not hold: turn the condition round."
                )
            resource = {"Type": resource.pop("Type"), "Condition": condition, **resource}
        merged[name] = resource
    return merged


def _merged(base: Any, variants: Mapping[str, Any], where: str) -> Any:
    changed = {condition: value for condition, value in variants.items() if value != base}
    if not changed:
        return base
    if all(isinstance(value, dict) for value in (base, *changed.values())) and not _is_function(base):
        return _merged_members(base, changed, where)
    if all(_statements(value) is not None for value in (base, *changed.values())):
        return _merged_statements(base, changed, where)
    condition = _one(list(changed), where)
    return _if(condition, base, changed[condition])


def _merged_members(base: dict[str, Any], changed: Mapping[str, dict[str, Any]], where: str) -> dict[str, Any]:
    keys = {key: None for each in (base, *changed.values()) for key in each}
    return {
        key: _merged(
            base.get(key, _NOTHING),
            {condition: value.get(key, _NOTHING) for condition, value in changed.items()},
            f"{where}.{key}",
        )
        for key in keys
    }


def _merged_statements(base: list[Any], changed: Mapping[str, list[Any]], where: str) -> list[Any]:
    """Statements are told apart by their names, and each may have a condition of its own."""
    by_name = {condition: _statements(value) or {} for condition, value in changed.items()}
    members = _merged_members(_statements(base) or {}, by_name, where)
    return list(members.values())


def _statements(value: Any) -> dict[str, Any] | None:
    if isinstance(value, list) and value and all(isinstance(each, dict) and _name(each) for each in value):
        return {_name(each): each for each in value}
    return None


def _name(each: Mapping[str, Any]) -> str:
    """Of a statement, a policy or a target."""
    return str(each.get("Sid") or each.get("PolicyName") or each.get("Id") or "")


def _is_function(value: Mapping[str, Any]) -> bool:
    return any(key == "Ref" or key.startswith("Fn::") for key in value)


def _if(condition: str, base: Any, variant: Any) -> dict[str, Any]:
    values = (variant, base) if CONDITIONS[condition].holds_for_variant else (base, variant)
    return {"Fn::If": [condition, *(_NO_VALUE if value is _NOTHING else value for value in values)]}


def _one(conditions: list[str], where: str) -> str:
    if len(conditions) != 1:
        raise TwoConditionsError(f"{' and '.join(conditions)} both change {where}.")
    return conditions[0]
