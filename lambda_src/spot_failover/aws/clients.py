"""Clients of workload accounts and Regions, through the automation role. None is made at import."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from spot_failover.aws.errors import Call, translated
from spot_failover.core.errors import AccessDeniedError, SessionExpiredError, SpotFailoverError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from spot_failover.core.service_key import ServiceKey

RETRIED = Config(
    connect_timeout=3,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 4},
    user_agent_extra="ecs-spot-failover",
)
"""Up to three retries with exponential backoff and jitter, on throttling, server errors and time-outs."""
PATIENT = Config(
    connect_timeout=2,
    read_timeout=3,
    retries={"mode": "standard", "total_max_attempts": 2},
    user_agent_extra="ecs-spot-failover",
)
"""Little time: whoever tells people must not hold up what was told of."""
QUICK = Config(
    connect_timeout=2, read_timeout=2, retries={"total_max_attempts": 1}, user_agent_extra="ecs-spot-failover"
)
"""At most four seconds, less than `journal.MARGIN`: for what is told at an invocation's very end."""
ONCE = Config(
    connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 1}, user_agent_extra="ecs-spot-failover"
)
"""No retries: for calls that are not idempotent."""
ONCE_TAKES = timedelta(seconds=8)
"""How long such a call may take to connect and to be answered."""
_RENEW_BEFORE = timedelta(minutes=5)
_MAY_BE_REVOKED = timedelta(minutes=1)
"""From that age on a session that is denied something is not used again: it may be its revocation that denies it (IAM
user guide, revoke temporary credentials), which a new one is free of."""


@dataclass(frozen=True)
class _Session:
    access_key_id: str
    secret_access_key: str
    token: str
    made_at: datetime
    expires_at: datetime


class WorkloadClients:
    """Clients in workload accounts. A role is assumed once per account, and a client made once per Region and API."""

    def __init__(
        self,
        sts: Any,
        *,
        role: str,
        external_id: str,
        session_name: str,
        now: Callable[[], datetime],
        session: Any = boto3,
    ) -> None:
        """`session` makes the clients, with the endpoints of its profile; by default boto3's own session."""
        self._sts = sts
        self._role = role
        self._external_id = external_id
        self._session_name = session_name[:64]
        self.now = now
        self._make: Any = session.client
        self._sessions: dict[str, _Session] = {}
        self._clients: dict[tuple[str, str, str, bool], Any] = {}
        self._lock = Lock()

    def role_arn(self, account: str) -> str:
        """The automation role of a workload account."""
        return f"arn:{self._sts.meta.partition}:iam::{account}:role/{self._role}"

    def ecs(self, account: str, region: str, *, retried: bool) -> Any:
        """An ECS client with a session that lasts."""
        return self._client("ecs", account, region, retried=retried)

    def autoscaling(self, account: str, region: str) -> Any:
        """A client of Application Auto Scaling, for calls that change nothing."""
        return self._client("application-autoscaling", account, region, retried=True)

    def states(self, account: str, region: str) -> Any:
        """A client of Step Functions: its calls may be repeated, a start by its name."""
        return self._client("stepfunctions", account, region, retried=True)

    def _client(self, service: str, account: str, region: str, *, retried: bool) -> Any:
        """Threads may ask at once: making a client is not thread-safe."""
        key = (account, region, service, retried)
        with self._lock:
            self._renew(account)
            if key not in self._clients:
                session = self._sessions[account]
                self._clients[key] = self._make(
                    service,
                    region_name=region,
                    aws_access_key_id=session.access_key_id,
                    aws_secret_access_key=session.secret_access_key,
                    aws_session_token=session.token,
                    config=RETRIED if retried else ONCE,
                )
            return self._clients[key]

    @contextmanager
    def calling(self, action: str, key: ServiceKey) -> Iterator[None]:
        """Let a call about a service fail with an error of ours, and drop a session that does not serve any more."""
        try:
            with translated(Call(action, str(key), self.role_arn(key.account))):
                yield
        except SessionExpiredError:
            self.forget(key.account)
            raise
        except AccessDeniedError:
            self.forget(key.account, older_than=_MAY_BE_REVOKED)
            raise

    def forget(self, account: str, *, older_than: timedelta = timedelta()) -> None:
        """Drop the session and its clients: the next call makes new ones."""
        with self._lock:
            session = self._sessions.get(account)
            if session is not None and self.now() - session.made_at >= older_than:
                self._drop(account)

    def _drop(self, account: str) -> None:
        self._sessions.pop(account, None)
        for key in [key for key in self._clients if key[0] == account]:
            del self._clients[key]

    def _renew(self, account: str) -> None:
        session = self._sessions.get(account)
        if session is not None and self.now() < session.expires_at - _RENEW_BEFORE:
            return
        self._drop(account)
        role = self.role_arn(account)
        try:
            with translated(Call("sts:AssumeRole", f"role {role} in account {account}")):
                answer = self._sts.assume_role(
                    RoleArn=role, RoleSessionName=self._session_name, ExternalId=self._external_id, DurationSeconds=3600
                )["Credentials"]
        except SpotFailoverError as error:
            error.whole_account = True
            raise
        self._sessions[account] = _Session(
            answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"], self.now(), answer["Expiration"]
        )
