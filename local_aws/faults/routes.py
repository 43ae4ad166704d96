"""The control API's routes for faults."""

from __future__ import annotations

from typing import Any

from local_aws.control import Control
from local_aws.faults.injector import Injector
from local_aws.faults.plan import Plan

Arguments = dict[str, Any]


def add_routes(control: Control, injector: Injector) -> None:
    """Register ``faults/record``, ``faults/calls`` and ``faults/plan``."""

    def record(arguments: Arguments) -> Arguments:
        enabled = arguments.get("enabled")
        if enabled not in {True, False}:
            raise ValueError(f"enabled must be true or false, not {enabled!r}")
        injector.record(enabled=bool(enabled))
        return {}

    def calls(_: Arguments) -> list[Arguments]:
        return [
            {
                "n": number,
                "invocation": call.invocation,
                "function": call.site.function,
                "action": call.site.action,
                "ordinal": call.site.ordinal,
            }
            for number, call in enumerate(list(injector.calls), start=1)
        ]

    def plan(arguments: Arguments) -> Arguments:
        injector.arm(Plan.parse(arguments))
        return {}

    def planned(_: Arguments) -> Arguments:
        return {"planned": injector.plan is not None, "fired": injector.fired}

    control.add("POST", "faults/record", record)
    control.add("GET", "faults/calls", calls)
    control.add("POST", "faults/plan", plan)
    control.add("GET", "faults/plan", planned)
