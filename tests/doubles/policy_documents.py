"""IAM policies as IAM understands them."""

from __future__ import annotations

import json
from typing import Any


def canonical(document: Any) -> Any:
    """The same for policies that mean the same: one value and a list of one are alike, and order is nothing."""
    match document:
        case dict():
            return {key: canonical(each) for key, each in document.items()}
        case list():
            values = [canonical(each) for each in document]
            return values[0] if len(values) == 1 else sorted(values, key=lambda each: json.dumps(each, sort_keys=True))
    return document
