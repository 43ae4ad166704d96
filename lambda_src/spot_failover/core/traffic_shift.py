"""How long ECS takes, beyond starting the tasks, until a new deployment has all traffic and the old one ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

NO_TIME = timedelta()


@dataclass(frozen=True)
class TrafficShift:
    """A service's deployment strategy with its waits (`deploymentConfiguration` of the ECS API).

    Life-cycle hooks take time too, as long as they like: nobody knows how long before they end.
    """

    strategy: str = "ROLLING"
    """`ROLLING`, `BLUE_GREEN`, `LINEAR` or `CANARY`; a rolling deployment waits for nothing, whatever else is set."""
    bake: timedelta = NO_TIME
    """From all traffic shifted to the end of the old tasks."""
    canary_bake: timedelta = NO_TIME
    """With `CANARY`: from its share of the traffic to the rest."""
    step_bake: timedelta = NO_TIME
    """With `LINEAR`: between two steps; not after the last one."""
    step_percent: float = 100.0
    """With `LINEAR`: the traffic that one step shifts, in tenths of a percent."""

    @property
    def takes(self) -> timedelta:
        """All its waits together."""
        match self.strategy:
            case "BLUE_GREEN":
                return self.bake
            case "CANARY":
                return self.canary_bake + self.bake
            case "LINEAR":
                steps = -(-1000 // max(1, round(self.step_percent * 10)))
                return (steps - 1) * self.step_bake + self.bake
            case _:
                return NO_TIME


ROLLING = TrafficShift()
