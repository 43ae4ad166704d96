"""What makes alarms go off, and what ends them: as it would happen, never by setting a state."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from tests.scenarios.organization import CENTRAL, ORDERS, REGION, SPOT, Organization
from tools import paths

MINUTE = 60
COME_AGAIN = 3 * MINUTE
"""After so long every message that failed has been received once more."""
BUS = "ecs-spot-failover"
QUEUES = {
    "fargate-spot-placement-failure-queue": "fargate-spot-placement-failure",
    "fargate-spot-interruption-queue": "fargate-spot-interruption",
    "fargate-spot-sweep-queue": "fargate-spot-heartbeat",
    "fargate-spot-task-state-queue": "fargate-spot-task-state",
}
"""Each queue, and the rule on the bus that fills it."""
SCHEDULED = {
    "fargate-spot-restore-handler": "fargate-spot-restore-schedule",
    "fargate-spot-sweep-handler": "fargate-spot-sweep-schedule",
}
"""Each function that a rule starts."""
FUNCTIONS = (
    "fargate-spot-task-placement-failure-handler",
    "fargate-spot-interruption-handler",
    "fargate-spot-task-state-handler",
    *SCHEDULED,
)
FORWARD = ("placement-failure", "interruption", "heartbeat", "task-state")
EVENTS = ("placement-failure-fargate-spot.json", "interruption-notice.json", "task-state-stopped.json")
FALLBACK = [
    {"capacityProvider": "FARGATE_SPOT", "weight": 0, "base": 0},
    {"capacityProvider": "FARGATE", "weight": 10, "base": 0},
]

Trouble = Callable[[Organization], AbstractContextManager[None]]


def lasting(steps: Callable[[Organization], Iterator[None]]) -> Trouble:
    """A context of a cause and, after its `yield`, of a cure that follows whatever happens in between."""

    @contextmanager
    def during(organization: Organization) -> Iterator[None]:
        taken = steps(organization)
        next(taken)
        try:
            yield
        finally:
            next(taken, None)

    return during


def something_of_every_kind(organization: Organization) -> None:
    """One event for each queue of events, about a service that is not there; heartbeats come by themselves."""
    for name in EVENTS:
        event = json.loads((paths.ROOT / "examples" / "events" / name).read_text())
        organization.aws.emit(
            ORDERS, REGION, event["source"], event["detail-type"], event["detail"], event["resources"]
        )


def purge(organization: Organization, *queues: str, account: str = CENTRAL) -> None:
    """Delete all that a queue holds."""
    sqs = organization.client("sqs", account)
    for queue in queues:
        sqs.purge_queue(QueueUrl=sqs.get_queue_url(QueueName=queue)["QueueUrl"])


def purge_dead_letters(organization: Organization) -> None:
    """Of all functions."""
    purge(organization, *[f"{queue}-dlq" for queue in QUEUES], "fargate-spot-restore-handler-dlq")


def deny(*actions: str) -> str:
    """A policy."""
    statement = {"Effect": "Deny", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@lasting
def queues_that_refuse(organization: Organization) -> Iterator[None]:
    """Somebody has overwritten the policies of the queues."""
    sqs, kept = organization.client("sqs"), {}
    for queue in QUEUES:
        url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        kept[url] = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"]
        nobody = {
            "Effect": "Deny",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": "*",
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [nobody]})
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    something_of_every_kind(organization)
    yield
    for url, policy in kept.items():
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    organization.aws.advance(MINUTE)  # SQS purges a queue once a minute, and the page on dead letters has just done so
    purge_dead_letters(organization)


@lasting
def schedules_that_may_not_start_functions(organization: Organization) -> Iterator[None]:
    """Somebody has removed the functions' permissions."""
    functions = organization.client("lambda")
    for name in SCHEDULED:
        functions.remove_permission(FunctionName=name, StatementId="ScheduleStartsFunction")
    yield
    for name, rule in SCHEDULED.items():
        functions.add_permission(
            FunctionName=name,
            StatementId="ScheduleStartsFunction",
            Action="lambda:InvokeFunction",
            Principal="events.amazonaws.com",
            SourceArn=f"arn:aws:events:{REGION}:{CENTRAL}:rule/{rule}",
        )
    purge_dead_letters(organization)


