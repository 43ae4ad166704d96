"""What became of every message: what local_aws delivered on one side, what functions made of it on the other."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from tests.soak.deployed import Function

STEPS = frozenset({("close", "RESTORED"), ("close", "RESTORED_AT_ZERO"), ("close", "SUPERSEDED")})
"""Decisions after which the same event is decided about again, beside every `confirm` and `give_up`."""


FEW, BURIED = 3, 0.005
"""Messages that SQS may have moved to dead-letter queues: so many and this share of all. Months have 0.0015 at most,
beside those whose account let nobody in."""
RECEIVES = 10
"""So often a message is received before SQS moves it there."""
LIFE = 7200.0
"""Seconds at most from an event to the last of these receives, however late it came."""
DENIED = "AccessDeniedError"
Mark = tuple[str, str]
"""What a message is known by (see `mark`), and the reason for which it is rejected."""


class Outcome(StrEnum):
    """How an invocation ended."""

    OK = "ok"
    ERROR = "error"
    KILLED = "killed"


@dataclass(frozen=True)
class Invocation:
    """One run of a function. `messages` are the ids of what it got from its queue, `failed` those that come again."""

    function: str
    queue: str
    """Empty for one that a schedule started."""
    outcome: Outcome
    messages: Sequence[str]
    failed: Sequence[str]
    decisions: Sequence[Mapping[str, Any]]
    """The lines that it logged about them, or, without a queue, at all."""
    others: Sequence[Mapping[str, Any]] = ()
    """What it logged beside."""

    @classmethod
    def of(
        cls,
        function: Function,
        from_queue: bool,
        outcome: Outcome,
        messages: Sequence[str],
        failed: Sequence[str],
        decisions: Sequence[Mapping[str, Any]],
    ) -> Invocation:
        """One of a deployed function, with all that it logged."""
        if not from_queue:
            return cls(function.name, "", outcome, (), (), decisions)
        ends = [line for line in decisions if function.is_end(line)]
        others = [line for line in decisions if not function.is_end(line)]
        return cls(function.name, function.queue, outcome, messages, failed, ends, others)


def final(decision: Mapping[str, Any]) -> bool:
    """Whether an event has come to its end with this decision."""
    action, reason = decision["action"], decision["reason"]
    return action not in {"retry", "confirm", "give_up"} and (action, reason) not in STEPS


def mark(body: str) -> str:
    """What a message is known by, wherever it went: its event's id, or its text where it is no event."""
    try:
        event = json.loads(body)
    except ValueError:
        return body
    return str(event["id"]) if isinstance(event, dict) and "id" in event else body


def sent_by(body: str) -> tuple[str, float]:
    """The account that an event or an order of the sweep is about, and when it was made; none where it is neither."""
    try:
        message = json.loads(body)
        return str(message["account"]), datetime.fromisoformat(message.get("time") or message["ordered_at"]).timestamp()
    except (ValueError, TypeError, KeyError, AttributeError):
        return "", 0.0


