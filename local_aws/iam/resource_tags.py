"""The tags of what a request is about, as condition keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from moto.ecs.models import ecs_backends
from moto.elbv2.models import elbv2_backends
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from local_aws.iam.actions.rows import Context

Tags = Mapping[str, str]


def resource_tags(resource: str) -> Context:
    """Return `aws:ResourceTag/KEY`, and the same with the service's own prefix where it has one.

    For ECS, Elastic Load Balancing and Step Functions; nothing for what has no tags or does not exist.
    """
    parts = resource.split(":", 5)
    reader = _READERS.get(parts[2]) if len(parts) == 6 else None
    if reader is None:
        return {}
    tags = reader(parts[4], parts[3], resource)
    prefixes = ["aws", *([parts[2]] if parts[2] in _OWN_KEYS else [])]
    return {f"{prefix}:ResourceTag/{key}": (value,) for prefix in prefixes for key, value in tags.items()}


_OWN_KEYS = frozenset({"ecs", "elasticloadbalancing"})


def _ecs(account: str, region: str, resource: str) -> Tags:
    if account not in ecs_backends:
        return {}
    backend = ecs_backends[account][region]
    found: Any = None
    match resource.split(":", 5)[5].split("/"):
        case ["service", cluster, name]:
            found = backend.services.get(f"{cluster}:{name}")
        case ["task-set", cluster, name, *_]:
            sets: list[Any] = getattr(backend.services.get(f"{cluster}:{name}"), "task_sets", [])
            found = next((item for item in sets if item.task_set_arn == resource), None)
        case ["cluster", name]:
            found = backend.clusters.get(name)
    tags = (found.tags if found is not None else None) or []
    return {str(tag["key"]): str(tag["value"]) for tag in tags}


def _elb(account: str, region: str, resource: str) -> Tags:
    if account not in elbv2_backends:
        return {}
    return dict(elbv2_backends[account][region].tagging_service.get_tag_dict_for_resource(resource))


def _states(account: str, region: str, resource: str) -> Tags:
    if account not in stepfunctions_parser_backends:
        return {}
    return dict(stepfunctions_parser_backends[account][region].tagger.get_tag_dict_for_resource(resource))


_READERS: Mapping[str, Callable[[str, str, str], Tags]] = {"ecs": _ecs, "elasticloadbalancing": _elb, "states": _states}
