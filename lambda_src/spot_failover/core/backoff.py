"""How long to wait before Spot is tried again."""

from __future__ import annotations

from datetime import timedelta

from spot_failover.core.policy import RestorePolicy

JITTER = 0.2
"""Share of a delay that chance may take off: services that failed together do not come back together."""


def restore_delay(policy: RestorePolicy, failures: int, chance: float) -> timedelta:
    """Delay after `failures` failed restores in a row: initial, then times `factor`, up to the maximum.

    Parameters
    ----------
    chance
        From 0 (the whole delay) to 1 (shortened by `JITTER`).
    """
    seconds = policy.initial_delay.total_seconds()
    longest = policy.max_delay.total_seconds()
    for _ in range(failures):
        seconds *= policy.factor
    return timedelta(seconds=min(seconds, longest) * (1 - JITTER * chance))
