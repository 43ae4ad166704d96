"""The published schema of audit events."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from spot_failover.core.audit import SCHEMA

FILE = Path(__file__).parents[2] / "docs" / "schemas" / f"audit-event-{SCHEMA}.json"
SCHEMA_DOCUMENT: dict[str, Any] = json.loads(FILE.read_text())
_VALIDATOR = Draft202012Validator(SCHEMA_DOCUMENT, format_checker=Draft202012Validator.FORMAT_CHECKER)

OFTEN = 20
"""How often one kind of event is checked in a process: random lives tell the same many thousand times."""
_checked: Counter[tuple[object, ...]] = Counter()


def check_audit_event(detail: Mapping[str, Any]) -> None:
    """Fail where the detail of an event is not as the schema says."""
    event = detail.get("event", {})
    kind = (detail.get("action"), detail.get("reason"), event.get("kind"), frozenset(detail), frozenset(event))
    _checked[kind] += 1
    if _checked[kind] > OFTEN:
        return
    wrong = [f"{error.json_path}: {error.message}" for error in _VALIDATOR.iter_errors(detail)]
    assert not wrong, f"{wrong} in {json.dumps(detail)}"
