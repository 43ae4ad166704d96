"""What a tick of the restore schedule did."""

from __future__ import annotations

from dataclasses import dataclass, field

from spot_failover.core.service_key import ServiceKey

THREADS = 8
"""Accounts and Regions that are handled at a time. Each has API quotas of its own, and no pool lets more than
`max_proving` services try at once, so that no group comes near its 50 UpdateService calls in a burst."""


@dataclass
class Tick:
    """What one tick did."""

    handled: int = 0
    left: int = 0
    """Records that were due and that time did not reach, or that another worker holds."""
    stuck: int = 0
    """Records that a person should look at."""
    errors: dict[ServiceKey, Exception] = field(default_factory=dict)

    def add(self, other: Tick) -> None:
        """Count another's records too."""
        self.handled += other.handled
        self.left += other.left
        self.stuck += other.stuck
        self.errors |= other.errors
