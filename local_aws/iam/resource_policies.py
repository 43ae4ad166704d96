"""The policies of resources that have one: role trust, queues, event buses, keys."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from moto.events.models import events_backends
from moto.sqs.models import sqs_backends

from local_aws.iam.evaluate import PolicyKind, Statement, parse_policy
from local_aws.iam.identity import find_role
from local_aws.iam.keys import find_key


def resource_policy(resource: str) -> tuple[Statement, ...] | None:
    """Return the policy of a resource; None when it has none, does not exist, or is of a kind that has none here."""
    parts = resource.split(":", 5)
    if len(parts) < 6:
        return None
    reader = _READERS.get(parts[2])
    return reader(resource, parts[3], parts[4], parts[5]) if reader else None


def _trust(resource: str, _region: str, _account: str, name: str) -> tuple[Statement, ...] | None:
    role = find_role(resource)
    return parse_policy(role.assume_role_policy_document, f"trust of {name}", PolicyKind.TRUST) if role else None


def _queue(_resource: str, region: str, account: str, name: str) -> tuple[Statement, ...] | None:
    queue = sqs_backends[account][region].queues.get(name) if account in sqs_backends else None
    return _parsed(queue.policy if queue else None, f"policy of queue {name}")


def _bus(_resource: str, region: str, account: str, name: str) -> tuple[Statement, ...] | None:
    kind, _, bus_name = name.partition("/")
    if kind != "event-bus" or account not in events_backends:
        return None
    bus = events_backends[account][region].event_buses.get(bus_name)
    return _parsed(bus.policy if bus else None, f"policy of event bus {bus_name}")


def _key(resource: str, _region: str, _account: str, name: str) -> tuple[Statement, ...] | None:
    key = find_key(resource)
    return _parsed(key.policy if key else None, f"policy of {name}")


def _parsed(document: str | Mapping[str, object] | None, name: str) -> tuple[Statement, ...] | None:
    if not document:
        return None
    return parse_policy(document if isinstance(document, str) else json.dumps(document), name, PolicyKind.RESOURCE)


_READERS: Mapping[str, Callable[[str, str, str, str], tuple[Statement, ...] | None]] = {
    "events": _bus,
    "iam": _trust,
    "kms": _key,
    "sqs": _queue,
}
