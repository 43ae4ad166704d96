"""The restore profiles: one plain choice in place of many numbers. Each number can still be given."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from spot_failover.core.policy import RestorePolicy


class Profile(StrEnum):
    """What matters most to an installation."""

    BALANCED = "balanced"
    CHEAPEST = "cheapest"
    """Back on Spot soon, at the price of more deployments."""
    CALM = "calm"
    """Few deployments, at the price of more on-demand hours."""


_MINUTE = timedelta(minutes=1)
PROFILES = {
    Profile.BALANCED: RestorePolicy(),
    Profile.CHEAPEST: RestorePolicy(
        initial_delay=5 * _MINUTE, factor=1.5, max_delay=30 * _MINUTE, patience=240 * _MINUTE
    ),
    Profile.CALM: RestorePolicy(
        initial_delay=30 * _MINUTE, factor=2.0, max_delay=240 * _MINUTE, patience=60 * _MINUTE, max_per_day=8
    ),
}
