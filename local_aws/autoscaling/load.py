"""The work that services have to do, and what that makes of their metrics."""

from __future__ import annotations

from dataclasses import dataclass

from local_aws.ecs.service import Key, Service
from local_aws.ecs.task import Status

CPU, MEMORY = "ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization"


@dataclass(frozen=True)
class Load:
    """How many tasks the work would keep busy in full, by CPU and by memory; None: nothing measures it."""

    cpu: float | None = None
    memory: float | None = None


class Loads:
    """The load of every service; nothing is known of one that nobody has set."""

    def __init__(self) -> None:
        self._loads: dict[Key, Load] = {}

    def set(self, key: Key, load: Load) -> None:
        """Change the load from now on."""
        self._loads[key] = load

    def utilization(self, service: Service, metric: str) -> float | None:
        """The metric in percent: the load, spread over the tasks that run, of which none does more than it can."""
        load = self._loads.get(service.key, Load())
        busy = {CPU: load.cpu, MEMORY: load.memory}.get(metric)
        running = sum(task.status is Status.RUNNING for task in service.tasks)
        return None if busy is None or not running else min(100.0, 100.0 * busy / running)
