"""Carries one decision out, in an order that survives a crash between any two calls.

A switch is: write the intent with a lease, call UpdateService, write the confirmation. Whoever comes after a crash
finds the intent and asks the live service how far it got. Every write is conditional on the version that was read, so
of two workers that decided the same only one gets to call.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from spot_failover.core.budget import failover_of
from spot_failover.core.decision import Decision, Situation
from spot_failover.core.errors import (
    BusyError,
    GoneError,
    RefusedError,
    SpotFailoverError,
    TransientError,
    UnclearError,
)
from spot_failover.core.event_decision import new_providers, observes, provider_missing, service_gone
from spot_failover.core.events import Event
from spot_failover.core.execution import Execution, execution_name, execution_order
from spot_failover.core.execution_transitions import execution_started, name_execution
from spot_failover.core.lifecycle import actor, allowed
from spot_failover.core.phase_parts import NEW_FAILOVERS
from spot_failover.core.phase_table import confirmed
from spot_failover.core.policy import Policy
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Lease, Phase, Record
from spot_failover.core.service import LiveService
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.strategy import Strategy
from spot_failover.core.tags import service_wishes
from spot_failover.core.transitions import (
    NOT_COUNTED,
    RECHECK,
    allow_failover,
    confirm_redeploy,
    limit_failover,
)
from spot_failover.flow.report import Outcome

if TYPE_CHECKING:
    from spot_failover.flow.ports import Autoscaling, Records, Replacements, Services, Shared, Twins

LEASE_MARGIN = timedelta(seconds=10)
"""How much longer than its worker can run a lease lasts: clocks differ."""
CALL_TIME = timedelta(seconds=10)
"""Time that a changing call with its confirmation may take: with less left, it is not begun."""
MAX_STEPS = 8
"""Decisions about one service in a row. Every `again` step moves a record on; more than this many is a fault."""


@dataclass(frozen=True)
class Worker:
    """One invocation's hands: its ports, its clock, and how long it lives."""

    name: str
    services: Services
    records: Records
    shared: Shared
    twins: Twins
    autoscaling: Autoscaling
    replacements: Replacements
    now: Callable[[], datetime]
    ends_at: datetime
    """When the Lambda service stops this invocation."""
    chance: Callable[[], float]
    stops_at: datetime | None = None
    """When to begin nothing more, for what has to leave time to others; None: only when the invocation ends."""
    attached: dict[tuple[str, str, str], frozenset[str]] = field(default_factory=dict, compare=False)
    """Providers of clusters, as far as they were asked for: by account, Region and cluster."""

    def out_of_time(self) -> bool:
        """Whether too little of this invocation is left to begin anything."""
        return self.now() + CALL_TIME > (self.stops_at or self.ends_at)

    def lease(self) -> Lease:
        """What keeps others from calling for as long as this worker may."""
        return Lease(self.name, self.ends_at + LEASE_MARGIN)

    def carry_out(self, situation: Situation, decision: Decision) -> tuple[Outcome, Situation]:
        """Do what the decision asks for.

        Returns
        -------
        The outcome, and the situation that it left: to decide about again where the outcome's decision says so.

        Raises
        ------
        ConflictError
            The record was written by somebody else: read and decide again.
        BusyError, TransientError, AccessDeniedError, RefusedError
            Not done; the record says how far it got.
        """
        key, before = situation.record.key, situation.live.strategy
        after = decision.record
        by = actor(situation.event)
        if after is not None and not allowed(situation.record.phase, after.phase, by):
            raise ValueError(f"{key}: the {by} may not take a record from {situation.record.phase} to {after.phase}")
        missing = new_providers(situation.live, decision.target)
        if missing and (missing := missing - self._attached(key, missing)):
            decision = provider_missing(missing, key.cluster)
        observed = observes(situation.policy, situation.event, situation.live)
        if not observed and decision.record is not None and decision.action is Action.FAIL_OVER:
            decision = self._within_budget(situation, decision, decision.record)
        unreadable = ", ".join(service_wishes(situation.live.tags, situation.policy).unreadable)
        extra = {"unreadable_tags": unreadable}
        outcome = Outcome(key, decision, event=situation.event, before=before, record=situation.record, extra=extra)
        if observed and (decision.record is not None or decision.action.changes_service):
            told = replace(outcome.decision, again=False)
            return replace(outcome, observed=True, decision=told), situation
        if decision.action.changes_service:
            return self._change(situation, decision, outcome)
        if decision.record is None:
            return outcome, situation
        written = self.records.put(decision.record)
        return replace(outcome, record=written), replace(situation, record=written, now=self.now())

    def _attached(self, key: ServiceKey, wanted: frozenset[str]) -> frozenset[str]:
        """The cluster's providers. That one lacks is asked anew; one that goes meanwhile has ECS refuse the switch."""
        cluster = (key.account, key.region, key.cluster)
        if not wanted <= self.attached.get(cluster, frozenset()):
            self.attached[cluster] = self.services.attached_providers(key)
        return self.attached[cluster]

    def _within_budget(self, situation: Situation, decision: Decision, intent: Record) -> Decision:
        """Count a new failover against its account's hour; over the limit its intent stays and waits for the next.

        It is counted before its intent is written, so that a crash in between counts one too many at most. One that
        was counted and not begun, since another worker was faster or the time was over, counts no second time.
        """
        most, now = situation.policy.max_failovers_per_hour, self.now()
        before = situation.record
        waited = before.alerted & NOT_COUNTED
        if not most or intent.reason not in NEW_FAILOVERS or (before.phase is Phase.FAILING_OVER and not waited):
            # An intent that stands was counted when it was made: its call is made again, it is no further failover.
            return decision
        self._check_time(intent.key, decision)
        budget, failover = self.shared.budget(intent.key.account, now).at(now), failover_of(before)
        counted = failover in budget.counted
        if counted or budget.used < most:
            if not counted:
                self.shared.put_budget(budget.one_more(failover))
            return replace(decision, record=allow_failover(intent))
        return Decision(
            Action.WAIT if Reason.FAILOVER_LIMIT in waited else Action.ALERT,
            Reason.FAILOVER_LIMIT,
            record=limit_failover(intent, budget.next_hour),
            note=f"account {intent.key.account} has had {most} failovers in this hour: tried again in the next",
        )

    def close_gone(self, record: Record, policy: Policy, event: Event | None = None) -> tuple[Outcome, Record]:
        """The service is gone: close what is open of it, and return the record as it is then."""
        return self.write_down(record, service_gone(record, self.now()), policy, event)

    def write_down(
        self, record: Record, decision: Decision, policy: Policy, event: Event | None
    ) -> tuple[Outcome, Record]:
        """Carry out a decision that was made without the live service; it changes no more than the record."""
        outcome = Outcome(record.key, decision, event=event, record=record)
        if decision.record is None:
            return outcome, record
        if observes(policy, event):
            return replace(outcome, observed=True), record
        written = self.records.put(decision.record)
        return replace(outcome, record=written), written

    def _change(self, situation: Situation, decision: Decision, outcome: Outcome) -> tuple[Outcome, Situation]:
        key = situation.record.key
        if decision.record is None:
            raise ValueError(f"{key}: a change without an intent: {decision}")
        self._check_time(key, decision)
        lease = self.lease()
        if situation.live.external and decision.target is not None:
            named = self._named(decision.record, situation.policy)
            return self._start(situation, decision.target, replace(named, lease=lease), outcome)
        intent = self.records.put(replace(decision.record, lease=lease))
        live = self._call(situation, decision, intent)
        # UpdateService answers without tags.
        live = live if live.tags else replace(live, tags=situation.live.tags)
        primary = live.primary
        if primary is None:
            raise TransientError(
                f"{key}: ECS tells no PRIMARY deployment after {decision.action}: looked at again later"
            )
        after = replace(situation, live=live, record=intent, now=self.now(), chance=self.chance())
        if decision.target is None:
            record = self.records.put(confirm_redeploy(intent, primary))
        else:
            record = self.records.put(confirmed(intent, primary, after))
        return replace(outcome, deployment_id=primary.id, record=record), replace(after, record=record)

    def _check_time(self, key: ServiceKey, decision: Decision) -> None:
        if self.out_of_time():
            raise BusyError(
                f"{key}: too little of this invocation is left to begin {decision.action}: left to the next"
            )

    def _named(self, intent: Record, policy: Policy) -> Record:
        now = self.now()
        return name_execution(intent, execution_name(intent, now), policy.task_set.ends_within)

    def _start(
        self, situation: Situation, target: Strategy, intent: Record, outcome: Outcome
    ) -> tuple[Outcome, Situation]:
        """Let the state machine replace the task set. The intent stays open until the execution has ended."""
        intent = self.records.put(intent)
        try:
            if self.now() > self.lease().expires_at - CALL_TIME:
                raise BusyError(f"{intent.key}: no execution is started so late: the lease on it is about to end")
            self.replacements.start(execution_order(intent, target, situation.policy.task_set))
        except SpotFailoverError as error:
            # After an unclear answer too: the same name starts no second one.
            self._release(intent, RECHECK if isinstance(error, RefusedError) else timedelta(), error)
            raise
        record = self.records.put(execution_started(intent, self.now()))
        decision = replace(outcome.decision, note=f"execution {record.execution} replaces its task set")
        return replace(outcome, decision=decision, record=record), replace(situation, record=record)

    def execution_of(self, record: Record, live: LiveService, policy: Policy) -> Execution | None:
        """The execution that an open intent announced, as it is now; None where there is none to look at."""
        if not record.phase.intent or not record.execution or not live.external or record.leased(self.now()):
            return None
        return self.replacements.look(record.key, policy.task_set.state_machine, record.execution)

    def _call(self, situation: Situation, decision: Decision, intent: Record) -> LiveService:
        key, target, until = intent.key, decision.target, self.lease().expires_at
        try:
            if target is None:
                return self.services.redeploy(key, until)
            return self.services.switch(key, target, until)
        except UnclearError as error:
            # It may take effect later than this look: the lease stays, so that nobody calls again before that shows.
            live = self.services.describe([key])[key]
            if live is not None and _took_effect(live, decision, situation.live):
                return live
            raise TransientError(
                f"{error}; looked at again: no effect to be seen yet. Tried again once the lease has expired."
            ) from error
        except (GoneError, RefusedError) as error:
            self._release(intent, RECHECK, error)
            raise
        except SpotFailoverError as error:
            self._release(intent, timedelta(), error)
            raise

    def _release(self, intent: Record, again_after: timedelta, error: SpotFailoverError) -> None:
        """Give the lease back, so that the next delivery need not wait for it to expire."""
        due_at = self.now() + again_after if intent.phase.open else intent.due_at
        try:
            self.records.put(replace(intent, lease=None, due_at=due_at))
        except SpotFailoverError as unreleased:
            error.add_note(f"its lease stays until it expires: {unreleased}")


def _took_effect(live: LiveService, decision: Decision, before: LiveService) -> bool:
    if decision.target is not None:
        return live.strategy.same_as(decision.target) and _newer_primary(live, before)
    return _newer_primary(live, before)


def _newer_primary(live: LiveService, before: LiveService) -> bool:
    ids = {deployment.id for deployment in before.deployments}
    return live.primary is not None and live.primary.id not in ids
