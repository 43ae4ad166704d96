"""The attempts of an invocation: the first, its retries, and the dead letter of what never succeeded.

AWS documents limits and exponential backoff, but no error that it would not retry (`RetryPolicy` in the API reference):
here every error of a target is retried, also a missing permission. The limits' defaults, 185 retries in a day, are what
a doubling delay of at most eight minutes gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from moto.scheduler.models import Schedule

from local_aws.eventbridge.deliveries import Delivery, Outcome
from local_aws.eventbridge.router import Router
from local_aws.scheduler import targets
from local_aws.scheduler.invocation import SOURCE, Invocation, InvocationError
from local_aws.world import World

DEFAULT_RETRIES = 185
DEFAULT_AGE_SECONDS = 86_400
LONGEST_DELAY_SECONDS = 480.0


class Deliverer:
    """Calls targets, and records what became of it with the deliveries of EventBridge."""

    def __init__(self, world: World, router: Router) -> None:
        self._world = world
        self._router = router

    def start(self, schedule: Schedule, when: float) -> None:
        """A schedule is due. Called under ``World.lock``."""
        self._attempt(Invocation.of(schedule, when), 0)

    def _attempt(self, invocation: Invocation, retries: int) -> None:
        with self._world.lock:
            try:
                sent = targets.invoke(self._world, self._router, invocation, retries + 1)
            except InvocationError as error:
                self._fail(invocation, retries, error)
            else:
                self._note(invocation, Outcome.DELIVERED, "", sent)

    def _fail(self, invocation: Invocation, retries: int, error: InvocationError) -> None:
        if error.final:
            self._note(invocation, Outcome.DROPPED, str(error))
            return
        delay = min(2.0**retries, LONGEST_DELAY_SECONDS)
        exhausted = _exhausted(invocation, retries, self._world.clock.now() + delay)
        if exhausted is None:
            self._note(invocation, Outcome.RETRIED, f"{error}; retry {retries + 1} comes in {delay:g} seconds")
            again = partial(self._attempt, invocation, retries + 1)
            self._world.clock.call_later(delay, again, name=f"retry of {invocation.schedule_arn}")
            return
        self._note(invocation, *self._bury(invocation, retries, error, exhausted))

    def _bury(
        self, invocation: Invocation, retries: int, error: InvocationError, exhausted: str
    ) -> tuple[Outcome, str]:
        lost = Outcome.DENIED if error.denied else Outcome.DROPPED
        reason = f"{error}; {exhausted} is reached after {retries} retries"
        queue_arn = invocation.target.get("DeadLetterConfig", {}).get("Arn")
        if queue_arn is None:
            return lost, f"{reason}; the schedule has no dead-letter queue"
        attributes = _attributes(invocation, retries, error, exhausted)
        try:
            targets.send(self._world, invocation, queue_arn, invocation.payload(retries + 1), attributes=attributes)
        except InvocationError as second:
            return lost, f"{reason}; nor could its dead-letter queue take it: {second}"
        return Outcome.DEAD_LETTER, reason

    def _note(self, invocation: Invocation, outcome: Outcome, reason: str, sent: str | None = None) -> None:
        parameters = invocation.target.get("EventBridgeParameters", {})
        self._router.deliveries.append(
            Delivery(
                time=self._world.clock.now(),
                account=invocation.account,
                region=invocation.region,
                rule=invocation.schedule,
                target_arn=invocation.target["Arn"],
                event_id=sent or invocation.execution_id,
                source=parameters.get("Source", SOURCE),
                detail_type=parameters.get("DetailType", "Scheduled Event"),
                outcome=outcome,
                reason=reason,
            )
        )


def _exhausted(invocation: Invocation, retries: int, next_at: float) -> str | None:
    """The limit that forbids another retry at ``next_at``; None if there may be one."""
    policy = invocation.target.get("RetryPolicy", {})
    if retries >= policy.get("MaximumRetryAttempts", DEFAULT_RETRIES):
        return "MaximumRetryAttempts"
    if next_at - invocation.scheduled_at > policy.get("MaximumEventAgeInSeconds", DEFAULT_AGE_SECONDS):
        return "MaximumEventAgeInSeconds"
    return None


def _attributes(
    invocation: Invocation, retries: int, error: InvocationError, exhausted: str
) -> Mapping[str, Mapping[str, str]]:
    """Message attributes of a dead letter (EventBridge Scheduler user guide, "Configuring a dead-letter queue")."""
    values = {
        "ERROR_CODE": error.code,
        "ERROR_MESSAGE": str(error),
        "EXECUTION_ID": invocation.execution_id,
        "EXHAUSTED_RETRY_CONDITION": exhausted,
        "IS_PAYLOAD_TRUNCATED": "false",
        "RETRY_ATTEMPTS": str(retries),
        "SCHEDULED_TIME": invocation.time_text,
        "SCHEDULE_ARN": invocation.schedule_arn,
        "TARGET_ARN": invocation.target["Arn"],
    }
    return {name: {"DataType": "String", "StringValue": value} for name, value in values.items()}
