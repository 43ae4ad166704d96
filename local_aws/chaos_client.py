"""The part of the client that makes a local AWS unpleasant. What a call leaves out is off from then on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ChaosClient:
    """Speaks to the routes below ``chaos``. Probabilities are within 0 and 1, times are seconds of virtual time.

    The same seed brings about the same, as long as the same happens in the same order.
    """

    get: Callable[[str], Any]
    post: Callable[[str, dict[str, Any]], Any]

    def quotas(self, *, enabled: bool, others: float = 0.0, seed: int = 0) -> None:
        """Let ECS throttle whoever goes beyond the documented rates; buckets are full at first.

        ``others``: the probability with which somebody else in the account has just used the quota up.
        """
        self.post("chaos/quotas", {"enabled": enabled, "others": others, "seed": seed})

    def reads(self, stale_seconds: float, probability: float = 1.0, seed: int = 0) -> None:
        """Let reads that are not strongly consistent see ECS services and DynamoDB items as they were so long ago."""
        self.post("chaos/reads", {"stale_seconds": stale_seconds, "probability": probability, "seed": seed})

    def events(self, duplicate: float = 0.0, drop: float = 0.0, delay_seconds: float = 0.0, seed: int = 0) -> None:
        """Let EventBridge deliver to queues twice, not at all, or up to so much later (and so out of order)."""
        body = {"duplicate": duplicate, "drop": drop, "delay_seconds": delay_seconds, "seed": seed}
        self.post("chaos/events", body)

    def queues(
        self, duplicate: float = 0.0, concurrent: float = 0.0, delay_seconds: float = 0.0, seed: int = 0
    ) -> None:
        """Let messages come again.

        ``duplicate``: up to ``delay_seconds`` after they were received, although in flight or deleted. ``concurrent``:
        to Lambda at once, while it works on the first delivery.
        """
        body = {"duplicate": duplicate, "concurrent": concurrent, "delay_seconds": delay_seconds, "seed": seed}
        self.post("chaos/queues", body)

    def functions(self, crash: float = 0.0, timeout: float = 0.0, seed: int = 0) -> None:
        """Let invocations crash or time out at one of their AWS calls."""
        self.post("chaos/lambda", {"crash": crash, "timeout": timeout, "seed": seed})

    def counts(self) -> dict[str, int]:
        """How often all this has happened since the start."""
        return dict(self.get("chaos"))

    def calm(self) -> None:
        """Switch all of it off."""
        self.quotas(enabled=False)
        self.reads(0)
        self.events()
        self.queues()
        self.functions()
