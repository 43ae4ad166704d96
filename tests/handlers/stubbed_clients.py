"""Clients of workload accounts, without a session: the one that a test brings."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

from spot_failover.aws.clients import WorkloadClients
from tests.doubles.clock import START

ROLE = "arn:aws:iam::111111111111:role/CentralSpotAutomationRole"


class StubbedClients(WorkloadClients):
    """One stubbed client for every account and Region, whatever is asked for."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.asked: list[tuple[str, str, bool]] = []
        self.forgotten: list[str] = []
        times = (START + timedelta(seconds=number) for number in count())
        self.now = lambda: next(times)

    def role_arn(self, account: str) -> str:
        return ROLE

    def ecs(self, account: str, region: str, *, retried: bool) -> Any:
        self.asked.append((account, region, retried))
        return self.client

    def autoscaling(self, account: str, region: str) -> Any:
        self.asked.append((account, region, True))
        return self.client

    def states(self, account: str, region: str) -> Any:
        self.asked.append((account, region, True))
        return self.client

    def forget(self, account: str, *, older_than: timedelta = timedelta()) -> None:
        if not older_than:
            self.forgotten.append(account)
