"""Network Load Balancers where moto takes them for application ones, and which balancers a target group is behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from moto.elbv2.exceptions import DuplicateListenerError, ELBClientError
from moto.elbv2.models import ELBv2Backend, FakeListener, FakeLoadBalancer, FakeTargetGroup

_create_balancer = ELBv2Backend.create_load_balancer
_create_listener = ELBv2Backend.create_listener
_modify_listener = ELBv2Backend.modify_listener
_delete_listener = ELBv2Backend.delete_listener
_delete_balancer = ELBv2Backend.delete_load_balancer

ATTRIBUTES = {
    "dns_record.client_routing_policy": "any_availability_zone",
    "ipv6.deny_all_igw_traffic": "false",
    "zonal_shift.config.enabled": "false",
}
"""Attributes of a Network Load Balancer beside those that all have, with their defaults (LoadBalancerAttribute)."""

Actions = Sequence[Mapping[str, Any]]


def install() -> None:
    """Complete moto's load balancers for the whole process."""
    ELBv2Backend.create_load_balancer = _new_balancer  # type: ignore[method-assign]
    ELBv2Backend.create_listener = _new_listener  # type: ignore[method-assign,assignment]
    ELBv2Backend.modify_listener = _changed_listener  # type: ignore[method-assign,assignment]
    ELBv2Backend.delete_listener = _without_listener  # type: ignore[method-assign]
    ELBv2Backend.delete_load_balancer = _without_balancer  # type: ignore[method-assign]


def forwarded_to(listener: FakeListener) -> str | None:
    """The ARN of the one target group that a listener's default action forwards to; None if it is not so simple."""
    groups = [arn for action in listener.default_actions for arn in _groups(action.data)]
    return groups[0] if len(groups) == 1 else None


def _new_balancer(self: ELBv2Backend, *args: Any, **more: Any) -> FakeLoadBalancer:
    made = _create_balancer(self, *args, **more)
    if made.type != "network":
        return made
    tags = self.tagging_service.list_tags_for_resource(made.arn)["Tags"]
    del self.load_balancers[made.arn]
    made.arn = made.arn.replace(":loadbalancer/app/", ":loadbalancer/net/")
    made.attrs.update(ATTRIBUTES)
    self.load_balancers[made.arn] = made
    self.tagging_service.tag_resource(made.arn, tags)
    return made


def _new_listener(self: ELBv2Backend, load_balancer_arn: str, **request: Any) -> FakeListener:
    balancer = self.load_balancers.get(load_balancer_arn)
    if balancer is not None and balancer.type == "network":
        if str(request["port"]) in {str(listener.port) for listener in balancer.listeners.values()}:
            raise DuplicateListenerError
        _check(self, request["actions"])
    made = _create_listener(self, load_balancer_arn, **request)
    if made.protocol not in {"HTTPS", "TLS"}:
        made.ssl_policy = None  # type: ignore[assignment]
    _associate(self)
    return made


def _changed_listener(self: ELBv2Backend, arn: str, *settings: Any) -> FakeListener:
    """Moto's handler gives all settings by position, the actions last."""
    port, protocol, policy, certificates, actions = settings
    if ":listener/net/" in arn and actions:
        _check(self, actions)
    changed = _modify_listener(self, arn, port, protocol, policy, certificates, actions or [])
    _associate(self)
    return changed


def _without_listener(self: ELBv2Backend, listener_arn: str) -> FakeListener:
    gone = _delete_listener(self, listener_arn)
    _associate(self)
    return gone


def _without_balancer(self: ELBv2Backend, arn: str) -> None:
    _delete_balancer(self, arn)
    _associate(self)


def _check(backend: ELBv2Backend, actions: Actions) -> None:
    """A listener of a Network Load Balancer forwards to one target group of TCP, UDP or TLS that exists."""
    groups = [arn for action in actions for arn in _groups(action)]
    if len(actions) != 1 or actions[0].get("Type") != "forward" or len(groups) != 1:
        raise ELBClientError(
            "InvalidLoadBalancerAction", "A listener of a Network Load Balancer must forward to one target group."
        )
    group = backend.target_groups.get(groups[0])
    if group is None:
        raise ELBClientError("TargetGroupNotFound", f"Target groups '{groups[0]}' not found")
    if group.protocol in {"HTTP", "HTTPS"}:
        raise ELBClientError(
            "IncompatibleProtocols", f"The protocol {group.protocol} of '{groups[0]}' cannot be used with the listener."
        )


def _groups(action: Mapping[str, Any]) -> list[str]:
    """Target groups of an action: by its own ARN, or by those of its forward configuration, each once."""
    config = (action.get("ForwardConfig") or {}).get("TargetGroups") or []
    named = [action.get("TargetGroupArn"), *(item.get("TargetGroupArn") for item in config)]
    return list(dict.fromkeys(str(arn) for arn in named if arn))


def _associate(backend: ELBv2Backend) -> None:
    """A target group's load balancers are those with a listener or rule that forwards to it now, and no others."""
    found: dict[str, list[str]] = {arn: [] for arn in backend.target_groups}
    for balancer in backend.load_balancers.values():
        for listener in balancer.listeners.values():
            for rule in listener.rules.values():
                for action in rule.actions:
                    for arn in _groups(action.data):
                        if arn in found and balancer.arn not in found[arn]:
                            found[arn].append(balancer.arn)
    groups: Mapping[str, FakeTargetGroup] = backend.target_groups
    for arn, balancers in found.items():
        groups[arn].load_balancer_arns = balancers