@dataclass
class QueueAccount:
    """One queue. What is counted here comes from local_aws but for `endings`, which the functions logged."""

    delivered: int = 0
    """By EventBridge."""
    by_hand: int = 0
    """Sent by somebody else."""
    orders: int = 0
    """Sent by the function itself."""
    lost: int = 0
    """Events that never reached the queue."""
    arrived: Counter[str] = field(default_factory=Counter)
    """Messages that were put into it by others, by their marks."""
    receives: int = 0
    """Messages that SQS handed out, as often as it did."""
    interrupted: int = 0
    """Receives by invocations that did not come to their end."""
    failed: int = 0
    """Receives after which the function gave the message back."""
    handled: Counter[str] = field(default_factory=Counter)
    """How often each message was handled to its end."""
    buried: dict[str, str] = field(default_factory=dict)
    """Messages that SQS moved to the dead-letter queue, and their marks."""
    denied: Counter[str] = field(default_factory=Counter)
    """Messages that came again since the function was not let into their account, and how often that was why."""
    rejected: Counter[Mark] = field(default_factory=Counter)
    """Copies that the function itself put there."""
    deserved: set[Mark] = field(default_factory=set)
    """What was sent to be rejected."""
    in_dead_letters: int = 0
    """Messages that the dead-letter queue holds."""
    left: int = 0
    """Messages that are still in the queue."""
    endings: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(action, reason) of every event that came to its end."""

    @property
    def came(self) -> int:
        """Messages that entered the queue."""
        return self.delivered + self.by_hand + self.orders

    @property
    def again(self) -> int:
        """Times that a message was handled to its end once more."""
        return self.handled.total() - len(self.handled)

    @property
    def only_buried(self) -> int:
        """Messages of which the dead-letter queue holds all that is left."""
        return len(self.buried.keys() - self.handled.keys())

    @property
    def buried_though_let_in(self) -> int:
        """Those of them that could be tried at more than half of their receives."""
        return sum(2 * self.denied[message] < RECEIVES for message in self.buried.keys() - self.handled.keys())

    @property
    def rejections(self) -> int:
        """Events that ended in the dead-letter queue by decision."""
        return sum(many for (action, _), many in self.endings.items() if action == "dead_letter")

    def bury(self, message: str, body: str, denied: Callable[[str, float, float], bool]) -> None:
        """Note what SQS moved to the dead-letter queue. That its account let nobody in excuses it only where that was
        so: `denied` tells, for an account and a time.
        """
        self.buried[message] = mark(body)
        account, at = sent_by(body)
        if not denied(account, at, at + LIFE):
            self.denied.pop(message, None)

    def mismatches(self, name: str) -> Iterable[str]:
        """What does not add up."""
        came = self.came
        ended = len(self.handled) + self.only_buried + self.left
        if came != ended:
            yield (
                f"{name}: {self.delivered} messages delivered, {self.by_hand} sent by hand and {self.orders} by the "
                f"function make {came}, but "
                f"{len(self.handled)} handled, {self.only_buried} dead-lettered and {self.left} left make {ended}"
            )
        if self.endings.total() != self.handled.total():
            yield (
                f"{name}: the functions logged {self.endings.total()} ends, but {self.handled.total()} messages "
                f"({self.again} of them again) were handled to their end"
            )
        if self.receives != self.handled.total() + self.failed + self.interrupted:
            yield f"{name}: {self.receives} receives, {self.handled.total()} + {self.failed} + {self.interrupted} ends"
        if self.rejected.total() < self.rejections:
            yield f"{name}: {self.rejections} events rejected, {self.rejected.total()} of them in the dead-letter queue"
        yield from self._wrong_rejections(name)
        if self.left:
            yield f"{name}: {self.left} messages are left in the queue"

    def _wrong_rejections(self, name: str) -> Iterable[str]:
        """What was sent to be rejected is, as often as it arrived, more often only what came again; nothing else is."""
        wrong = sorted(self.rejected.keys() - self.deserved)
        if wrong:
            many = sum(self.rejected[each] for each in wrong)
            yield f"{name}: {many} messages rejected that do not deserve it, such as {wrong[0]}"
        buried, more = Counter(self.buried.values()), 0
        for each in sorted(self.deserved):
            arrived, rejected = self.arrived[each[0]], self.rejected[each]
            if rejected + buried[each[0]] < arrived:
                yield f"{name}: {arrived} of {each} arrived, {rejected} rejected"
            more += max(0, rejected - arrived)
        if more > (again := max(0, self.receives - self.came)):
            yield f"{name}: {more} more rejected than arrived, but messages came again only {again} times"


@dataclass
class Ledger:
    """All queues, and what the scheduled functions decided."""

    queues: dict[str, QueueAccount] = field(default_factory=dict)
    scheduled: Counter[tuple[str, str]] = field(default_factory=Counter)
    invocations: Counter[tuple[str, Outcome]] = field(default_factory=Counter)
    forwarded: int = 0
    """Events that reached the central bus."""
    twice: int = 0
    """Events that EventBridge put into their queue twice."""
    odd: list[str] = field(default_factory=list)
    """Deliveries that went elsewhere, and invocations that logged more or fewer ends than they had messages."""

    def queue(self, name: str) -> QueueAccount:
        """The account of a queue."""
        return self.queues.setdefault(name, QueueAccount())

    def add(self, invocation: Invocation) -> None:
        """Note a run of a function."""
        self.invocations[invocation.function, invocation.outcome] += 1
        decisions = [(line["action"], line["reason"]) for line in invocation.decisions if final(line)]
        self.scheduled.update((line["action"], line["reason"]) for line in invocation.others if final(line))
        if not invocation.queue:
            self.scheduled.update(decisions)
            return
        account = self.queue(invocation.queue)
        if invocation.outcome is not Outcome.OK:
            account.interrupted += len(invocation.messages)
            return
        failed = set(invocation.failed)
        told = (*invocation.decisions, *invocation.others)
        account.denied.update({line.get("message_id", "") for line in told if line["reason"] == DENIED} & failed)
        done = [message for message in invocation.messages if message not in failed]
        account.failed += len(invocation.messages) - len(done)
        account.handled.update(done)
        account.endings.update(decisions)
        if len(decisions) != len(done):
            self.odd.append(f"{invocation.function}: {len(done)} messages done, logged {list(invocation.decisions)}")

    def add_delivery(self, delivery: Mapping[str, Any]) -> None:
        """Note what EventBridge did with an event for a target (`GET deliveries`)."""
        name = str(delivery["target_arn"]).rsplit(":", 1)[-1]
        to_centre = name.startswith("event-bus/") and name != "event-bus/default"
        if to_centre and delivery["outcome"] == "delivered":
            self.forwarded += 1
            return
        if name not in self.queues and not to_centre:
            return
        match delivery["outcome"]:
            case "delivered":
                self.queues[name].delivered += 1
                self.queues[name].arrived[delivery["event_id"]] += 1
            case "lost":
                self.queues[name].lost += 1
            case other:
                self.odd.append(f"{name}: event {delivery['event_id']} {other}: {delivery['reason']}")

    @property
    def on_the_way(self) -> int:
        """Deliveries to queues that have not come about, of events that reached the central bus."""
        return self.forwarded + self.twice - self._arrived

    @property
    def _arrived(self) -> int:
        return sum(account.delivered + account.lost for account in self.queues.values())

    def mismatches(self) -> list[str]:
        """What does not add up, to the last one; empty when everything does."""
        found = [*self.odd, *(text for name, account in self.queues.items() for text in account.mismatches(name))]
        buried = sum(account.buried_though_let_in for account in self.queues.values())
        most = FEW + BURIED * sum(account.came for account in self.queues.values())
        if buried > most:
            found.append(f"SQS moved {buried} messages to dead-letter queues, {most:.0f} at most are few")
        if self.on_the_way:
            found.append(
                f"{self.forwarded} events reached the central bus, {self.twice} of them were delivered twice, but "
                f"{self._arrived} were delivered to queues or lost"
            )
        return found
