"""Network Load Balancers of the function's own account and Region: target groups, their tags, health, and listeners."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from spot_failover.aws.errors import Call, translated
from spot_failover.core.errors import NotReplaceableError, RefusedError
from spot_failover.core.scaledown_plan import PRODUCTION_TAG
from spot_failover.core.task_set import Health, Listener, TargetGroup

_TAGGED = 20
"""Resources that one DescribeTags call takes (Elastic Load Balancing API reference)."""


class NetworkLoadBalancers:
    """The port `Balancers` on the Elastic Load Balancing API."""

    def __init__(self, elbv2: Any) -> None:
        self._elbv2 = elbv2

    def find(self, name_or_arn: str) -> str:
        """See `Balancers.find`."""
        which = {"LoadBalancerArns": [name_or_arn]} if name_or_arn.startswith("arn:") else {"Names": [name_or_arn]}
        try:
            with translated(Call("elasticloadbalancing:DescribeLoadBalancers", f"load balancer {name_or_arn}")):
                found = self._elbv2.describe_load_balancers(**which)["LoadBalancers"]
        except RefusedError as error:
            if "LoadBalancerNotFound" not in str(error):
                raise
            found = []
        if len(found) != 1 or found[0].get("Type") != "network":
            what = f"a {found[0].get('Type')} load balancer" if found else "no load balancer of this account and Region"
            raise NotReplaceableError(f"nlb: {name_or_arn} is {what}; it must be a Network Load Balancer")
        return str(found[0]["LoadBalancerArn"])

    def in_front_of(self, target_group: str) -> str:
        """See `Balancers.in_front_of`."""
        with translated(Call("elasticloadbalancing:DescribeTargetGroups", f"target group {target_group}")):
            (found,) = self._elbv2.describe_target_groups(TargetGroupArns=[target_group])["TargetGroups"]
        arns = found.get("LoadBalancerArns") or []
        if len(arns) != 1:
            raise NotReplaceableError(
                f"{target_group} has {len(arns)} load balancers in front of it; it must be one. Let a listener of the "
                "Network Load Balancer forward to it"
            )
        return self.find(arns[0])

    def groups(self, load_balancer: str) -> tuple[TargetGroup, ...]:
        """See `Balancers.groups`."""
        with translated(Call("elasticloadbalancing:DescribeTargetGroups", f"load balancer {load_balancer}")):
            pages = self._elbv2.get_paginator("describe_target_groups").paginate(LoadBalancerArn=load_balancer)
            arns = [group["TargetGroupArn"] for page in pages for group in page["TargetGroups"]]
        marks = self.marks(arns)
        return tuple(TargetGroup(arn, marks.get(arn)) for arn in arns)

    def marks(self, target_groups: Sequence[str]) -> Mapping[str, str]:
        """See `Balancers.marks`."""
        marks: dict[str, str] = {}
        for start in range(0, len(target_groups), _TAGGED):
            asked = list(target_groups[start : start + _TAGGED])
            with translated(Call("elasticloadbalancing:DescribeTags", f"target groups {', '.join(asked)}")):
                described = self._elbv2.describe_tags(ResourceArns=asked)["TagDescriptions"]
            for each in described:
                tags = {tag["Key"]: tag["Value"] for tag in each["Tags"]}
                if PRODUCTION_TAG in tags:
                    marks[each["ResourceArn"]] = tags[PRODUCTION_TAG]
        return marks

    def listeners(self, load_balancer: str) -> tuple[Listener, ...]:
        """See `Balancers.listeners`."""
        with translated(Call("elasticloadbalancing:DescribeListeners", f"load balancer {load_balancer}")):
            pages = self._elbv2.get_paginator("describe_listeners").paginate(LoadBalancerArn=load_balancer)
            return tuple(_listener(each) for page in pages for each in page["Listeners"])

    def health(self, target_group: str) -> Health:
        """See `Balancers.health`."""
        with translated(Call("elasticloadbalancing:DescribeTargetHealth", f"target group {target_group}")):
            described = self._elbv2.describe_target_health(TargetGroupArn=target_group)["TargetHealthDescriptions"]
        states = [each["TargetHealth"]["State"] for each in described]
        draining = states.count("draining")
        return Health(states.count("healthy"), len(states) - draining, draining)

    def forward(self, listener: str, target_group: str) -> None:
        """See `Balancers.forward`."""
        with translated(Call("elasticloadbalancing:ModifyListener", f"listener {listener}")):
            self._elbv2.modify_listener(
                ListenerArn=listener, DefaultActions=[{"Type": "forward", "TargetGroupArn": target_group}]
            )

    def mark(self, target_group: str, value: str | None) -> None:
        """See `Balancers.mark`."""
        if value is None:
            with translated(Call("elasticloadbalancing:RemoveTags", f"target group {target_group}")):
                self._elbv2.remove_tags(ResourceArns=[target_group], TagKeys=[PRODUCTION_TAG])
            return
        with translated(Call("elasticloadbalancing:AddTags", f"target group {target_group}")):
            self._elbv2.add_tags(ResourceArns=[target_group], Tags=[{"Key": PRODUCTION_TAG, "Value": value}])


def _listener(described: Mapping[str, Any]) -> Listener:
    groups: list[str] = []
    for action in described.get("DefaultActions") or ():
        weighted = (action.get("ForwardConfig") or {}).get("TargetGroups") or ()
        named = [str(each["TargetGroupArn"]) for each in weighted]
        groups += named or ([str(action["TargetGroupArn"])] if action.get("TargetGroupArn") else [])
    return Listener(str(described["ListenerArn"]), int(described.get("Port") or 0), tuple(groups))
