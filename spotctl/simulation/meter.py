"""What a service had and lacked over time, and what it cost."""

from __future__ import annotations

from dataclasses import dataclass

SPOT_PRICE = 0.3
"""Of an on-demand task's price."""


class Bound:
    """The least that all of the work can cost, what a clairvoyant could reach at best.

    At every moment as many tasks on Spot as the pool carries, the others on-demand, without a start, a notice or an
    overlap.
    """

    def __init__(self, meters: list[Meter]) -> None:
        self._meters = meters
        self.limit: int | None = None
        self.cost = 0.0
        self._since = 0.0

    def settle(self, now: float) -> None:
        """Add up the time since the last change. Called before every change of the limit or of what is desired."""
        desired = sum(meter.desired for meter in self._meters)
        spot = desired if self.limit is None else min(self.limit, desired)
        self.cost += (now - self._since) * (desired - spot + SPOT_PRICE * spot)
        self._since = now


@dataclass
class Meter:
    """Adds up one service, its on-demand twin included. Times in seconds; `_seconds` of tasks are task-seconds.

    A task serves from when it is healthy until it ends, or until ECS stops it for another. One under notice serves
    until it ends.
    """

    desired: int
    serving: int = 0
    leaving: int = 0
    """Of those that serve: under notice."""
    since: float = 0.0
    desired_seconds: float = 0.0
    missing_seconds: float = 0.0
    """Below desired."""
    missing_at_notice_seconds: float = 0.0
    """The same where a task counts as gone from its notice on, as behind a load balancer that drains it then."""
    zero_seconds: float = 0.0
    """Not one task served, and some were wanted."""
    spot_seconds: float = 0.0
    on_demand_seconds: float = 0.0
    starts: int = 0
    shortages: int = 0
    """Times that it fell below desired."""
    bound: Bound | None = None

    def settle(self, now: float) -> None:
        """Add up the time since the last change. Called before every change of a count."""
        passed = now - self.since
        if passed <= 0:
            return
        self.since = now
        self.desired_seconds += passed * self.desired
        if self.serving < self.desired:
            self.missing_seconds += passed * (self.desired - self.serving)
            if self.serving == 0:
                self.zero_seconds += passed
        steady = self.serving - self.leaving
        if steady < self.desired:
            self.missing_at_notice_seconds += passed * (self.desired - steady)

    def serve(self, now: float, tasks: int) -> None:
        """So many more tasks serve, or fewer."""
        self.settle(now)
        whole = self.serving >= self.desired
        self.serving += tasks
        self.shortages += whole and self.serving < self.desired

    def leave(self, now: float, tasks: int) -> None:
        """So many more that serve are under notice, or fewer."""
        self.settle(now)
        self.leaving += tasks

    def want(self, now: float, desired: int) -> None:
        """Autoscaling wants another number. More than run is a shortage only once Spot should have given them."""
        self.settle(now)
        if self.bound is not None:
            self.bound.settle(now)
        self.desired = desired

    def pay(self, seconds: float, *, spot: bool) -> None:
        """A task has run, from placed to ended."""
        if spot:
            self.spot_seconds += seconds
        else:
            self.on_demand_seconds += seconds
