"""A batch of starts and stops of tasks: only services whose twins are at work are looked at, and each once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from spot_failover.core.decision import Decision
from spot_failover.core.errors import BusyError
from spot_failover.core.events import Event
from spot_failover.core.policy import Policy
from spot_failover.core.reason import Action, Reason
from spot_failover.core.service_key import ServiceKey
from spot_failover.flow.report import Outcome, Reporter
from spot_failover.flow.twin_flow import TwinFlow
from spot_failover.flow.worker import Worker


class TaskStateFlow:
    """Lets twins follow their primaries. A service without a twin at work costs one read of the state table."""

    def __init__(self, worker: Worker, policy: Policy, reporter: Reporter) -> None:
        self._worker = worker
        self._policy = policy
        self._reporter = reporter
        self._twins = TwinFlow(worker, policy, reporter)

    def handle(self, events: Sequence[Event]) -> list[Exception | None]:
        """Handle all events of a batch; see `EventFlow.handle`."""
        first: dict[tuple[ServiceKey, bool], Outcome | Exception] = {}
        results: list[Exception | None] = []
        for event in events:
            if not self._policy.of(event.key).enabled:
                self._reporter.outcome(Outcome(event.key, Decision(Action.IGNORE, Reason.DISABLED), event=event))
                results.append(None)
                continue
            # One that may only report does not stand for those that may act.
            one = (event.key, event.report_only)
            known = first.get(one)
            if known is None:
                known = first[one] = self._look(event)
            elif isinstance(known, Outcome):
                note = f"looked at because of event {known.event.event_id}" if known.event is not None else ""
                decision = replace(known.decision, action=Action.IGNORE, note=note)
                self._reporter.outcome(Outcome(event.key, decision, event=event))
            results.append(known if isinstance(known, Exception) else None)
        return results

    def _look(self, event: Event) -> Outcome | Exception:
        if self._worker.out_of_time():
            return BusyError(f"{event.key}: too little of this invocation is left: left to a later one")
        try:
            return self._twins.look(event.key, event)
        except Exception as error:  # noqa: BLE001 - whatever one service does, the others go on
            return error
