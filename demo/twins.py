"""What became of an on-demand twin, and of its primary with it."""

from __future__ import annotations

from dataclasses import dataclass

from demo.evidence import Evidence, Point, ServiceId, Update, at

TWIN = "twin"
"""Stands in `together` for the capacity of the twin, whatever its provider."""


@dataclass(frozen=True)
class Carried:
    """At the end of a time without Spot: what the primary lacked, and what the twin was asked to have."""

    at: float
    lacking: int
    carried: int


@dataclass(frozen=True)
class TwinOutcome:
    """One twin between the loss of Spot and the end.

    ``counts`` are the desired counts that the automation asked for; times are epoch seconds, None where the thing
    never happened. ``left`` is what it runs or wants at the end.
    """

    service: ServiceId
    counts: tuple[Update, ...]
    raised_at: float | None
    to_raise: float | None
    zero_at: float | None
    to_zero: float | None
    carried: tuple[Carried, ...]
    left: int

    @property
    def peak(self) -> int:
        """The most tasks that it was asked to have."""
        return max((update.desired or 0 for update in self.counts), default=0)


def twin_outcome(evidence: Evidence, primary: ServiceId, twin: ServiceId) -> TwinOutcome:
    """What became of the ``twin`` of a ``primary``.

    Raises
    ------
    KeyError
        The evidence knows no such service.
    """
    counts = evidence.updates_of(twin)
    raised = next((update.at for update in counts if update.desired), None)
    zero = next((u.at for u in reversed(counts) if u.desired == 0), None) if counts and not counts[-1].desired else None
    mine, its = evidence.points[primary], evidence.points[twin]
    ends = sorted(
        outage.end
        for outage in evidence.outages
        if (outage.account, outage.region) == (primary.account, primary.region) and outage.end is not None
    )
    return TwinOutcome(
        service=twin,
        counts=counts,
        raised_at=raised,
        to_raise=raised - evidence.loss_at if raised else None,
        zero_at=zero,
        to_zero=zero - evidence.return_at if zero and evidence.return_at else None,
        carried=tuple(
            Carried(end, max(0, at(mine, end).desired - at(mine, end).total), at(its, end).desired) for end in ends
        ),
        left=max(its[-1].desired, its[-1].total),
    )


def together(primary: tuple[Point, ...], twin: tuple[Point, ...]) -> tuple[Point, ...]:
    """The course of both as one: the primary's desired count and strategy, and the tasks of both."""
    times = sorted({point.at for point in primary} | {point.at for point in twin if point.at >= primary[0].at})
    found = []
    for when in times:
        first, second = at(primary, when), at(twin, when)
        found.append(Point(when, first.desired, {**first.running, TWIN: second.total}, first.strategy))
    return tuple(found)
