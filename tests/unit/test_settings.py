"""The environment of a function: complete or refused, and the complaint names the variable."""

from __future__ import annotations

import json

import pytest

from spot_failover.core.errors import SettingsError
from spot_failover.core.notification_format import Format
from spot_failover.core.policy import Policy
from spot_failover.settings import Settings
from tests.unit.policy_text import policy_object

QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/fargate-spot-interruption-queue-dlq"
ENVIRONMENT = {
    "STATE_TABLE_NAME": "ecs_cp_restore_state",
    "AUTOMATION_ROLE_NAME": "CentralSpotAutomationRole",
    "EXTERNAL_ID": "ecs-spot-failover",
    "CENTRAL_ACCOUNT_ID": "123456789012",
    "EVENT_BUS_NAME": "ecs-spot-failover",
    "DEAD_LETTER_QUEUE_URL": QUEUE,
    "POLICY": json.dumps(policy_object()),
}


def test_all_that_a_queue_function_needs() -> None:
    settings = Settings.from_env(ENVIRONMENT | {"UNRELATED": "x"}, reads_queue=True)
    assert settings == Settings(
        state_table="ecs_cp_restore_state",
        automation_role="CentralSpotAutomationRole",
        external_id="ecs-spot-failover",
        central_account="123456789012",
        event_bus="ecs-spot-failover",
        policy=Policy(),
        dead_letter_queue_url=QUEUE,
    )


@pytest.mark.parametrize("name", sorted(ENVIRONMENT))
def test_a_missing_variable_is_named(name: str) -> None:
    environment = {key: value for key, value in ENVIRONMENT.items() if key != name}
    with pytest.raises(SettingsError, match=f"^{name}: missing"):
        Settings.from_env(environment, reads_queue=True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STATE_TABLE_NAME", ""),
        ("STATE_TABLE_NAME", "a table"),
        ("AUTOMATION_ROLE_NAME", "arn:aws:iam::111111111111:role/x"),
        ("AUTOMATION_ROLE_NAME", "platform/"),
        ("EXTERNAL_ID", "x"),
        ("EXTERNAL_ID", "with space"),
        ("CENTRAL_ACCOUNT_ID", "1234"),
        ("CENTRAL_ACCOUNT_ID", "123456789012\n"),
        ("DEAD_LETTER_QUEUE_URL", "fargate-spot-interruption-queue-dlq"),
        ("EVENT_BUS_NAME", ""),
        ("EVENT_BUS_NAME", "a bus"),
        ("NOTIFICATION_TOPIC_ARN", "on-call@example.com"),
        ("NOTIFICATION_FORMAT", "html"),
        ("POLICY", ""),
        ("POLICY", "{}"),
    ],
)
def test_a_wrong_variable_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name}"):
        Settings.from_env(ENVIRONMENT | {name: value}, reads_queue=True)


def test_the_restore_function_has_no_queue() -> None:
    environment = {key: value for key, value in ENVIRONMENT.items() if key != "DEAD_LETTER_QUEUE_URL"}
    assert Settings.from_env(environment, reads_queue=False).dead_letter_queue_url is None


def test_whoever_tells_people_knows_where_and_how() -> None:
    topic = "arn:aws-cn:sns:cn-north-1:123456789012:on-call"
    told = {"NOTIFICATION_TOPIC_ARN": topic, "NOTIFICATION_FORMAT": "chatbot"}
    settings = Settings.from_env(ENVIRONMENT | told, reads_queue=True)
    assert (settings.topic_arn, settings.notification_format) == (topic, Format.CHATBOT)


@pytest.mark.parametrize("role", ["platform/spot/Automation", "Automation+role=1,a.b@c-d_e"])
def test_role_names_may_hold_a_path(role: str) -> None:
    environment = ENVIRONMENT | {"AUTOMATION_ROLE_NAME": role}
    assert Settings.from_env(environment, reads_queue=True).automation_role == role
