"""Sandboxes at work and at rest, within each function's reserved concurrency."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from local_aws.clock import Clock
from local_aws.lambda_service.arns import FunctionArn
from local_aws.lambda_service.deployment import Deployment
from local_aws.lambda_service.results import ThrottledError
from local_aws.lambda_service.sandbox import Sandbox

# Lambda tells no number; it lets go of idle sandboxes after some minutes.
IDLE_SECONDS = 900.0
# Credentials must outlast an invocation by this many seconds.
CREDENTIALS_MARGIN = 60.0


@dataclass
class Lease:
    """A sandbox with what the pool must know of it. Times are virtual, in epoch seconds."""

    sandbox: Sandbox
    log_stream: str
    credentials_expire_at: float
    idle_since: float = 0.0
    stale: bool = False


class Pool:
    """Hands out warm sandboxes, makes new ones with ``start`` and ends those that nobody may use any more."""

    def __init__(self, clock: Clock, start: Callable[[Deployment], Lease]) -> None:
        self._clock = clock
        self._start = start
        self._lock = threading.Lock()
        self._idle: defaultdict[Deployment, list[Lease]] = defaultdict(list)
        self._busy: list[Lease] = []
        self._running: Counter[FunctionArn] = Counter()
        self._stopping = threading.Event()

    def acquire(self, deployment: Deployment, reserved: int | None) -> Lease:
        """A sandbox for one invocation: the one used last if there is one.

        Raises
        ------
        ThrottledError
            ``reserved`` invocations of the function run already.
        """
        with self._lock:
            if self._stopping.is_set():
                raise ThrottledError(f"local_aws is stopping: {deployment.arn} is not invoked any more")
            if reserved is not None and self._running[deployment.arn] >= reserved:
                raise ThrottledError(f"Rate Exceeded: {deployment.arn} has a reserved concurrency of {reserved}")
            self._running[deployment.arn] += 1
            lease, outdated = self._take(deployment)
        try:
            for other in outdated:
                other.sandbox.close()
            if lease is None:
                lease = self._start(deployment)
        except BaseException:
            with self._lock:
                self._running[deployment.arn] -= 1
            raise
        with self._lock:
            self._busy.append(lease)
            if not self._stopping.is_set():
                return lease
        self.release(lease)
        raise ThrottledError(f"local_aws is stopping: {deployment.arn} is not invoked any more")

    def release(self, lease: Lease) -> None:
        """Give a sandbox back; it ends if it is not fit for another invocation."""
        deployment = lease.sandbox.deployment
        with self._lock:
            self._running[deployment.arn] -= 1
            self._busy.remove(lease)
            reusable = lease.sandbox.alive and not lease.stale and not self._stopping.is_set()
            if reusable:
                lease.idle_since = self._clock.now()
                self._idle[deployment].append(lease)
        if not reusable:
            lease.sandbox.close()

    def recycle(self, arn: FunctionArn) -> None:
        """The function was changed or deleted: end its sandboxes, busy ones after their invocation."""
        with self._lock:
            for lease in self._busy:
                lease.stale = lease.stale or lease.sandbox.deployment.arn == arn
            ended = [
                lease
                for deployment in [one for one in self._idle if one.arn == arn]
                for lease in self._idle.pop(deployment)
            ]
        for lease in ended:
            lease.sandbox.close()

    def stop(self) -> None:
        """End every sandbox, busy ones too."""
        with self._lock:
            self._stopping.set()
            everyone = [lease for leases in self._idle.values() for lease in leases] + self._busy
            self._idle.clear()
        for lease in everyone:
            lease.sandbox.close()

    def _take(self, deployment: Deployment) -> tuple[Lease | None, list[Lease]]:
        """The fittest idle sandbox and those that have become unfit."""
        now = self._clock.now()
        idle = self._idle[deployment]
        expired = [
            lease
            for lease in idle
            if not lease.sandbox.alive or lease.credentials_expire_at - now < deployment.timeout + CREDENTIALS_MARGIN
        ]
        fit = [lease for lease in idle if lease not in expired]
        chosen = fit.pop() if fit else None
        tired = [lease for lease in fit if now - lease.idle_since > IDLE_SECONDS]
        self._idle[deployment] = [lease for lease in fit if lease not in tired]
        return chosen, expired + tired
