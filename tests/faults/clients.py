"""Clients with an administrator's credentials, each made once: thousands of looks must not take long."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from botocore.config import Config
from botocore.credentials import Credentials

from local_aws.client import LocalAws
from local_aws.session import Session
from tests.scenarios.organization import CENTRAL, REGION

RENEW_AFTER = 3000.0
"""Virtual seconds for which credentials are used: they last an hour."""
PATIENCE = Config(retries={"total_max_attempts": 8, "mode": "standard"})
"""An owner, and whoever looks on, is throttled like everyone else."""


@dataclass
class Clients:
    """Clients of every account. The credentials behind them are put in place anew from time to time."""

    aws: LocalAws
    now: float
    """Virtual time; kept up by whoever lets time go by."""
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict)
    _sessions: dict[str, Session] = field(default_factory=dict)
    _renewed_at: dict[str, float] = field(default_factory=dict)

    def get(self, service: str, account: str) -> Any:
        """A client, whose credentials last for a while."""
        if account not in self._sessions:
            self._sessions[account] = self.aws.session(account, REGION)
            self._renewed_at[account] = self.now
        if account != CENTRAL and self.now - self._renewed_at[account] > RENEW_AFTER:
            self._renew(account)
            self._renewed_at[account] = self.now
        if (service, account) not in self._clients:
            self._clients[service, account] = self._sessions[account].client(service, config=PATIENCE)
        return self._clients[service, account]

    def _renew(self, account: str) -> None:
        fresh = self.aws.env(account, REGION)
        credentials = self._sessions[account].boto.get_credentials()
        assert isinstance(credentials, Credentials)
        credentials.access_key = fresh["AWS_ACCESS_KEY_ID"]
        credentials.secret_key = fresh["AWS_SECRET_ACCESS_KEY"]
        credentials.token = fresh["AWS_SESSION_TOKEN"]
