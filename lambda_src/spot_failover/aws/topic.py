"""The SNS topic by which people are told."""

from __future__ import annotations

from typing import Any

from spot_failover.aws.errors import Call, translated
from spot_failover.core.notification import Notification
from spot_failover.core.notification_format import Format


class SnsTopic:
    """The port `Topic` on SNS."""

    def __init__(self, sns: Any, arn: str, written: Format) -> None:
        self._sns = sns
        self._arn = arn
        self._format = written

    def publish(self, notification: Notification) -> None:
        """See `Topic.publish`."""
        message: dict[str, Any] = {"TopicArn": self._arn, "Message": notification.body(self._format)}
        if self._format is Format.TEXT:
            message["Subject"] = notification.subject
        with translated(Call("sns:Publish", f"topic {self._arn}")):
            self._sns.publish(**message)
