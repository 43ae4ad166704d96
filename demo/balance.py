"""What a load balancer had of a service: healthy targets, against the least that it may have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from demo.evidence import Evidence, Interruption, Point, ServiceId, TargetPoint

NOTICE = 120.0
"""Seconds between a Spot task's notice and its end. So long a task may lack that an interruption took: ECS takes its
target out at once, and another task needs its time to start. After that nothing is to lack."""
MOMENT = 0.001
"""Seconds: just before something happens."""


@dataclass(frozen=True)
class BalancePoint:
    """A target group from ``at`` until the next point; ``lost`` tasks got their notice in the two minutes before."""

    at: float
    healthy: int
    starting: int
    draining: int
    desired: int
    lost: int

    @property
    def least(self) -> int:
        """The fewest healthy targets that are allowed."""
        return max(0, self.desired - self.lost)


@dataclass(frozen=True)
class Balance:
    """The targets of one service since Spot was taken away; ``before`` is how they were until then.

    ``lowest`` is the fewest that were healthy, ``missing`` target-seconds under the desired count, ``healthy_in`` the
    seconds from the loss until as many as desired were healthy again, None where they never were or never lacked.
    """

    before: BalancePoint
    points: tuple[BalancePoint, ...]
    lowest: int
    missing: float
    healthy_in: float | None

    @property
    def broken(self) -> tuple[BalancePoint, ...]:
        """Where fewer were healthy than is allowed."""
        return tuple(point for point in self.points if point.healthy < point.least)


def balance(evidence: Evidence, service: ServiceId) -> Balance | None:
    """How the load balancer of a service fared; None for a service that is behind none."""
    targets = evidence.targets.get(service)
    if targets is None:
        return None
    notices = tuple(each for each in evidence.interruptions if each.service == service)
    desired = evidence.points[service]
    times = {evidence.loss_at, *(point.at for point in targets), *(point.at for point in desired)}
    times |= {at for notice in notices for at in (notice.at, notice.at + NOTICE)}
    points = tuple(
        _at(when, targets, desired, notices) for when in sorted(times) if evidence.loss_at <= when <= evidence.ended_at
    )
    ends = [*(point.at for point in points[1:]), evidence.ended_at]
    short = [max(0, point.desired - point.healthy) for point in points]
    return Balance(
        before=_at(evidence.loss_at - MOMENT, targets, desired, notices),
        points=points,
        lowest=min(point.healthy for point in points),
        missing=sum(lack * (end - point.at) for lack, point, end in zip(short, points, ends, strict=True)),
        healthy_in=_healthy_in(points, evidence.loss_at),
    )


def _at(
    when: float, targets: tuple[TargetPoint, ...], desired: tuple[Point, ...], notices: Iterable[Interruption]
) -> BalancePoint:
    target = next((point for point in reversed(targets) if point.at <= when), TargetPoint(when, 0, 0, 0))
    wanted = next((point.desired for point in reversed(desired) if point.at <= when), 0)
    lost = sum(notice.tasks for notice in notices if notice.at <= when < notice.at + NOTICE)
    return BalancePoint(when, target.healthy, target.starting, target.draining, wanted, lost)


def _healthy_in(points: tuple[BalancePoint, ...], since: float) -> float | None:
    short = next((number for number, point in enumerate(points) if point.healthy < point.desired), None)
    if short is None:
        return None
    return next((point.at - since for point in points[short:] if point.healthy >= point.desired), None)
