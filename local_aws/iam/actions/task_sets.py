"""ECS: task sets (Service Authorization Reference, Amazon ECS: operations, actions and condition keys).

Making one takes passing the roles of its task definition to ECS, and tagging where it gets tags.
"""

from __future__ import annotations

from collections.abc import Iterator

from moto.ecs.models import TaskDefinition, ecs_backends

from local_aws.iam.actions.ecs_names import named_cluster_arn, within_cluster
from local_aws.iam.actions.rows import Call, Check, Context, Table, row, tag_keys

TASKS = "ecs-tasks.amazonaws.com"


def _service(call: Call) -> str:
    return within_cluster(call, "service", call.text("service"))


def _task_set(call: Call, identifier: str) -> str:
    if identifier.startswith("arn:"):
        return identifier
    path = identifier if identifier.startswith("ecs-svc/") or identifier == "*" else f"ecs-svc/{identifier}"
    return f"{_service(call).replace(':service/', ':task-set/')}/{path}"


def _named(call: Call) -> list[str]:
    return [_task_set(call, call.text("taskSet"))]


def _listed(call: Call) -> list[str]:
    """Those named; all of the service if none is."""
    return [_task_set(call, name) for name in call.params.get("taskSets") or ["*"]]


def _where(call: Call) -> Context:
    return {"ecs:cluster": (named_cluster_arn(call),), "ecs:service": (_service(call),)}


def _new(call: Call) -> list[Check]:
    """Its id is not known yet: a policy must cover all task sets of the service."""
    keys = {**_where(call), **tag_keys(call)}
    if strategy := call.params.get("capacityProviderStrategy"):
        keys["ecs:capacity-provider"] = tuple(str(item.get("capacityProvider")) for item in strategy)
    definition = task_definition(call)
    if definition is not None:
        keys["ecs:task-definition"] = (str(definition.arn),)
    arn = _task_set(call, "*")
    checks = [Check("ecs:CreateTaskSet", arn, keys)]
    if call.params.get("tags"):
        checks.append(Check("ecs:TagResource", arn, {"ecs:CreateAction": ("CreateTaskSet",), **tag_keys(call)}))
    passed: Context = {"iam:PassedToService": (TASKS,)}
    return checks + [Check("iam:PassRole", role, passed) for role in _roles(definition)]


def task_definition(call: Call) -> TaskDefinition | None:
    """What the call names, resolved to a revision as ECS does before it authorizes; None if there is no such."""
    family, _, revision = call.text("taskDefinition").rpartition("/")[2].partition(":")
    known = ecs_backends[call.account][call.region].task_definitions.get(family, {})
    number = int(revision) if revision.isdigit() else max(known, default=0)
    return known.get(number)


def _roles(definition: TaskDefinition | None) -> Iterator[str]:
    roles = {getattr(definition, name, None) for name in ("execution_role_arn", "task_role_arn")}
    yield from sorted(str(role) for role in roles if role)


ROWS: Table = {
    "CreateTaskSet": _new,
    "DeleteTaskSet": row(_named, _where),
    "DescribeTaskSets": row(_listed, _where),
    "UpdateServicePrimaryTaskSet": row(lambda call: [_service(call)], _where),
    "UpdateTaskSet": row(_named, _where),
}
