"""How often ECS lets itself be called: token buckets per account and Region.

The numbers are those of "Request throttling for the Amazon ECS API" (Amazon ECS API Reference).
"""

from __future__ import annotations

from dataclasses import dataclass

from moto.core.exceptions import JsonRESTError

from local_aws.chaos.dice import Dice


class ThrottlingError(JsonRESTError):
    """HTTP 400, ThrottlingException: common to all AWS services, and so not in the model of ECS."""

    def __init__(self) -> None:
        super().__init__("ThrottlingException", "Rate exceeded")


@dataclass(frozen=True)
class Quota:
    """Operations that share a bucket: ``rate`` requests a second in the long run, ``burst`` at once."""

    operations: frozenset[str]
    rate: float
    burst: int


QUOTAS = (
    Quota(frozenset({"create_service", "update_service", "delete_service"}), 5.0, 50),
    Quota(frozenset({"describe_services", "list_services"}), 20.0, 100),
)


class Bucket:
    """Tokens that come back with time; full at ``now``. Times are epoch seconds."""

    def __init__(self, quota: Quota, now: float) -> None:
        self._quota = quota
        self._tokens = float(quota.burst)
        self._at = now

    def take(self, now: float) -> bool:
        """Take a token; False when there is none."""
        self._tokens = min(self._quota.burst, self._tokens + (now - self._at) * self._quota.rate)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class Quotas:
    """All buckets; off at first."""

    def __init__(self) -> None:
        self.enabled = False
        self._others, self._dice = 0.0, Dice()
        self.throttled = 0
        self._buckets: dict[tuple[str, str, Quota], Bucket] = {}

    def set(self, *, enabled: bool, others: float, dice: Dice) -> None:
        """Switch on, with full buckets, or off. With probability ``others`` somebody else has taken the last token."""
        self.enabled, self._others, self._dice = enabled, others, dice
        self._buckets.clear()

    def check(self, account: str, region: str, operation: str, now: float) -> None:
        """Count a request.

        Raises
        ------
        ThrottlingError
            The account has used up its quota in the Region.
        """
        if not self.enabled:
            return
        for quota in QUOTAS:
            if operation in quota.operations:
                bucket = self._buckets.setdefault((account, region, quota), Bucket(quota, now))
                if self._dice.happens(self._others) or not bucket.take(now):
                    self.throttled += 1
                    raise ThrottlingError
