"""What is encrypted with a customer's key needs the key too: by its policy, and by IAM where that lets IAM count.

SQS: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
DynamoDB: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
CloudWatch Logs: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.iam import authorize_role
from tests.local_aws.iam.conftest import HUB, REGION, STRANGER, TEAM, Cloud, document, statement, trust
from tests.local_aws.iam.test_authorization import refusal

QUEUE = f"arn:aws:sqs:{REGION}:{TEAM}:work"
TABLE = f"arn:aws:dynamodb:{REGION}:{TEAM}:table/state"
GROUP = f"arn:aws:logs:{REGION}:{TEAM}:log-group:/app"
LOGS = f"logs.{REGION}.amazonaws.com"
ROOT = {"AWS": f"arn:aws:iam::{TEAM}:root"}
WORKER = {"AWS": f"arn:aws:iam::{TEAM}:role/worker"}
IAM_COUNTS = statement("kms:*", Principal=ROOT)
ITEM = {"id": {"S": "1"}}

SEND, RECEIVE = statement("sqs:SendMessage", Sid="Send"), statement("sqs:ReceiveMessage", Sid="Receive")
ITEMS = statement(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"], Sid="Items")
GENERATE, DECRYPT = "kms:GenerateDataKey", "kms:Decrypt"


def use(*actions: str, **more: Any) -> dict[str, Any]:
    return statement(list(actions), Sid="Use", **more)


def key(cloud: Cloud, *statements: dict[str, Any]) -> str:
    made = cloud.administrator(TEAM).client("kms").create_key(Policy=document(*(statements or (IAM_COUNTS,))))
    return str(made["KeyMetadata"]["Arn"])


def queue(cloud: Cloud, key_id: str) -> str:
    sqs = cloud.administrator(TEAM).client("sqs")
    return str(sqs.create_queue(QueueName="work", Attributes={"KmsMasterKeyId": key_id})["QueueUrl"])


def table(cloud: Cloud, **encryption: Any) -> None:
    key_schema = [{"AttributeName": "id", "KeyType": "HASH"}]
    cloud.administrator(TEAM).client("dynamodb").create_table(
        TableName="state",
        KeySchema=key_schema,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        SSESpecification={"Enabled": True, "SSEType": "KMS", **encryption},
    )


def send(cloud: Cloud, url: str, *allows: dict[str, Any]) -> Any:
    return cloud.session(TEAM, *allows).client("sqs").send_message(QueueUrl=url, MessageBody="m")


def kms_refusal(act: Callable[[], Any]) -> str:
    with pytest.raises(ClientError) as caught:
        act()
    assert caught.value.response["Error"]["Code"] == "KMS.AccessDeniedException"
    return str(caught.value)


@pytest.mark.parametrize(("granted", "missing"), [("sqs:*", GENERATE), (GENERATE, DECRYPT), (DECRYPT, GENERATE)])
def test_who_sends_must_be_allowed_to_generate_data_keys_and_to_decrypt_them(
    cloud: Cloud, granted: str, missing: str
) -> None:
    url = queue(cloud, key(cloud))
    message = kms_refusal(lambda: send(cloud, url, SEND, use(granted)))
    assert f"no identity-based policy allows the {missing} action" in message


def test_who_sends_with_both_permissions_sends(cloud: Cloud) -> None:
    made = key(cloud)
    url = queue(cloud, made)

    send(cloud, url, SEND, use(GENERATE, DECRYPT, Resource=made))

    grounds = [cloud.decisions(action)[0]["grounds"] for action in (GENERATE, DECRYPT)]
    statements = [[ground["statement"].rpartition("/")[2] for ground in found] for found in grounds]
    assert statements == [["Use", "0"]] * 2


def test_who_receives_needs_to_decrypt_and_nothing_else_of_the_key(cloud: Cloud) -> None:
    url = queue(cloud, key(cloud))

    def receive(name: str, *allows: dict[str, Any]) -> Any:
        return cloud.session(TEAM, RECEIVE, *allows, name=name).client("sqs").receive_message(QueueUrl=url)

    kms_refusal(lambda: receive("without"))
    receive("with", use(DECRYPT))


def test_a_batch_of_messages_needs_the_key_too(cloud: Cloud) -> None:
    url = queue(cloud, key(cloud))
    sqs = cloud.session(TEAM, SEND).client("sqs")
    kms_refusal(lambda: sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": "1", "MessageBody": "m"}]))


def test_who_publishes_to_an_encrypted_topic_needs_both_permissions_on_its_key(cloud: Cloud) -> None:
    made = key(cloud)
    sns = cloud.administrator(TEAM).client("sns")
    arn = sns.create_topic(Name="people", Attributes={"KmsMasterKeyId": made})["TopicArn"]
    told = statement("sns:Publish", Sid="Tell")

    def publish(name: str, *allows: dict[str, Any]) -> Any:
        return cloud.session(TEAM, told, *allows, name=name).client("sns").publish(TopicArn=arn, Message="m")

    with pytest.raises(ClientError, match=DECRYPT):
        publish("without", use(GENERATE))
    publish("with", use(GENERATE, DECRYPT, Resource=made))


def test_what_reads_no_message_needs_no_key(cloud: Cloud) -> None:
    url = queue(cloud, key(cloud))
    keys = cloud.session(TEAM, statement(["sqs:GetQueueAttributes", "sqs:PurgeQueue", "sqs:DeleteMessage"]))
    keys.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    keys.client("sqs").purge_queue(QueueUrl=url)


def test_a_key_may_be_given_by_its_id_or_by_its_alias(cloud: Cloud) -> None:
    made = key(cloud)
    kms = cloud.administrator(TEAM).client("kms")
    kms.create_alias(AliasName="alias/queues", TargetKeyId=made)
    sqs = cloud.administrator(TEAM).client("sqs")
    url = queue(cloud, made.rpartition("/")[2])
    worker = cloud.session(TEAM, SEND).client("sqs")
    for identifier in (made.rpartition("/")[2], "alias/queues", made.rpartition(":")[0] + ":alias/queues"):
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"KmsMasterKeyId": identifier})
        assert made in kms_refusal(lambda: worker.send_message(QueueUrl=url, MessageBody="m"))


def test_the_key_that_aws_manages_is_for_everyone_of_the_account(cloud: Cloud) -> None:
    send(cloud, queue(cloud, "alias/aws/sqs"), SEND)
    table(cloud)
    cloud.session(TEAM, ITEMS, name="other").client("dynamodb").put_item(TableName="state", Item=ITEM)


def test_without_the_account_in_its_policy_iam_counts_for_nothing(cloud: Cloud) -> None:
    named = statement("kms:*", Principal={"AWS": f"arn:aws:iam::{TEAM}:role/other"})
    url = queue(cloud, key(cloud, named))
    assert "no resource-based policy allows" in kms_refusal(lambda: send(cloud, url, SEND, use("kms:*")))


def test_a_policy_that_names_the_role_is_enough(cloud: Cloud) -> None:
    cloud.role(TEAM, "worker", [trust({"AWS": HUB})], SEND)
    url = queue(cloud, key(cloud, use(GENERATE, DECRYPT, Principal=WORKER)))
    keys = cloud.root.assume(WORKER["AWS"])
    keys.client("sqs").send_message(QueueUrl=url, MessageBody="m")
    assert [ground["kind"] for ground in cloud.decisions(DECRYPT)[0]["grounds"]] == ["resource"]


def test_a_deny_of_the_policy_wins_over_iam(cloud: Cloud) -> None:
    url = queue(cloud, key(cloud, IAM_COUNTS, use(DECRYPT, Effect="Deny", Principal="*")))
    assert "explicit deny" in kms_refusal(lambda: send(cloud, url, SEND, use("kms:*")))


@pytest.mark.parametrize(
    ("condition", "passes"),
    [
        ({"StringEquals": {"kms:ViaService": f"sqs.{REGION}.amazonaws.com"}}, True),
        ({"StringEquals": {"kms:ViaService": f"dynamodb.{REGION}.amazonaws.com"}}, False),
        ({"StringEquals": {"kms:EncryptionContext:aws:sqs:arn": QUEUE}}, True),
        ({"StringEquals": {"kms:EncryptionContext:aws:sqs:arn": f"{QUEUE}-dlq"}}, False),
        ({"StringEquals": {"kms:CallerAccount": TEAM}}, True),
        ({"StringEquals": {"kms:CallerAccount": STRANGER}}, False),
    ],
)
def test_the_use_can_be_narrowed_to_a_service_a_queue_and_an_account(
    cloud: Cloud, condition: dict[str, Any], passes: bool
) -> None:
    url = queue(cloud, key(cloud))
    allows = (SEND, use(GENERATE, DECRYPT, Condition=condition))
    if passes:
        send(cloud, url, *allows)
    else:
        kms_refusal(lambda: send(cloud, url, *allows))


def test_a_key_that_is_disabled_or_gone_is_of_no_use(cloud: Cloud) -> None:
    made = key(cloud)
    url = queue(cloud, made)
    cloud.administrator(TEAM).client("kms").disable_key(KeyId=made.rpartition("/")[2])
    assert "the key is Disabled" in kms_refusal(lambda: send(cloud, url, SEND, use("kms:*")))
    gone = made.rpartition("/")[0] + "/00000000-0000-0000-0000-000000000000"
    cloud.administrator(TEAM).client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"KmsMasterKeyId": gone})
    worker = cloud.root.assume(WORKER["AWS"]).client("sqs")
    assert "no such key" in kms_refusal(lambda: worker.send_message(QueueUrl=url, MessageBody="m"))


def test_items_need_the_key_of_their_table_in_the_name_of_whoever_reads_or_writes(cloud: Cloud) -> None:
    table(cloud, KMSMasterKeyId=key(cloud))
    context = {
        "kms:ViaService": f"dynamodb.{REGION}.amazonaws.com",
        "kms:EncryptionContext:aws:dynamodb:tableName": "state",
        "kms:EncryptionContext:aws:dynamodb:subscriberId": TEAM,
    }
    allowed = use(DECRYPT, Condition={"StringEquals": context})
    reader = cloud.session(TEAM, ITEMS, allowed, name="reader").client("dynamodb")
    other = cloud.session(TEAM, ITEMS, use(GENERATE), name="other").client("dynamodb")

    reader.put_item(TableName="state", Item=ITEM)
    assert reader.get_item(TableName="state", Key=ITEM)["Item"] == ITEM
    for act in (
        lambda: other.put_item(TableName="state", Item=ITEM),
        lambda: other.get_item(TableName="state", Key=ITEM),
        lambda: other.query(
            TableName="state", KeyConditionExpression="id = :i", ExpressionAttributeValues={":i": {"S": "1"}}
        ),
    ):
        caught = refusal(act)
        assert caught.response["Error"]["Code"] == "AccessDeniedException"
        assert "kms:Decrypt" in str(caught)


def test_an_index_is_encrypted_as_its_table(cloud: Cloud) -> None:
    table(cloud, KMSMasterKeyId=key(cloud))
    role = cloud.role(TEAM, "reader", [trust({"AWS": HUB})], ITEMS)
    assert "kms:Decrypt" in authorize_role(cloud.world, role, "dynamodb:Query", f"{TABLE}/index/due").reason


def test_whoever_makes_a_table_must_be_allowed_to_make_grants_on_its_key(cloud: Cloud) -> None:
    made = key(
        cloud, statement(["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:Gen*", "kms:Re*"], Principal=ROOT)
    )
    assert "kms:CreateGrant" in str(refusal(lambda: table(cloud, KMSMasterKeyId=made)))


def logs_statement(group: str = GROUP, **more: Any) -> dict[str, Any]:
    condition = {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": group}}
    actions = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    return statement(actions, Principal={"Service": LOGS}, Condition=condition, **more)


@pytest.mark.parametrize("admitted", [(), (logs_statement(f"{GROUP}-other"),)])
def test_a_log_group_is_not_made_with_a_key_whose_policy_leaves_out_cloudwatch_logs(
    cloud: Cloud, admitted: tuple[dict[str, Any], ...]
) -> None:
    made = key(cloud, IAM_COUNTS, *admitted)
    logs = cloud.administrator(TEAM).client("logs")

    caught = refusal(lambda: logs.create_log_group(logGroupName="/app", kmsKeyId=made))

    told = f"The specified KMS key does not exist or is not allowed to be used with Arn '{GROUP}'"
    assert caught.response["Error"] == {"Code": "AccessDeniedException", "Message": told}
    assert logs.describe_log_groups()["logGroups"] == []


def test_cloudwatch_logs_uses_the_key_itself_and_the_writer_needs_no_permission_on_it(cloud: Cloud) -> None:
    made = key(cloud, IAM_COUNTS, logs_statement())
    logs = cloud.administrator(TEAM).client("logs")
    logs.create_log_group(logGroupName="/app", kmsKeyId=made)
    logs.create_log_stream(logGroupName="/app", logStreamName="s")
    line = {"timestamp": int(cloud.world.clock.now() * 1000), "message": "m"}
    writer = cloud.session(TEAM, statement("logs:PutLogEvents")).client("logs")

    writer.put_log_events(logGroupName="/app", logStreamName="s", logEvents=[line])

    assert [entry["principal"] for entry in cloud.decisions(GENERATE)][-1] == LOGS
    cloud.administrator(TEAM).client("kms").put_key_policy(
        KeyId=made, PolicyName="default", Policy=document(IAM_COUNTS)
    )
    refusal(lambda: writer.put_log_events(logGroupName="/app", logStreamName="s", logEvents=[line]))
    refusal(lambda: logs.filter_log_events(logGroupName="/app"))


def test_a_service_in_a_roles_name_needs_the_key_as_the_role_would(cloud: Cloud) -> None:
    made = key(cloud)
    queue(cloud, made)
    reads = statement(["sqs:ReceiveMessage", "sqs:GetQueueAttributes", "sqs:DeleteMessage"])
    without = cloud.role(TEAM, "without", [trust({"Service": "lambda.amazonaws.com"})], reads)
    worker = cloud.role(
        TEAM, "worker", [trust({"Service": "lambda.amazonaws.com"})], reads, use(DECRYPT, Resource=made)
    )

    assert "kms:Decrypt" in authorize_role(cloud.world, without, "sqs:ReceiveMessage", QUEUE).reason
    assert authorize_role(cloud.world, without, "sqs:DeleteMessage", QUEUE).allowed
    assert authorize_role(cloud.world, worker, "sqs:ReceiveMessage", QUEUE).allowed
