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
    Profile.BALANCED: RestorePolicy(
        initial_delay=10 * _MINUTE, factor=2.0, max_delay=60 * _MINUTE, patience=360 * _MINUTE, max_per_day=48
    ),
    Profile.CHEAPEST: RestorePolicy(
        initial_delay=2 * _MINUTE, factor=1.5, max_delay=15 * _MINUTE, patience=240 * _MINUTE, max_per_day=96
    ),
    Profile.CALM: RestorePolicy(
        initial_delay=60 * _MINUTE, factor=2.0, max_delay=240 * _MINUTE, patience=360 * _MINUTE, max_per_day=8
    ),
}
"""Chosen by simulation over real Spot history: docs/decisions/0007-restore-profiles.md."""
