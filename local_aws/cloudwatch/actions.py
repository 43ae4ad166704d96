"""What an alarm does when its state changes: it tells SNS topics, and the account's default event bus."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.models import Alarm
from moto.sns.models import sns_backends
from moto.utilities.arns import parse_arn

from local_aws.cloudwatch.evaluation import State
from local_aws.eventbridge.deliveries import DeliveryError, no_permissions, no_resource
from local_aws.eventbridge.permissions import check_service_may
from local_aws.iam.keys import find_key, topic_encryption
from local_aws.world import World

SERVICE = "cloudwatch.amazonaws.com"
KEY_ACTIONS = ("kms:GenerateDataKey", "kms:Decrypt")
"""What CloudWatch needs of a topic's key (SNS developer guide, "Enable compatibility between event sources from AWS
services and encrypted topics")."""


@dataclass(frozen=True)
class Change:
    """A change of an alarm's state. ``time`` is virtual (epoch seconds)."""

    time: float
    account: str
    region: str
    alarm: str
    before: State
    after: State
    reason: str
    told: dict[str, str] = field(default_factory=dict)
    """By action: empty where it was carried out, or why it was not."""

    def as_json(self) -> dict[str, Any]:
        """The same for JSON."""
        return asdict(self)

    def moment(self, pattern: str) -> str:
        """The time as text."""
        return datetime.fromtimestamp(self.time, UTC).strftime(pattern)


def act(world: World, alarm: Alarm, change: Change) -> None:
    """Carry out the actions of the new state. What goes wrong is noted: CloudWatch tells its user of none."""
    for action in _actions(alarm, change.after):
        try:
            _publish(world, alarm, action, change)
            change.told[action] = ""
        except DeliveryError as error:
            change.told[action] = str(error)
    world.emit(
        change.account,
        change.region,
        source="aws.cloudwatch",
        detail_type="CloudWatch Alarm State Change",
        detail=_detail(alarm, change),
        resources=[alarm.alarm_arn],
    )


def _actions(alarm: Alarm, state: State) -> list[str]:
    if not alarm.actions_enabled:
        return []
    return list(
        {
            State.ALARM: alarm.alarm_actions,
            State.OK: alarm.ok_actions,
            State.INSUFFICIENT_DATA: alarm.insufficient_data_actions,
        }[state]
    )


def _publish(world: World, alarm: Alarm, action: str, change: Change) -> None:
    arn = parse_arn(action)
    if arn.service != "sns":
        raise no_resource(f"local_aws carries out no action of {arn.service}: {action}")
    topic = sns_backends[arn.account][arn.region].topics.get(action)
    if topic is None:
        raise no_resource(f"the topic {action} does not exist")
    owner = {"aws:SourceOwner": (change.account,)}  # what a topic's first policy asks for
    check_service_may(world, "sns:Publish", action, topic.policy, alarm.alarm_arn, owner, service=SERVICE)
    if topic.kms_master_key_id:
        _check_key(world, action, alarm.alarm_arn)
    subject = f'{change.after}: "{alarm.name}" in {change.region}'
    topic.publish(json.dumps(_message(alarm, change)), subject=subject[:100])


def _check_key(world: World, topic: str, alarm_arn: str) -> None:
    """CloudWatch cannot use the AWS managed key of SNS, and needs the policy of a customer's key to let it."""
    found = topic_encryption(topic)
    key = find_key(found.key_arn) if found else None
    if found is None or key is None:
        raise no_permissions(f"{topic} is encrypted with a key that CloudWatch cannot use")
    for action in KEY_ACTIONS:
        check_service_may(world, action, key.arn, key.policy, alarm_arn, found.condition_keys(), service=SERVICE)


def _message(alarm: Alarm, change: Change) -> dict[str, Any]:
    """As it arrives from SNS; AWS has the Region's name in words there."""
    return {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.description,
        "AWSAccountId": change.account,
        "NewStateValue": str(change.after),
        "NewStateReason": change.reason,
        "StateChangeTime": change.moment("%Y-%m-%dT%H:%M:%S.000+0000"),
        "Region": change.region,
        "AlarmArn": alarm.alarm_arn,
        "OldStateValue": str(change.before),
        "OKActions": alarm.ok_actions,
        "AlarmActions": alarm.alarm_actions,
        "InsufficientDataActions": alarm.insufficient_data_actions,
        "Trigger": {
            "MetricName": alarm.metric_name,
            "Namespace": alarm.namespace,
            "Dimensions": [{"name": one.name, "value": one.value} for one in alarm.dimensions],
            "Period": alarm.period,
            "EvaluationPeriods": alarm.evaluation_periods,
            "DatapointsToAlarm": alarm.datapoints_to_alarm,
            "ComparisonOperator": alarm.comparison_operator,
            "Threshold": alarm.threshold,
            "TreatMissingData": alarm.treat_missing_data or "missing",
        },
    }


def _detail(alarm: Alarm, change: Change) -> dict[str, Any]:
    """CloudWatch user guide, "Alarm events and EventBridge"."""
    moment = change.moment("%Y-%m-%dT%H:%M:%S.000+0000")
    return {
        "alarmName": alarm.name,
        "configuration": {"description": alarm.description},
        "previousState": {"value": str(change.before)},
        "state": {"value": str(change.after), "reason": change.reason, "timestamp": moment},
    }
