"""The control API's routes for chaos."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from local_aws.chaos.dice import Wishes
from local_aws.chaos.events import EventChaos
from local_aws.chaos.functions import FunctionChaos
from local_aws.chaos.past import Staleness
from local_aws.chaos.queues import QueueChaos
from local_aws.chaos.quotas import Quotas
from local_aws.world import World

Arguments = dict[str, Any]


@dataclass(frozen=True)
class Routes:
    """Handlers of the control API: each setting replaces the one before, and what a request leaves out is off."""

    world: World
    quotas: Quotas
    reads: Staleness
    events: EventChaos
    queues: QueueChaos
    functions: FunctionChaos

    def add(self) -> None:
        """Register all routes."""
        control = self.world.control
        control.add("POST", "chaos/quotas", self.set_quotas)
        control.add("POST", "chaos/reads", self.set_reads)
        control.add("POST", "chaos/events", self.set_events)
        control.add("POST", "chaos/queues", self.set_queues)
        control.add("POST", "chaos/lambda", self.set_functions)
        control.add("GET", "chaos", self.counts)

    def set_quotas(self, arguments: Arguments) -> Arguments:
        """ECS throttles beyond its documented rates."""
        wishes = Wishes(arguments, "enabled", "others", "seed")
        enabled = wishes.switch("enabled")
        with self.world.lock:
            self.quotas.set(enabled=enabled, others=wishes.probability("others"), dice=wishes.dice())
        return {}

    def set_reads(self, arguments: Arguments) -> Arguments:
        """Reads of ECS and, where they do not ask for consistency, of DynamoDB see the past."""
        wishes = Wishes(arguments, "stale_seconds", "probability", "seed")
        with self.world.lock:
            self.reads.set(wishes.seconds("stale_seconds"), wishes.probability("probability", 1.0), wishes.dice())
        return {}

    def set_events(self, arguments: Arguments) -> Arguments:
        """Events reach queues twice, late, in another order, or not."""
        wishes = Wishes(arguments, "duplicate", "drop", "delay_seconds", "seed")
        with self.world.lock:
            self.events.set(
                wishes.probability("duplicate"),
                wishes.probability("drop"),
                wishes.seconds("delay_seconds"),
                wishes.dice(),
            )
        return {}

    def set_queues(self, arguments: Arguments) -> Arguments:
        """Messages come again, deleted or in flight."""
        wishes = Wishes(arguments, "duplicate", "concurrent", "delay_seconds", "seed")
        with self.world.lock:
            self.queues.set(
                wishes.probability("duplicate"),
                wishes.probability("concurrent"),
                wishes.seconds("delay_seconds"),
                wishes.dice(),
            )
        return {}

    def set_functions(self, arguments: Arguments) -> Arguments:
        """Invocations crash or time out at one of their AWS calls."""
        wishes = Wishes(arguments, "crash", "timeout", "seed")
        self.functions.set(wishes.probability("crash"), wishes.probability("timeout"), wishes.dice())
        return {}

    def calm(self) -> None:
        """Switch all of it off: what is laid over moto outlives the world in its process."""
        self.set_quotas({"enabled": False})
        for switch in (self.set_reads, self.set_events, self.set_queues, self.set_functions):
            switch({})

    def counts(self, _: Arguments) -> Arguments:
        """What has come of it since the start."""
        return {
            "throttled": self.quotas.throttled,
            "stale_reads": self.reads.seen,
            "events_duplicated": self.events.duplicated,
            "events_lost": self.events.lost,
            "messages_redelivered": self.queues.redelivered,
            "crashes": self.functions.crashed,
            "timeouts": self.functions.timed_out,
        }
