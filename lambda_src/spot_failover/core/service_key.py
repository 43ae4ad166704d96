"""Which service: the four names that stand in every log line, record and error message."""

from __future__ import annotations

import re
from dataclasses import dataclass

NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
"""A cluster's or a service's name (ECS API reference, CreateCluster and CreateService)."""


@dataclass(frozen=True, order=True)
class ServiceKey:
    """One ECS service. Two services of the same names in two Regions are two services.

    In messages, one without a service stands for its cluster, and without a cluster for its account and Region.
    """

    account: str
    region: str
    cluster: str
    service: str

    @property
    def record_id(self) -> str:
        """Hash key of the service's item in the state table; the range key is the Region."""
        return f"{self.account}::{self.cluster}::{self.service}"

    @classmethod
    def from_record_id(cls, record_id: str, region: str) -> ServiceKey:
        """Inverse of `record_id`.

        Raises
        ------
        ValueError
            The id is not that of a service.
        """
        account, cluster, service = record_id.split("::")
        return cls(account, region, cluster, service)

    def __str__(self) -> str:
        if not self.service:
            cluster = f"cluster {self.cluster} in " if self.cluster else ""
            return f"{cluster}account {self.account}, Region {self.region}"
        return f"service {self.service} of cluster {self.cluster} in account {self.account}, Region {self.region}"
