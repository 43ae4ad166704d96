"""Services, deployments and tasks of the benchmark's ECS: state only, nothing here acts."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from functools import lru_cache

from spot_failover.core.service import ServiceEvent
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.strategy import Strategy
from spotctl.simulation.meter import Meter

SPOT_PROVIDER = "FARGATE_SPOT"
ON_DEMAND_PROVIDER = "FARGATE"


class State(Enum):
    """Where a task stands."""

    STARTING = auto()
    RUNNING = auto()
    HEALTHY = auto()
    NOTICED = auto()
    """Interrupted: it ends in two minutes, and ECS counts on it no more."""
    STOPPING = auto()
    ENDED = auto()


WANTED = frozenset({State.STARTING, State.RUNNING, State.HEALTHY})


@dataclass(eq=False, slots=True)
class Task:
    """One task; times in seconds."""

    number: int
    service: Service
    deployment: Deployment
    provider: str
    created_at: float
    state: State = State.STARTING
    started_at: float | None = None
    served: bool = False
    """It was healthy when its notice came."""

    @property
    def wanted(self) -> bool:
        """Whether ECS counts on it."""
        return self.state in WANTED

    @property
    def spot(self) -> bool:
        """Whether it can be interrupted."""
        return self.provider == SPOT_PROVIDER


@dataclass(eq=False, slots=True)
class Deployment:
    """One deployment; `short_since` is when it last found no Spot, None while it finds some."""

    id: str
    strategy: Strategy
    created_at: datetime
    completed: bool = False
    short_since: float | None = None


@dataclass(eq=False)
class Service:
    """One service. `deployments` has the PRIMARY first, `tasks` all that have not ended."""

    key: ServiceKey
    strategy: Strategy
    desired: int
    meter: Meter
    tags: Mapping[str, str] = field(default_factory=dict)
    deployments: list[Deployment] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    messages: deque[ServiceEvent] = field(default_factory=lambda: deque(maxlen=20))
    """Newest first."""
    wished: int = 0
    """What autoscaling wants: scale-in may have to wait."""
    wake_at: float | None = None
    steady: bool = False
    deploys: int = 0
    """Deployments that its owner did not make."""

    @property
    def primary(self) -> Deployment:
        """The newest deployment."""
        return self.deployments[0]

    @property
    def rolling(self) -> bool:
        """Whether its last deployment is still on its way."""
        return not self.deployments[0].completed

    @property
    def whole(self) -> bool:
        """Whether it has all its tasks, and they are not only coming: nothing about it can be told as a shortage."""
        return self.steady and sum(task.state is State.HEALTHY for task in self.tasks) >= self.desired


@lru_cache(maxsize=4096)
def places(strategy: Strategy, count: int) -> Mapping[str, int]:
    """How many of so many tasks ECS gives each provider: the base first, then by weight."""
    given: Counter[str] = Counter()
    for item in strategy:
        given[item.provider] += min(item.base, count - given.total())
    weighted = [item for item in strategy if item.weight > 0]
    beyond: Counter[str] = Counter()
    while weighted and given.total() < count:
        chosen = min(weighted, key=lambda item: (beyond[item.provider] + 1) / item.weight)
        beyond[chosen.provider] += 1
        given[chosen.provider] += 1
    return given
