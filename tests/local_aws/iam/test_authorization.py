"""What a role's policies let its sessions do, and how a refusal looks to boto3."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.iam import authorize_role
from tests.local_aws.iam.conftest import (
    HUB,
    MIDDAY,
    REGION,
    STRANGER,
    TEAM,
    Cloud,
    Keys,
    document,
    statement,
    trust,
)

Act = Callable[[], Any]


def refusal(act: Act) -> ClientError:
    with pytest.raises(ClientError) as caught:
        act()
    assert caught.value.response["Error"]["Code"] in {"AccessDenied", "AccessDeniedException"}
    return caught.value


def code(act: Act) -> str:
    with pytest.raises(ClientError) as caught:
        act()
    return str(caught.value.response["Error"]["Code"])


# Each refused call with what AWS answers it by the service's protocol.
REFUSED_CALLS = [
    ("ecs", "list_clusters", {}, "AccessDeniedException", 400),
    ("dynamodb", "get_item", {"TableName": "t", "Key": {"id": {"S": "1"}}}, "AccessDeniedException", 400),
    ("events", "describe_rule", {"Name": "r"}, "AccessDeniedException", 400),
    ("logs", "describe_log_groups", {}, "AccessDeniedException", 400),
    ("lambda", "get_function", {"FunctionName": "f"}, "AccessDeniedException", 403),
    ("lambda", "list_functions", {}, "AccessDeniedException", 403),
    ("scheduler", "get_schedule", {"Name": "s"}, "AccessDeniedException", 403),
    ("sqs", "send_message", {"QueueUrl": f"https://sqs/{TEAM}/q", "MessageBody": "m"}, "AccessDenied", 400),
    ("sns", "publish", {"TopicArn": f"arn:aws:sns:{REGION}:{TEAM}:t", "Message": "m"}, "AccessDenied", 403),
    ("sts", "assume_role", {"RoleArn": f"arn:aws:iam::{HUB}:role/r", "RoleSessionName": "test"}, "AccessDenied", 403),
    ("iam", "list_roles", {}, "AccessDenied", 403),
    ("s3", "list_buckets", {}, "AccessDenied", 403),
    ("cloudwatch", "list_metrics", {}, "AccessDenied", 400),
]


@pytest.mark.parametrize(("service", "method", "arguments", "error", "status"), REFUSED_CALLS)
def test_a_refusal_has_the_services_own_form(
    cloud: Cloud, service: str, method: str, arguments: dict[str, Any], error: str, status: int
) -> None:
    client = cloud.session(TEAM, statement("ecs:RunTask")).client(service)
    caught = refusal(lambda: getattr(client, method)(**arguments))
    assert caught.response["Error"]["Code"] == error
    assert caught.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert f"User: arn:aws:sts::{TEAM}:assumed-role/worker/test is not authorized to perform: " in str(caught)


def test_a_refusal_tells_action_resource_and_why(cloud: Cloud) -> None:
    ecs = cloud.session(TEAM, statement("ecs:ListClusters")).client("ecs")
    resource = f"arn:aws:ecs:{REGION}:{TEAM}:service/prod/web"
    message = refusal(lambda: ecs.update_service(cluster="prod", service="web")).response["Error"]["Message"]
    assert message == (
        f"User: arn:aws:sts::{TEAM}:assumed-role/worker/test is not authorized to perform: ecs:UpdateService "
        f"on resource: {resource} because no identity-based policy allows the ecs:UpdateService action"
    )


def test_the_first_accounts_unknown_keys_are_its_administrator(cloud: Cloud) -> None:
    cloud.root.client("ssm").put_parameter(Name="p", Value="v", Type="String")
    assert cloud.root.client("sts").get_caller_identity()["Account"] == HUB


def test_an_administrator_may_call_what_no_table_knows(cloud: Cloud) -> None:
    cloud.administrator(TEAM).client("ssm").put_parameter(Name="p", Value="v", Type="String")


@pytest.mark.parametrize(
    "statements",
    [
        [statement("ssm:*", "arn:aws:ssm:*")],
        [statement("*", Condition={"StringEquals": {"aws:RequestedRegion": REGION}})],
        [statement("*"), statement("ssm:Put*", "arn:aws:ssm:*") | {"Effect": "Deny"}],
    ],
)
def test_what_no_table_knows_is_refused_to_everyone_else(cloud: Cloud, statements: list[dict[str, Any]]) -> None:
    ssm = cloud.session(TEAM, *statements).client("ssm")
    error = refusal(lambda: ssm.put_parameter(Name="p", Value="v", Type="String"))
    assert "no table row" in str(error)


def test_get_caller_identity_needs_no_permission_and_knows_no_deny(cloud: Cloud) -> None:
    keys = cloud.session(TEAM, statement("*") | {"Effect": "Deny"})
    assert keys.client("sts").get_caller_identity()["Arn"] == f"arn:aws:sts::{TEAM}:assumed-role/worker/test"


def test_a_session_ends_when_its_time_is_up(cloud: Cloud) -> None:
    keys = cloud.session(TEAM, statement("*"))
    cloud.travel.move_to(MIDDAY + 3599)
    keys.client("ecs").list_clusters()
    cloud.travel.move_to(MIDDAY + 3600)
    assert code(keys.client("ecs").list_clusters) == "ExpiredTokenException"
    assert code(keys.client("sts").get_caller_identity) == "ExpiredToken"


def test_keys_nobody_issued_are_refused(cloud: Cloud) -> None:
    issued = cloud.session(TEAM, statement("*"))
    for keys in (
        Keys("ASIA0000000000000000"),
        Keys(issued.aws_access_key_id, "x", "wrong"),
        Keys(issued.aws_access_key_id),
    ):
        assert code(keys.client("ecs").list_clusters) == "UnrecognizedClientException"
        assert code(keys.client("sts").get_caller_identity) == "InvalidClientTokenId"


def test_a_session_of_a_deleted_role_is_refused(cloud: Cloud) -> None:
    keys = cloud.session(TEAM, statement("*"))
    client = cloud.administrator(TEAM).client("iam")
    client.delete_role_policy(RoleName="worker", PolicyName="own")
    client.delete_role(RoleName="worker")
    assert code(keys.client("ecs").list_clusters) == "UnrecognizedClientException"


def test_policies_count_as_they_are_now_inline_and_attached(cloud: Cloud) -> None:
    keys = cloud.session(TEAM)
    refusal(keys.client("ecs").list_clusters)
    client = cloud.administrator(TEAM).client("iam")
    arn = client.create_policy(PolicyName="look", PolicyDocument=document(statement("ecs:List*")))["Policy"]["Arn"]
    client.attach_role_policy(RoleName="worker", PolicyArn=arn)
    keys.client("ecs").list_clusters()
    client.create_policy_version(PolicyArn=arn, PolicyDocument=document(statement("sqs:*")), SetAsDefault=True)
    refusal(keys.client("ecs").list_clusters)


def test_a_permissions_boundary_caps_what_a_role_may_do(cloud: Cloud) -> None:
    client = cloud.administrator(TEAM).client("iam")
    boundary = client.create_policy(PolicyName="cap", PolicyDocument=document(statement("ecs:*")))["Policy"]["Arn"]
    cloud.role(TEAM, "capped", [trust({"AWS": HUB})], statement("*"), PermissionsBoundary=boundary)
    keys = cloud.root.assume(f"arn:aws:iam::{TEAM}:role/capped")
    keys.client("ecs").list_clusters()
    assert "no permissions boundary allows" in str(refusal(keys.client("sqs").list_queues))
    refusal(keys.client("ssm").describe_parameters)


def test_a_session_policy_caps_what_a_session_may_do(cloud: Cloud) -> None:
    cloud.role(TEAM, "worker", [trust({"AWS": HUB})], statement("*"))
    policy = document(statement("ecs:ListClusters"))
    keys = cloud.root.assume(f"arn:aws:iam::{TEAM}:role/worker", Policy=policy)
    keys.client("ecs").list_clusters()
    assert "no session policy allows" in str(refusal(keys.client("sqs").list_queues))


def test_a_policy_that_cannot_be_evaluated_allows_nothing_and_says_why(cloud: Cloud) -> None:
    condition = {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
    keys = cloud.session(TEAM, statement("*"), statement("*", Condition=condition))
    assert "'own', statement 1: condition operator 'IpAddress'" in str(refusal(keys.client("ecs").list_clusters))


def test_users_have_their_own_and_their_groups_policies(cloud: Cloud) -> None:
    client = cloud.administrator(TEAM).client("iam")
    client.create_user(UserName="ann")
    client.create_group(GroupName="lookers")
    client.put_group_policy(GroupName="lookers", PolicyName="look", PolicyDocument=document(statement("ecs:List*")))
    made = client.create_access_key(UserName="ann")["AccessKey"]
    keys = Keys(made["AccessKeyId"], made["SecretAccessKey"])
    refusal(keys.client("ecs").list_clusters)
    client.add_user_to_group(UserName="ann", GroupName="lookers")
    keys.client("ecs").list_clusters()
    refusal(keys.client("sqs").list_queues)


def test_the_log_tells_which_statement_decided(cloud: Cloud) -> None:
    keys = cloud.session(TEAM, statement("ecs:ListClusters", Sid="Look"))
    keys.client("ecs").list_clusters()
    refusal(keys.client("ecs").list_task_definitions)
    who = {"time": MIDDAY, "principal": f"arn:aws:sts::{TEAM}:assumed-role/worker/test", "account": TEAM}
    told = [{name: entry[name] for name in entry if name != "grounds"} for entry in cloud.decisions("ecs:ListClusters")]
    assert told == [who | {"action": "ecs:ListClusters", "resource": "*", "decision": "allow", "statement": "own/Look"}]
    assert [entry["decision"] for entry in cloud.decisions("ecs:ListTaskDefinitions")] == ["implicit deny"]
    with pytest.raises(ValueError, match="colour"):
        cloud.world.control.call("GET", "authorizations", {"colour": "red"})


def test_a_queue_of_another_account_needs_its_own_policy_and_the_callers(cloud: Cloud) -> None:
    sqs = cloud.administrator(HUB).client("sqs")
    url = sqs.create_queue(QueueName="work")["QueueUrl"]
    queue = f"arn:aws:sqs:{REGION}:{HUB}:work"
    allowed = cloud.role(TEAM, "allowed", [trust({"AWS": HUB})], statement("sqs:SendMessage", queue))
    mute = cloud.role(TEAM, "mute", [trust({"AWS": HUB})], statement("ecs:*"))

    def may(role: str) -> bool:
        return authorize_role(cloud.world, role, "sqs:SendMessage", queue).allowed

    assert not may(allowed)
    everyone = {"Effect": "Allow", "Principal": {"AWS": TEAM}, "Action": "sqs:SendMessage", "Resource": queue}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": document(everyone)})
    assert may(allowed)
    assert not may(mute)


def test_within_an_account_a_queue_policy_alone_is_enough_and_its_deny_wins(cloud: Cloud) -> None:
    sqs = cloud.administrator(HUB).client("sqs")
    queue, role = f"arn:aws:sqs:{REGION}:{HUB}:work", f"arn:aws:iam::{HUB}:role/worker"
    url = sqs.create_queue(QueueName="work")["QueueUrl"]
    keys = cloud.session(HUB)
    named = {"Effect": "Allow", "Principal": {"AWS": role}, "Action": "sqs:SendMessage", "Resource": queue}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": document(named)})
    keys.client("sqs").send_message(QueueUrl=url, MessageBody="m")
    keys.client("sqs").send_message_batch(QueueUrl=url, Entries=[{"Id": "1", "MessageBody": "m"}])
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": document(named, named | {"Effect": "Deny"})})
    error = refusal(lambda: keys.client("sqs").send_message(QueueUrl=url, MessageBody="m"))
    assert "explicit deny in a resource-based policy" in str(error)


def test_a_bus_of_another_account_asks_its_policy_about_source_detail_type_and_organization(cloud: Cloud) -> None:
    bus = f"arn:aws:events:{REGION}:{HUB}:event-bus/central"
    policy = {
        "Sid": "Forward",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "events:PutEvents",
        "Resource": bus,
        "Condition": {
            "StringEquals": {"aws:PrincipalOrgID": "o-exampleorg1"},
            "ForAllValues:StringEquals": {"events:source": "aws.ecs"},
            "Null": {"events:source": "false"},
        },
    }
    events = cloud.administrator(HUB).client("events")
    events.create_event_bus(Name="central")
    events.put_permission(EventBusName="central", Policy=json.dumps({"Version": "2012-10-17", "Statement": [policy]}))

    def may(account: str, **context: tuple[str, ...]) -> bool:
        keys = {f"events:{name}": values for name, values in context.items()}
        role = f"arn:aws:iam::{account}:role/forward"
        return authorize_role(cloud.world, role, "events:PutEvents", bus, keys).allowed

    for account in (TEAM, STRANGER):
        cloud.role(account, "forward", [trust({"Service": "events.amazonaws.com"})], statement("events:PutEvents", bus))
    assert may(TEAM, source=("aws.ecs",))
    assert not may(TEAM, source=("my.app",))
    assert not may(TEAM)
    assert not may(STRANGER, source=("aws.ecs",))


def test_a_role_that_does_not_exist_may_do_nothing(cloud: Cloud) -> None:
    verdict = authorize_role(cloud.world, f"arn:aws:iam::{TEAM}:role/gone", "sqs:SendMessage", "*")
    assert not verdict.allowed
    assert "does not exist" in verdict.reason
