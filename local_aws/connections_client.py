"""The part of the client for connections through Network Load Balancers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ConnectionsClient:
    """Speaks to the routes below ``connections``."""

    get: Callable[[str], Any]
    post: Callable[[str, dict[str, Any]], Any]

    def open(self, account: str, region: str, load_balancer: str, port: int, count: int) -> int:
        """Let so many clients connect through a listener, and answer how many have a connection at once.

        ``load_balancer`` is a name or an ARN. Clients that find no target try again every second.
        """
        where = {"account": account, "region": region, "load_balancer": load_balancer, "port": port}
        return int(self.post("connections/open", {**where, "count": count})["open"])

    def listeners(self) -> list[dict[str, Any]]:
        """For each listener: connections by target group and target, and what happened in each second.

        ``timeline`` has a point for each second of virtual time (``t``, epoch seconds) in which connections were
        ``opened`` or ``ended``, clients ``reconnected`` or were ``refused`` for want of a target.
        """
        return list(self.get("connections")["listeners"])

    def close(self) -> None:
        """Forget all connections and their timeline."""
        self.post("connections/close", {})
