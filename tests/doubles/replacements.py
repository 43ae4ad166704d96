"""Step Functions in memory: executions that replace a service's task set, when a test lets them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from spot_failover.core.errors import AccessDeniedError, RefusedError
from spot_failover.core.execution import Execution, ExecutionOrder, ExecutionState
from spot_failover.core.service import Deployment
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.strategy import Strategy
from tests.doubles.clock import Clock
from tests.doubles.faults import Faults
from tests.doubles.services import InMemoryServices


class InMemoryReplacements:
    """The port `Replacements`."""

    def __init__(self, clock: Clock, services: InMemoryServices) -> None:
        self._clock = clock
        self._services = services
        self.faults = Faults()
        self.executions: dict[str, Execution] = {}
        self.orders: list[ExecutionOrder] = []
        """Those that began an execution, in order."""
        self.state_machines = {"controlled-scaledown"}
        self.denied = False
        self.late = 0
        """So many looks more answer that there is no such execution."""
        self.watch: Callable[[ExecutionOrder], object] = lambda _order: None
        """Called whenever an execution begins."""

    def start(self, order: ExecutionOrder) -> None:
        self.faults.reach("start", after=False)
        if self.denied:
            raise AccessDeniedError(f"states:StartExecution for {order.key}: denied")
        if order.state_machine not in self.state_machines:
            raise RefusedError(f"states:StartExecution for {order.key}: StateMachineDoesNotExist")
        if order.name not in self.executions:
            self.watch(order)
            self.executions[order.name] = Execution(order.name, ExecutionState.RUNNING)
            self.orders.append(order)
        self.faults.reach("start", after=True)

    def look(self, key: ServiceKey, state_machine: str, name: str) -> Execution:
        self.faults.reach("look", after=False)
        if self.late:
            self.late -= 1
            return Execution(name, ExecutionState.UNKNOWN)
        return self.executions.get(name, Execution(name, ExecutionState.UNKNOWN))

    @property
    def running(self) -> list[ExecutionOrder]:
        """Those that have not ended, in order."""
        return [each for each in self.orders if self.executions[each.name].state is ExecutionState.RUNNING]

    def succeed(self) -> None:
        """The execution that runs ends: a new task set is the primary and only one, and whole."""
        (order,) = self.running
        live = self._services.live[order.key]
        strategy = Strategy.from_api(order.given["capacityProviderStrategy"])
        made = Deployment(
            f"ecs-svc/{len(self.executions) + 1000}",
            "PRIMARY",
            "COMPLETED",
            self._clock.now(),
            live.desired,
            live.desired,
            0,
            strategy,
        )
        self._services.live[order.key] = replace(
            live, strategy=strategy, deployments=(made,), running=live.desired, pending=0
        )
        self._end(order, ExecutionState.SUCCEEDED)

    def fail(self, error: str, cause: str = "") -> None:
        """The execution that runs ends, and all is as before."""
        (order,) = self.running
        self._end(order, ExecutionState.FAILED, error, cause)

    def _end(self, order: ExecutionOrder, state: ExecutionState, error: str = "", cause: str = "") -> None:
        self.executions[order.name] = Execution(order.name, state, self._clock.now(), error, cause)
