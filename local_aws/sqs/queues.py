"""Queue attributes at a cost that stays small as a queue grows, and those that moto leaves out."""

from __future__ import annotations

import json
from typing import Any

from moto.core.utils import unix_time_millis
from moto.sqs.models import Message, Queue, SQSBackend, sqs_backends

_COUNTS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
)
_set_attributes = Queue._set_attributes
_send_message = SQSBackend.send_message


def install() -> None:
    """Replace the properties that look at every message several times, each time asking for the time."""
    Queue.attributes = property(_attributes)  # type: ignore[assignment,method-assign]
    Queue.messages = property(_messages)  # type: ignore[assignment,method-assign]
    Queue._set_attributes = _set_attributes_and_allow_policy  # type: ignore[method-assign]
    SQSBackend.send_message = _send_and_count  # type: ignore[method-assign]
    Queue.sent = 0  # type: ignore[attr-defined]
    if "RedriveAllowPolicy" not in Queue.BASE_ATTRIBUTES:
        Queue.BASE_ATTRIBUTES.append("RedriveAllowPolicy")
    Queue.redrive_allow_policy = None  # type: ignore[attr-defined]


def depths() -> list[dict[str, Any]]:
    """How many messages every queue of every account holds: all, of them delayed ones and those in flight.

    ``sent``: how many anybody has ever sent to it, those not among them that SQS itself moved there or gave out again.
    """
    found = []
    for account in list(sqs_backends.values()):
        for backend in list(account.values()):
            for queue in list(backend.queues.values()):
                _, delayed, in_flight = counts(queue).values()
                place = {"account": queue.account_id, "region": queue.region, "name": queue.name}
                held = {"messages": len(queue._messages), "delayed": delayed, "in_flight": in_flight}
                sent: int = queue.sent  # type: ignore[attr-defined]
                found.append({**place, **held, "sent": sent})
    return found


def _messages(self: Queue) -> list[Message]:
    now = unix_time_millis()
    return [one for one in self._messages if one.visible_at < now and one.delayed_until <= now]


def _attributes(self: Queue) -> dict[str, Any]:
    names = [*self.BASE_ATTRIBUTES, *(self.FIFO_ATTRIBUTES if self.fifo_queue else [])]
    if self.kms_master_key_id:  # type: ignore[attr-defined]
        names += self.KMS_ATTRIBUTES
    found = counts(self)
    for name in names:
        if name not in _COUNTS:
            value = getattr(self, _FIELDS[name])
            found[name] = str(value).lower() if isinstance(value, bool) else value
    if self.redrive_policy:
        found["RedrivePolicy"] = json.dumps(self.redrive_policy, separators=(",", ":"))
    return found


def counts(queue: Queue) -> dict[str, Any]:
    """How many messages can be received, are delayed, and are in flight."""
    now, visible, delayed, in_flight = unix_time_millis(), 0, 0, 0
    for message in queue._messages:
        if message.visible_at >= now:
            in_flight += 1
        elif message.delayed_until > now:
            delayed += 1
        else:
            visible += 1
    return dict(zip(_COUNTS, (visible, delayed, in_flight), strict=True))


def _set_attributes_and_allow_policy(self: Queue, attributes: dict[str, Any], now: float | None = None) -> None:
    """Moto forgets a queue's policy whenever other attributes are set."""
    kept = {} if "Policy" in attributes or not self.__dict__.get("_policy_json") else {"Policy": self.policy}
    _set_attributes(self, {**kept, **attributes}, now)


def _send_and_count(self: SQSBackend, queue_name: str, *rest: Any, **named: Any) -> Message:
    message = _send_message(self, queue_name, *rest, **named)
    self.get_queue(queue_name).sent += 1  # type: ignore[attr-defined]
    return message


def _snake(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name).lstrip("_")


_FIELDS = {
    name: _snake(name)
    for name in (*Queue.BASE_ATTRIBUTES, *Queue.FIFO_ATTRIBUTES, *Queue.KMS_ATTRIBUTES, "RedriveAllowPolicy")
}
