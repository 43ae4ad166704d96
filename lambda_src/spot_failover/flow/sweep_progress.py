"""How far a sweep has come, and what it has met."""

from __future__ import annotations

from dataclasses import dataclass, field

from spot_failover.core.service_key import ServiceKey

MOST_FAILED = 2000
"""Characters of the names of services and clusters that failed."""
BEYOND = "~"
"""Behind every name that a service can have: where it is a cluster's last, nothing of that cluster is left."""


@dataclass
class Progress:
    """What one order has done; services by their names, `cluster/service`."""

    findings: dict[str, str]
    seen: set[str] = field(default_factory=set)
    failed: list[str] = field(default_factory=list)
    """Services, and clusters that could not be looked at to their end."""
    unseen: set[str] = field(default_factory=set)
    """These clusters, of this order alone."""
    last: str = ""
    """What the order that goes on begins behind."""
    short: int = 0

    def passed_by(self, cluster: str) -> None:
        """A cluster could not be looked at: the next follows."""
        self.failed.append(cluster)
        self.unseen.add(cluster)
        self.last = f"{cluster}/{BEYOND}"

    @property
    def told_failed(self) -> str:
        """As far as an item has room: each is told in its log line."""
        return ", ".join(self.failed)[:MOST_FAILED]

    def kept_findings(self, after: str) -> dict[str, str]:
        """What stands at the sweep's end: what was behind this order's beginning and was not met is gone.

        Not where nobody could see it.
        """
        begin = split(after)
        return {
            name: reason
            for name, reason in self.findings.items()
            if name in self.seen or split(name) <= begin or split(name)[0] in self.unseen
        }


def name_of(key: ServiceKey) -> str:
    """`cluster/service`."""
    return f"{key.cluster}/{key.service}"


def split(name: str) -> tuple[str, str]:
    """Cluster and service of such a name: in this order they are swept."""
    cluster, _, service = name.partition("/")
    return cluster, service
