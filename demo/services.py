"""The services that the application teams of the demo run, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from demo.evidence import ServiceId
from demo.strategy import ON_DEMAND, SPOT, Item, Strategy

CENTRAL = "123456789012"
ACCOUNT_A = "111111111111"
ACCOUNT_B = "222222222222"

PURE_SPOT: Strategy = (Item(SPOT, 1),)
MIXED: Strategy = (Item(ON_DEMAND, 1, base=1), Item(SPOT, 3))
PLAIN_ON_DEMAND: Strategy = (Item(ON_DEMAND, 1),)


@dataclass(frozen=True)
class Service:
    """A service as its team declares it. Tags are the automation's only trace in it."""

    id: ServiceId
    strategy: Strategy
    desired: int
    tags: Mapping[str, str] = field(default_factory=dict)
    target_group: str = ""
    """Name of the target group it is in; services of an account and Region may share one."""


def _shop(name: str, strategy: Strategy, desired: int, **tags: str) -> Service:
    return Service(ServiceId(ACCOUNT_A, "us-east-1", "shop", name), strategy, desired, _tags(tags))


def _gateway(region: str, desired: int = 3, strategy: Strategy = PURE_SPOT, **tags: str) -> Service:
    return Service(ServiceId(ACCOUNT_B, region, "edge", "gateway"), strategy, desired, _tags(tags))


def _balanced(service: Service) -> Service:
    return replace(service, target_group=f"{service.id.cluster}-{service.id.name}")


def _with_twin(service: Service) -> tuple[Service, Service]:
    """The service behind a load balancer, and its on-demand twin in the same target group."""
    balanced = _balanced(service)
    tags = _tags({"method": "failover_service", "twin": twin_of(service.id).name})
    twin = Service(twin_of(service.id), PLAIN_ON_DEMAND, 0, _tags({"twin": service.id.name}), balanced.target_group)
    return replace(balanced, tags={**service.tags, **tags}), twin


def twin_of(service: ServiceId) -> ServiceId:
    """How the demo's teams name the twin of a service."""
    return replace(service, name=f"{service.name}-twin")


def _tags(tags: Mapping[str, str]) -> dict[str, str]:
    return {f"spot-failover:{name.replace('_', '-')}": value for name, value in tags.items()}


FAILOVER = (
    _shop("web", PURE_SPOT, 4),
    _shop("api", MIXED, 5),
    _shop("batch", PURE_SPOT, 0),
    _shop("admin", PLAIN_ON_DEMAND, 2),
    _shop("legacy", PURE_SPOT, 2, enabled="false"),
    _shop("preview", PURE_SPOT, 2, mode="observe"),
    _gateway("eu-west-1"),
    _gateway("us-west-2"),
)

INTERRUPTION = (
    _shop("web", PURE_SPOT, 8, interruption_response="auto"),
    _shop("search", PURE_SPOT, 6, interruption_response="redeploy"),
    _shop("worker", PURE_SPOT, 6, interruption_response="none"),
    _gateway("eu-west-1", 4, interruption_response="auto"),
)

FAILOVER_SERVICE = (
    *_with_twin(_shop("web", MIXED, 5)),
    *_with_twin(_shop("api", PURE_SPOT, 4)),
    _balanced(_shop("search", MIXED, 5)),
    *_with_twin(_gateway("eu-west-1", 6)),
    *_with_twin(_gateway("us-west-2", 8, MIXED)),
)