@lasting
def functions_with_another_environment(organization: Organization) -> Iterator[None]:
    """Somebody has changed the functions' environments by hand."""
    functions, kept = organization.client("lambda"), {}
    for name in FUNCTIONS:
        kept[name] = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        wrong = {key: value for key, value in kept[name].items() if key != "STATE_TABLE_NAME"}
        functions.update_function_configuration(FunctionName=name, Environment={"Variables": wrong})
    something_of_every_kind(organization)
    yield
    for name, variables in kept.items():
        functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
    organization.aws.advance(COME_AGAIN)


@lasting
def no_concurrency(organization: Organization) -> Iterator[None]:
    """The functions get none of the account's concurrency."""
    functions = organization.client("lambda")
    for name in FUNCTIONS:
        functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    something_of_every_kind(organization)
    yield
    for name in FUNCTIONS:
        functions.delete_function_concurrency(FunctionName=name)
    organization.aws.advance(COME_AGAIN)


@lasting
def queues_that_nobody_reads(organization: Organization) -> Iterator[None]:
    """Somebody has switched the event source mappings off."""
    functions = organization.client("lambda")
    mappings = [one["UUID"] for one in functions.list_event_source_mappings()["EventSourceMappings"]]
    for mapping in mappings:
        functions.update_event_source_mapping(UUID=mapping, Enabled=False)
    something_of_every_kind(organization)
    yield
    for mapping in mappings:
        functions.update_event_source_mapping(UUID=mapping, Enabled=True)


@lasting
def a_bus_that_lets_nobody_in(organization: Organization) -> Iterator[None]:
    """Somebody has taken the central bus's policy away."""
    events = organization.client("events")
    policy = events.describe_event_bus(Name=BUS)["Policy"]
    events.remove_permission(EventBusName=BUS, RemoveAllPermissions=True)
    something_of_every_kind(organization)
    yield
    events.put_permission(EventBusName=BUS, Policy=policy)
    purge(organization, "fargate-spot-forward-dlq", account=ORDERS)


@lasting
def no_heartbeats(organization: Organization) -> Iterator[None]:
    """Somebody has switched the forward rule off."""
    events = organization.client("events", ORDERS)
    events.disable_rule(Name="fargate-spot-heartbeat-forward")
    yield
    events.enable_rule(Name="fargate-spot-heartbeat-forward")


@lasting
def capacity_that_runs_out(organization: Organization) -> Iterator[None]:
    """Spot and, for half an hour, on-demand capacity too; at first the functions may tell nobody."""
    aws, iam = organization.aws, organization.client("iam")
    for name in FUNCTIONS:
        iam.put_role_policy(RoleName=name, PolicyName="denied", PolicyDocument=deny("events:PutEvents", "sns:Publish"))
    for provider in ("FARGATE_SPOT", "FARGATE"):
        aws.set_spot_capacity(ORDERS, REGION, 0, provider)
    aws.advance(10 * MINUTE)
    for name in FUNCTIONS:
        iam.delete_role_policy(RoleName=name, PolicyName="denied")
    aws.advance(20 * MINUTE)
    aws.set_spot_capacity(ORDERS, REGION, None, "FARGATE")
    yield
    aws.set_spot_capacity(ORDERS, REGION, None)


@lasting
def a_restore_that_somebody_overrules(organization: Organization) -> Iterator[None]:
    """They put the service back on on-demand capacity while its restore is proving."""
    service_arn = f"arn:aws:ecs:{REGION}:{ORDERS}:service/shop/web"
    organization.synthetic(service_arn)
    organization.aws.advance(MINUTE)
    assert organization.strategy("shop") == FALLBACK
    for _ in range(60):
        organization.aws.advance(30)
        if organization.strategy("shop") == SPOT:
            break
    organization.client("ecs", ORDERS).update_service(
        cluster="shop", service="web", forceNewDeployment=True, capacityProviderStrategy=FALLBACK
    )
    yield
    organization.client("ecs", ORDERS).update_service(
        cluster="shop", service="web", forceNewDeployment=True, capacityProviderStrategy=SPOT
    )
