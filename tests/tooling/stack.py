"""A stack as CloudFormation makes it of a template: conditions and functions resolved, as far as ours uses them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NOTHING = object()


def _allowed(parameter: Mapping[str, Any], value: str | int) -> bool:
    """The pattern must match the whole, of a list each value."""
    text = str(value)
    return (
        re.fullmatch(parameter.get("AllowedPattern", ".*"), text) is not None
        and text in map(str, parameter.get("AllowedValues", [text]))
        and len(text) <= parameter.get("MaxLength", len(text))
    )


@dataclass(frozen=True)
class Stack:
    """A template with its parameters, in an account and Region."""

    template: Mapping[str, Any]
    parameters: Mapping[str, str]
    account: str
    region: str

    def resources(self) -> dict[str, dict[str, Any]]:
        """Those whose condition holds, by logical id."""
        return {
            name: {"Type": resource["Type"], **self._value(resource["Properties"])}
            for name, resource in self.template["Resources"].items()
            if "Condition" not in resource or self._holds(resource["Condition"])
        }

    def refused(self) -> list[str]:
        """Parameters that CloudFormation would not take, before it makes anything."""
        return [
            name
            for name, parameter in self.template["Parameters"].items()
            if not all(_allowed(parameter, value) for value in self._given(name))
        ]

    def _given(self, name: str) -> list[Any]:
        value = self._ref(name)
        return [value] if isinstance(value, (str, int)) else value

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        return [each for each in self.resources().values() if each["Type"] == kind]

    def _value(self, value: Any) -> Any:
        match value:
            case {"Ref": str(name)}:
                return self._ref(name)
            case {"Fn::If": [condition, yes, no]}:
                return self._value(yes if self._holds(condition) else no)
            case dict() if any(key.startswith("Fn::") for key in value):
                return self._text(value)
            case dict():
                members = {key: self._value(each) for key, each in value.items()}
                return {key: each for key, each in members.items() if each is not NOTHING}
            case list():
                return [each for each in map(self._value, value) if each is not NOTHING]
        return value

    def _text(self, function: dict[str, Any]) -> Any:
        match function:
            case {"Fn::Sub": str(text)}:
                return re.sub(r"\$\{([^}]+)\}", lambda found: str(self._ref(found[1])), text)
            case {"Fn::Join": [separator, values]}:
                return separator.join(self._value(values))
            case {"Fn::Split": [separator, text]}:
                return self._value(text).split(separator)
            case {"Fn::GetAtt": [name, "Arn"]}:
                return self._arn(name)
        raise AssertionError(function)

    def _holds(self, condition: Any) -> bool:
        match condition:
            case str(name):
                return self._holds(self.template["Conditions"][name])
            case {"Fn::Not": [inner]}:
                return not self._holds(inner)
            case {"Fn::Equals": [left, right]}:
                return str(self._value(left)) == str(self._value(right))
        raise AssertionError(condition)

    def _ref(self, name: str) -> Any:
        pseudo = {
            "AWS::AccountId": self.account,
            "AWS::Region": self.region,
            "AWS::Partition": "aws",
            "AWS::NoValue": NOTHING,
        }
        if name in pseudo:
            return pseudo[name]
        if name in self.template["Resources"]:
            return name
        parameter = self.template["Parameters"][name]
        value = self.parameters[name] if name in self.parameters else parameter["Default"]
        return str(value).split(",") if parameter["Type"] == "CommaDelimitedList" else value

    def _arn(self, name: str) -> str:
        resource = self.template["Resources"][name]
        assert "Condition" not in resource or self._holds(resource["Condition"]), f"{name} is not made"
        properties = self._value(resource["Properties"])
        match resource["Type"]:
            case "AWS::IAM::Role":
                return f"arn:aws:iam::{self.account}:role{properties['Path']}{properties['RoleName']}"
            case "AWS::SQS::Queue":
                return f"arn:aws:sqs:{self.region}:{self.account}:{properties['QueueName']}"
        raise AssertionError(resource["Type"])
