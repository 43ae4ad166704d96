"""Elastic Load Balancing, version 2: what describes has no resource; what changes has a listener or a group."""

from __future__ import annotations

from local_aws.iam.actions.rows import Call, Context, Row, Table, row, tag_keys, unrestricted


def _listener(call: Call) -> list[str]:
    return [call.text("ListenerArn", "*")]


def _group(call: Call) -> list[str]:
    return [call.text("TargetGroupArn", "*")]


def _tagged(call: Call) -> list[str]:
    return [str(arn) for arn in call.params.get("ResourceArns") or []]


def _tag_keys_taken_off(call: Call) -> Context:
    return {"aws:TagKeys": tuple(str(key) for key in call.params.get("TagKeys") or [])}


_ANYWHERE: Row = row(unrestricted)

ELB: Table = {
    "AddTags": row(_tagged, tag_keys),
    "DeregisterTargets": row(_group),
    "DescribeListeners": _ANYWHERE,
    "DescribeLoadBalancers": _ANYWHERE,
    "DescribeRules": _ANYWHERE,
    "DescribeTags": _ANYWHERE,
    "DescribeTargetGroupAttributes": _ANYWHERE,
    "DescribeTargetGroups": _ANYWHERE,
    "DescribeTargetHealth": _ANYWHERE,
    "ModifyListener": row(_listener),
    "ModifyTargetGroupAttributes": row(_group),
    "RegisterTargets": row(_group),
    "RemoveTags": row(_tagged, _tag_keys_taken_off),
}
