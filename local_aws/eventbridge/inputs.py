"""What a target receives of an event: all of it, a part, a constant, or a text made from it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from jsonpath_ng.ext.parser import parse

from local_aws.world import Event

_PLACEHOLDER = re.compile(r"<([A-Za-z0-9_.\-]+)>")


def payload(target: Mapping[str, Any], event: Event, rule_arn: str, now: float) -> str:
    """The text that the target gets (EventBridge user guide, "Input transformation")."""
    if "Input" in target:
        return str(target["Input"])
    if "InputPath" in target:
        return json.dumps(_at(target["InputPath"], event))
    if "InputTransformer" in target:
        return _transformed(target["InputTransformer"], event, rule_arn, now)
    return json.dumps(event)


def _transformed(transformer: Mapping[str, Any], event: Event, rule_arn: str, now: float) -> str:
    values: dict[str, Any] = {
        "aws.events.rule-arn": rule_arn,
        "aws.events.rule-name": rule_arn.rsplit("/", 1)[-1],
        "aws.events.event": {key: value for key, value in event.items() if key != "detail"},
        "aws.events.event.json": event,
        "aws.events.event.ingestion-time": datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    for name, path in transformer.get("InputPathsMap", {}).items():
        values[name] = _at(path, event)
    template: str = transformer["InputTemplate"]

    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            return match[0]
        text = json.dumps(values[match[1]])
        if not _inside_quotes(template[: match.start()]):
            return text
        return text[1:-1] if isinstance(values[match[1]], str) else json.dumps(text)[1:-1]

    return _PLACEHOLDER.sub(value, template)


def _inside_quotes(before: str) -> bool:
    return len(re.findall(r'(?<!\\)"', before)) % 2 == 1


def _at(path: str, event: Event) -> Any:
    """The value at a JSON path; a path that is not in the event gives null, as AWS does for an input path."""
    found = parse(path).find(event)
    return found[0].value if found else None
