"""From evidence to figures: what became of one service."""

from __future__ import annotations

from dataclasses import dataclass

from demo.balance import Balance, balance
from demo.evidence import Decision, Evidence, Point, ServiceId, Update, at
from demo.strategy import SPOT, Strategy, same
from demo.twins import TwinOutcome, together, twin_outcome

PROVEN = frozenset({"RESTORED", "RESTORED_AT_ZERO"})


@dataclass(frozen=True)
class Outcome:
    """One service between the loss of Spot and the end.

    Times are epoch seconds and None where the thing never happened. ``before`` and ``after`` are the strategies at the
    loss and at the end, ``during`` the first one that the automation changed to. ``missing`` is task-seconds: how many
    tasks ran less than desired, times for how long. ``steady_at`` is since when the service has run as it did before
    the loss, ``proven_at`` when the restore function found it so.

    Of a service with a twin, ``points`` and what is counted from them have the tasks of both, ``to_failover`` ends when
    the twin is asked to have tasks, and ``to_restore`` when it is asked to have none any more.
    """

    service: ServiceId
    before: Strategy
    during: Strategy | None
    after: Strategy
    desired: int
    failover_at: float | None
    to_failover: float | None
    restore_at: float | None
    steady_at: float | None
    proven_at: float | None
    to_restore: float | None
    lowest: int
    missing: float
    updates: tuple[Update, ...]
    decisions: tuple[Decision, ...]
    phase: str | None
    points: tuple[Point, ...]
    return_at: float | None
    twin: TwinOutcome | None
    balance: Balance | None

    @property
    def redeployments(self) -> int:
        """Forced deployments by the automation that left the strategy as it was."""
        live, count = self.before, 0
        for update in self.updates:
            count += update.forced and same(update.strategy or live, live)
            live = update.strategy or live
        return count

    @property
    def reasons(self) -> frozenset[str]:
        """Reason codes of all decisions about the service."""
        return frozenset(decision.reason for decision in self.decisions)


def outcome(evidence: Evidence, service: ServiceId, twin: ServiceId | None = None) -> Outcome:
    """What became of ``service``, and of its on-demand ``twin``.

    Raises
    ------
    KeyError
        The evidence knows no such service.
    """
    points = evidence.points[service]
    helped = twin_outcome(evidence, service, twin) if twin else None
    if twin:
        points = together(points, evidence.points[twin])
    first = at(points, evidence.loss_at)
    updates = evidence.updates_of(service)
    switches = [update for update in updates if update.strategy]
    switch = next((update for update in switches if not same(update.strategy, first.strategy)), None)
    back = [u for u in switches if switch and u.at > switch.at and same(u.strategy, first.strategy)]
    restore = back[-1] if back else None
    decisions = tuple(d for d in evidence.decisions if d.service == service and d.at >= evidence.loss_at)
    proven = next((d.at for d in decisions if restore and d.reason in PROVEN and d.at >= restore.at), None)
    since_loss = (first, *(point for point in points if point.at > evidence.loss_at))
    return Outcome(
        service=service,
        before=first.strategy,
        during=switch.strategy if switch else None,
        after=points[-1].strategy,
        desired=points[-1].desired,
        failover_at=switch.at if switch else None,
        to_failover=switch.at - evidence.loss_at if switch else helped.to_raise if helped else None,
        restore_at=restore.at if restore else None,
        steady_at=_steady_since(points, first) if restore else None,
        proven_at=proven,
        to_restore=proven - evidence.return_at if proven and evidence.return_at else helped.to_zero if helped else None,
        lowest=min(point.total for point in since_loss),
        missing=_missing(since_loss, evidence.loss_at, evidence.ended_at),
        updates=updates,
        decisions=decisions,
        phase=evidence.phases.get(service),
        points=points,
        return_at=evidence.return_at,
        twin=helped,
        balance=balance(evidence, service),
    )


def _steady_since(points: tuple[Point, ...], like: Point) -> float | None:
    """Since when the service has been as in ``like``; None when it is not so at the end."""
    since: float | None = None
    for point in points:
        if same(point.strategy, like.strategy) and point.total >= point.desired and point.on(SPOT) >= like.on(SPOT):
            since = point.at if since is None else since
        else:
            since = None
    return since


def _missing(points: tuple[Point, ...], begin: float, end: float) -> float:
    ends = [*(point.at for point in points[1:]), end]
    return sum(
        max(0, point.desired - point.total) * (stop - max(point.at, begin))
        for point, stop in zip(points, ends, strict=True)
    )
