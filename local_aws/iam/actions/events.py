"""EventBridge: each entry of PutEvents is checked on its own bus, with its source and detail type."""

from __future__ import annotations

from local_aws.iam.actions.rows import Call, Check, Row, Table, row, unrestricted


def _bus_arn(call: Call, name: str) -> str:
    return name if name.startswith("arn:") else call.arn(f"event-bus/{name or 'default'}")


def _put_events(call: Call) -> list[Check]:
    return [
        Check(
            "events:PutEvents",
            _bus_arn(call, str(entry.get("EventBusName") or "")),
            {
                "events:source": (str(entry.get("Source", "")),),
                "events:detail-type": (str(entry.get("DetailType", "")),),
                "events:eventBusInvocation": ("false",),
            },
        )
        for entry in call.params.get("Entries") or []
    ]


def _bus(call: Call) -> list[str]:
    return [_bus_arn(call, call.text("Name"))]


def _rule(call: Call) -> list[str]:
    """Rules on the default bus have no bus in their ARN."""
    bus = call.text("EventBusName").rpartition("/")[2]
    name = call.text("Rule") or call.text("Name")
    return [call.arn(f"rule/{name}" if bus in {"", "default"} else f"rule/{bus}/{name}")]


_ON_RULE: Row = row(_rule)

EVENTS: Table = {
    "DescribeEventBus": row(_bus),
    "DescribeRule": _ON_RULE,
    "DisableRule": _ON_RULE,
    "EnableRule": _ON_RULE,
    "ListRuleNamesByTarget": row(unrestricted),
    "ListRules": row(unrestricted),
    "ListTargetsByRule": _ON_RULE,
    "PutEvents": _put_events,
}
