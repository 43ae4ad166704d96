"""The synthetic event of a drill: where it is put, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from spot_failover.aws.clients import RETRIED
from spot_failover.aws.errors import Call, translate, translated
from spot_failover.core.errors import UnclearError
from spot_failover.core.service_key import ServiceKey
from spotctl.exits import Exit, Failure
from spotctl.installation import Installation, open_session
from spotctl.logs import lines_of
from spotctl.plant import Plant, Queue
from spotctl.redrive import counted, dead_letters_of

DETAIL_TYPE = "ECS Service Action"


@dataclass(frozen=True)
class Door:
    """A bus that the event is put on, with whose credentials."""

    events: Any
    bus: str
    account: str
    """Whose credentials: the event is that account's."""
    operator: str

    def __str__(self) -> str:
        return f"event bus {self.bus} of account {self.account}"


def door(installation: Installation, key: ServiceKey, profile: str | None) -> Door:
    """The central bus; with a profile in the service's account that account's default bus, as ECS itself does it.

    Raises
    ------
    Failure
        Synthetic events are not accepted there, or act on nothing.
    """
    synthetic, central = installation.policy.synthetic, installation.settings.central_account
    if not synthetic.enabled:
        raise Failure(
            "synthetic events are off: a drill needs synthetic_events = { enabled = true } of the central module, "
            "applied in the workload accounts too (docs/verify.md)",
            Exit.NOT_DONE,
        )
    if profile is None:
        if key.account != central and not synthetic.act_from_central:
            raise Failure(
                f"from the central account a synthetic event only reports what would be done to a service of account "
                f"{key.account}. Give --account-profile with a profile of that account that may put events there, or "
                "set synthetic_events.act_from_central",
                Exit.NOT_DONE,
            )
        return Door(installation.client("events"), installation.settings.event_bus, central, installation.operator)
    session = open_session(profile, key.region)
    with translated(Call("sts:GetCallerIdentity", f"profile {profile}", "you")):
        caller = str(session.client("sts", config=RETRIED).get_caller_identity()["Arn"])
    account = caller.split(":")[4]
    if account != key.account:
        text = f"profile {profile} is of account {account}, and {key} of account {key.account}"
        raise Failure(f"{text}: an account may put events about its own services alone", Exit.NOT_DONE)
    return Door(session.client("events", config=RETRIED), "default", account, caller)


def put(way: Door, installation: Installation, key: ServiceKey, providers: tuple[str, ...]) -> str:
    """Put the event, and give its id; empty: no answer came, and it may be there or not.

    Raises
    ------
    SpotFailoverError
        It was not put.
    """
    prefix = f"arn:{installation.partition}:ecs:{key.region}:{key.account}"
    detail = {
        "eventName": "SERVICE_TASK_PLACEMENT_FAILURE",
        "reason": "RESOURCE:FARGATE",
        "capacityProviderArns": [f"{prefix}:capacity-provider/{provider}" for provider in providers],
    }
    entry = {
        "EventBusName": way.bus,
        "Source": installation.policy.synthetic.sources[0],
        "DetailType": DETAIL_TYPE,
        "Resources": [f"{prefix}:service/{key.cluster}/{key.service}"],
        "Detail": json.dumps(detail),
    }
    call = Call("events:PutEvents", str(way), way.operator)
    try:
        answer = way.events.put_events(Entries=[entry])
    except (ClientError, BotoCoreError) as error:
        told = translate(error, call)
        if isinstance(told, UnclearError):
            return ""
        raise told from error
    (result,) = answer["Entries"]
    if "ErrorCode" in result:
        raise Failure(f"{way} did not take the event: {result['ErrorCode']}: {result.get('ErrorMessage', '')}")
    return str(result["EventId"])


class Trail:
    """Looks for what became of the event."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._plant = Plant(installation)
        self._letters = self._count_letters()

    @property
    def queue(self) -> Queue | None:
        """The queue of placement failures; None: no rule of the bus leads to one."""
        return self._plant.queues.get("placement_failure")

    def decision(self, event_id: str, since: datetime) -> Mapping[str, Any] | None:
        """The last log line of the function's decisions about the event; None: there is none yet."""
        if self.queue is None:
            return None
        wanted = {"message": "decision", "event_id": event_id}
        earlier = since - timedelta(minutes=1)  # the function's clock is another
        lines = lines_of(self._installation, self.queue.function, wanted, earlier)
        return max(lines, key=lambda line: str(line["timestamp"]), default=None)

    def lost(self) -> str:
        """Where the event seems to be that no function has decided about."""
        if self.queue is None:
            return "no rule of the event bus leads to a queue of placement failures: see spotctl doctor"
        if self._count_letters() > self._letters:
            return f"the dead-letter queue of {self.queue.name} has more letters than before: spotctl redrive shows why"
        attributes = self._plant.attributes(self.queue.arn) or {}
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        if any(int(attributes.get(name, 0)) for name in names):
            function = self.queue.function.name
            return f"{self.queue.name} holds messages: {function} does not read them, or fails; see its log"
        return (
            f"{self.queue.name} and its dead-letter queue are empty: a rule did not match. Is the account applied "
            "since synthetic events are on, and what is in the dead-letter queue of its forward rules?"
        )

    def _count_letters(self) -> int:
        arn = dead_letters_of(self.queue) if self.queue is not None else ""
        return counted(self._plant, arn) if arn else 0
