"""Executions of the state machine, and the events that tell what they did."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from spot_failover.aws.errors import Call, translated
from spot_failover.core.errors import RefusedError, TransientError
from spot_failover.core.service_key import ServiceKey

SOURCE = "ecs.spot-failover"
DETAIL_TYPE = "Controlled Scaledown"
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class StateMachineExecutions:
    """The port `Executions` on the Step Functions API."""

    def __init__(self, states: Any) -> None:
        self._states = states

    def ended_at(self, execution: str) -> datetime | None:
        """See `Executions.ended_at`. Step Functions forgets an execution 90 days after its end."""
        try:
            with translated(Call("states:DescribeExecution", f"execution {execution}")):
                answer = self._states.describe_execution(executionArn=execution)
        except RefusedError as error:
            if "ExecutionDoesNotExist" not in str(error):
                raise
            return LONG_AGO
        if answer["status"] in {"RUNNING", "PENDING_REDRIVE"}:
            return None
        ended: datetime = answer.get("stopDate") or LONG_AGO
        return ended


class AuditEvents:
    """The port `Audit` on the default event bus of this account and Region."""

    def __init__(self, events: Any) -> None:
        self._events = events

    def tell(self, key: ServiceKey, stage: str, detail: Mapping[str, Any]) -> None:
        """See `Audit.tell`.

        Raises
        ------
        TransientError
            EventBridge did not take it.
        """
        names = {"account": key.account, "region": key.region, "cluster": key.cluster, "service": key.service}
        entry = {
            "Source": SOURCE,
            "DetailType": DETAIL_TYPE,
            "Detail": json.dumps({"stage": stage, **names, **detail}),
        }
        with translated(Call("events:PutEvents", f"stage {stage} of {key}")):
            answer = self._events.put_events(Entries=[entry])
        if answer.get("FailedEntryCount"):
            raise TransientError(f"events:PutEvents for stage {stage} of {key}: {answer['Entries']}")
