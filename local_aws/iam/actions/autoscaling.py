"""Application Auto Scaling: scalable targets, by namespace and dimension (Service Authorization Reference).

https://docs.aws.amazon.com/service-authorization/latest/reference/list_applicationautoscaling.html
"""

from __future__ import annotations

from moto.applicationautoscaling.models import applicationautoscaling_backends

from local_aws.iam.actions.rows import Call, Context, Row, Table, row, tag_keys, unrestricted


def _target(call: Call) -> list[str]:
    """The ARN has an id that Application Auto Scaling chooses: one that is not made yet has none."""
    targets = applicationautoscaling_backends[call.account][call.region].targets
    found = targets.get(call.text("ScalableDimension"), {}).get(call.text("ResourceId"))
    return [call.arn("scalable-target/*") if found is None else str(found.arn)]


def _named(call: Call) -> list[str]:
    return [call.text("ResourceARN")]


def _keys(call: Call) -> Context:
    keys = {
        "application-autoscaling:scalable-dimension": (call.text("ScalableDimension"),),
        "application-autoscaling:service-namespace": (call.text("ServiceNamespace"),),
    }
    return {**keys, **tag_keys(call)}


_ON_TARGET: Row = row(_target, _keys)
_ANYWHERE: Row = row(unrestricted)

AUTOSCALING: Table = {
    "DeleteScalingPolicy": _ON_TARGET,
    "DeregisterScalableTarget": _ON_TARGET,
    "DescribeScalableTargets": _ANYWHERE,
    "DescribeScalingActivities": _ANYWHERE,
    "DescribeScalingPolicies": _ANYWHERE,
    "ListTagsForResource": row(_named),
    "PutScalingPolicy": _ON_TARGET,
    "RegisterScalableTarget": _ON_TARGET,
    "TagResource": row(_named, tag_keys),
    "UntagResource": row(_named),
}
