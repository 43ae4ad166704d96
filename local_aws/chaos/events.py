"""EventBridge's promise and no more: events reach queues at least once, in any order, at some time; and some get lost.

See "Event delivery" in the Amazon EventBridge User Guide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from local_aws.chaos.dice import Dice

AS_USUAL = (0.0,)


@dataclass
class EventChaos:
    """Decides for every delivery to a queue. ``duplicate`` and ``drop`` are probabilities, delays seconds at most."""

    duplicate: float = 0.0
    drop: float = 0.0
    delay_seconds: float = 0.0
    dice: Dice = field(default_factory=Dice)
    duplicated: int = 0
    lost: int = 0

    def set(self, duplicate: float, drop: float, delay_seconds: float, dice: Dice) -> None:
        """Change it for deliveries from now on."""
        self.duplicate, self.drop, self.delay_seconds, self.dice = duplicate, drop, delay_seconds, dice

    def delays(self, target: Mapping[str, Any]) -> Sequence[float]:
        """How much later than usual the target gets the event, once for each time that it gets it."""
        off = not (self.duplicate or self.drop or self.delay_seconds)
        if off or str(target["Arn"]).split(":")[2:3] != ["sqs"]:
            return AS_USUAL
        # Every delivery throws the same number of dice, so that one setting does not change what another brings about.
        lost, twice = self.dice.happens(self.drop), self.dice.happens(self.duplicate)
        delays = (self.dice.seconds(self.delay_seconds), self.dice.seconds(self.delay_seconds))
        if lost:
            self.lost += 1
            return ()
        self.duplicated += twice
        return delays if twice else delays[:1]
