"""Carries one decision out, in an order that survives a crash between any two calls.

A switch is: write the intent with a lease, call UpdateService, write the confirmation. Whoever comes after a crash
finds the intent and asks the live service how far it got. Every write is conditional on the version that was read, so
of two workers that decided the same only one gets to call.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from spot_failover.core.decision import Decision, Situation
from spot_failover.core.errors import (
    BusyError,
    ConflictError,
    GoneError,
    RefusedError,
    SpotFailoverError,
    TransientError,
    UnclearError,
)
from spot_failover.core.event_decision import new_providers, observes, provider_missing, service_gone
from spot_failover.core.phase_table import confirmed
from spot_failover.core.record import Lease, Record
from spot_failover.core.service import LiveService
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.transitions import RECHECK, confirm_redeploy
from spot_failover.flow.ports import Records, Services
from spot_failover.flow.report import Outcome

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
    now: Callable[[], datetime]
    ends_at: datetime
    """When the Lambda service stops this invocation."""
    chance: Callable[[], float]

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
        before = situation.live.strategy
        outcome = Outcome(situation.record.key, decision, event=situation.event, before=before)
        if observes(situation) and (decision.record is not None or decision.action.changes_service):
            told = replace(outcome.decision, again=False)
            return replace(outcome, observed=True, decision=told), situation
        if decision.action.changes_service:
            return self._change(situation, decision, outcome)
        if decision.record is None:
            return outcome, situation
        return outcome, replace(situation, record=self.records.put(decision.record), now=self.now())

    def close_gone(self, key: ServiceKey, record: Record) -> tuple[Outcome, Record]:
        """The service is gone: close what is open of it, and return the record as it is then."""
        decision = service_gone(record, self.now())
        return Outcome(key, decision), self.records.put(decision.record) if decision.record is not None else record

    def _change(self, situation: Situation, decision: Decision, outcome: Outcome) -> tuple[Outcome, Situation]:
        key = situation.record.key
        missing = new_providers(situation.live, decision.target)
        if missing:
            missing -= self.services.attached_providers(key)
            if missing:
                return replace(outcome, decision=provider_missing(missing, key.cluster)), situation
        if decision.record is None:
            raise ValueError(f"{key}: a change without an intent: {decision}")
        if self.now() + CALL_TIME > self.ends_at:
            raise BusyError(
                f"{key}: too little of this invocation is left to begin {decision.action}: left to the next"
            )
        lease = Lease(self.name, self.ends_at + LEASE_MARGIN)
        intent = self.records.put(replace(decision.record, lease=lease))
        live = self._call(situation, decision, intent)
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
        return replace(outcome, deployment_id=primary.id), replace(after, record=record)

    def _call(self, situation: Situation, decision: Decision, intent: Record) -> LiveService:
        key, target = intent.key, decision.target
        try:
            try:
                return self.services.switch(key, target) if target is not None else self.services.redeploy(key)
            except UnclearError as error:
                live = self.services.describe([key])[key]
                if live is not None and _took_effect(live, decision, situation.live):
                    return live
                raise TransientError(f"{error}; looked again: it took no effect") from error
        except (GoneError, RefusedError) as error:
            self._release(replace(intent, due_at=self.now() + RECHECK if intent.phase.open else intent.due_at), error)
            raise
        except SpotFailoverError as error:
            self._release(intent, error)
            raise

    def _release(self, intent: Record, error: SpotFailoverError) -> None:
        """Give the lease back, so that the next delivery need not wait for it to expire."""
        try:
            self.records.put(replace(intent, lease=None))
        except (ConflictError, TransientError) as unreleased:
            error.add_note(f"its lease stays until it expires: {unreleased}")


def _took_effect(live: LiveService, decision: Decision, before: LiveService) -> bool:
    if decision.target is not None:
        return live.strategy.same_as(decision.target) and _newer_primary(live, before)
    return _newer_primary(live, before)


def _newer_primary(live: LiveService, before: LiveService) -> bool:
    ids = {deployment.id for deployment in before.deployments}
    return live.primary is not None and live.primary.id not in ids
