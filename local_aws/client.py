"""The Python client: starts a local AWS in a process of its own, and speaks to it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import boto3

from local_aws.accounts import administrator_role_arn
from local_aws.chaos_client import ChaosClient
from local_aws.connections_client import ConnectionsClient
from local_aws.control import PREFIX
from local_aws.process import LocalAwsError, ServerProcess
from local_aws.session import Session, variables

CONTROL_SECONDS = 60.0
ADVANCE_SECONDS = 900.0

_ROOT_KEYS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}


class LocalAws:
    """A local AWS that runs somewhere: use `start` to start one."""

    def __init__(self, endpoint_url: str, server: ServerProcess | None = None) -> None:
        self.endpoint_url = endpoint_url
        self._server = server

    @classmethod
    def start(
        cls,
        accounts: Sequence[str],
        organization: str = "o-exampleorg1",
        outside_accounts: Sequence[str] = (),
        *,
        units: Mapping[str, str] | None = None,
        log_file: Path | None = None,
    ) -> LocalAws:
        """Start one and wait until it answers. It ends with this process, whatever happens to it.

        Parameters
        ----------
        accounts
            Accounts of the organization; the first is the one that unknown access keys act in.
        outside_accounts
            Accounts that are not in the organization.
        units
            Account to the path of its organizational units (``ou-ab12-11111111/``), for accounts not under the root.
        log_file
            Where its log goes; nowhere if left out.
        """
        options = ["--accounts", ",".join(accounts), "--organization", organization]
        options += ["--outside-accounts", ",".join(outside_accounts)]
        for account, path in (units or {}).items():
            options += ["--organizational-unit", f"{account}={path}"]
        server = ServerProcess.start(options, log_file)
        return cls(f"http://127.0.0.1:{server.port}", server)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the process, if this client started it."""
        if self._server is not None:
            self._server.stop()

    def env(self, account: str | None = None, region: str = "us-east-1") -> dict[str, str]:
        """Environment variables for Terraform, the AWS CLI or an SDK, to act as an administrator of the account.

        Without account: of the first one. Credentials of the user and proxies are kept out.
        """
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_PAGER": "",
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
            **self._keys(account, region),
        }

    def session(self, account: str | None = None, region: str = "us-east-1") -> Session:
        """A session with an administrator's credentials of the account."""
        keys = self._keys(account, region)
        boto = boto3.Session(
            aws_access_key_id=keys["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=keys["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=keys.get("AWS_SESSION_TOKEN"),
            region_name=region,
        )
        return self._session(boto)

    def _session(self, boto: boto3.Session) -> Session:
        return Session(self.endpoint_url, boto)

    def _keys(self, account: str | None, region: str) -> dict[str, str]:
        if account is None or account == self.get("health")["accounts"][0]:
            return dict(_ROOT_KEYS)
        root = boto3.Session(_ROOT_KEYS["AWS_ACCESS_KEY_ID"], _ROOT_KEYS["AWS_SECRET_ACCESS_KEY"], region_name=region)
        sts = Session(self.endpoint_url, root).client("sts")
        given = sts.assume_role(RoleArn=administrator_role_arn(account), RoleSessionName="local-aws-client")[
            "Credentials"
        ]
        return variables(given)

    def now(self) -> float:
        """Virtual time in epoch seconds."""
        return float(self.get("clock")["now"])

    def advance(self, seconds: float) -> float:
        """Move virtual time forward, wait for all that happens meanwhile, and tell the time it is then."""
        return float(self.post("clock/advance", {"seconds": seconds}, timeout=ADVANCE_SECONDS)["now"])

    def set_spot_capacity(
        self,
        account: str,
        region: str,
        capacity: int | None,
        provider: str = "FARGATE_SPOT",
        *,
        cluster: str | None = None,
    ) -> None:
        """How many tasks a pool can carry; None: no limit.

        The pool of an Auto Scaling group provider is one of a ``cluster``, which may be left out where only one cluster
        has the provider.
        """
        pool = {"account": account, "region": region, "provider": provider, "cluster": cluster}
        self.post("spot-capacity", {**pool, "capacity": capacity})

    def interrupt(
        self, account: str, region: str, cluster: str, service: str, tasks: int = 1, provider: str = "FARGATE_SPOT"
    ) -> list[str]:
        """Send interruption notices for so many running tasks of the service on the provider, and answer their ARNs."""
        where = {"account": account, "region": region, "cluster": cluster, "service": service}
        return list(self.post("interrupt", {**where, "tasks": tasks, "provider": provider})["tasks"])

    def ecs_events(self, *, enabled: bool = True, placement_failures: str = "repeated", messages: bool = True) -> None:
        """Choose what ECS tells from now on; without arguments it tells everything, as it does at first.

        Parameters
        ----------
        enabled
            False: no event of any kind comes from ECS, while everything else goes on.
        placement_failures
            How often the event of one shortage comes: ``repeated``, ``once`` or ``never``.
        messages
            False: a service's ``events[]`` has no message of a shortage either.
        """
        telling = {"enabled": enabled, "placement_failures": placement_failures, "messages": messages}
        self.post("ecs-events", telling)

    def set_provisioning_timeout(self, seconds: float) -> None:
        """How long new tasks wait in PROVISIONING for an instance until ECS stops them: 30 minutes at first."""
        self.post("provisioning-timeout", {"seconds": seconds})

    def break_image(self, account: str, image: str, *, broken: bool = True) -> None:
        """Make an image impossible to pull in the account (or possible again): tasks that need it fail to start."""
        self.post("broken-image", {"account": account, "image": image, "broken": broken})

    def fail_application(
        self,
        account: str,
        region: str,
        cluster: str,
        service: str,
        how: str | None,
        *,
        task_definition: str | None = None,
    ) -> None:
        """Let the service's tasks fail for reasons of their own, those that run as well; None: let them run again.

        Parameters
        ----------
        how
            ``container-exit``, ``container-health-check``, ``elb-health-check``: they run for a while;
            ``image-pull``, ``secrets``, ``subnet-addresses``: they never start; ``resource-eni``: on EC2, they find no
            place.
        task_definition
            ``family:revision`` of the tasks that fail, where others of the service go on.
        """
        where = {"account": account, "region": region, "cluster": cluster, "service": service}
        self.post("fail-application", {**where, "how": how, "task_definition": task_definition})

    def set_load(
        self,
        account: str,
        region: str,
        cluster: str,
        service: str,
        *,
        cpu: float | None = None,
        memory: float | None = None,
    ) -> None:
        """How much a service has to do, in tasks that it keeps busy in full: what autoscaling measures from now on.

        A metric that is left out has no data.
        """
        where = {"account": account, "region": region, "cluster": cluster, "service": service}
        self.post("service-load", {**where, "cpu": cpu, "memory": memory})

    def count_interrupted(self, *, counted: bool) -> None:
        """Choose whether ``runningCount`` has Spot tasks between their notice and their end; it has them at first."""
        self.post("count-interrupted", {"counted": counted})

    @property
    def chaos(self) -> ChaosClient:
        """What makes it as unpleasant as AWS."""
        return ChaosClient(self.get, self.post)

    @property
    def connections(self) -> ConnectionsClient:
        """Long-lived connections through Network Load Balancers."""
        return ConnectionsClient(self.get, self.post)

    def emit(
        self, account: str, region: str, source: str, detail_type: str, detail: dict[str, Any], resources: Sequence[str]
    ) -> None:
        """Put an event as an AWS service does, on the account's default bus."""
        event = {"account": account, "region": region, "source": source, "detail-type": detail_type}
        self.post("events/emit", {**event, "detail": detail, "resources": list(resources)})

    def services(self) -> list[dict[str, Any]]:
        """All ECS services, with their tasks by provider and their deployments."""
        return list(self.get("services"))

    def timeline(self) -> dict[str, Any]:
        """What happened to services and Spot capacity over time."""
        return dict(self.get("timeline"))

    def service_updates(self, cluster: str | None = None) -> list[dict[str, Any]]:
        """Every CreateService and UpdateService that was accepted, in one cluster or in all."""
        return list(self.get("service-updates" if cluster is None else f"service-updates?cluster={cluster}"))

    def deliveries(self) -> list[dict[str, Any]]:
        """What EventBridge did with every event for every target."""
        return list(self.get("deliveries"))

    def invocations(self) -> list[dict[str, Any]]:
        """Every run of a Lambda function."""
        return list(self.get("invocations"))

    def authorizations(self) -> list[dict[str, Any]]:
        """Every decision of IAM."""
        return list(self.get("authorizations"))

    def get(self, path: str) -> Any:
        """``GET`` on the control API."""
        return self._request("GET", path, None, CONTROL_SECONDS)

    def post(self, path: str, body: dict[str, Any], timeout: float = CONTROL_SECONDS) -> Any:
        """``POST`` on the control API; ``timeout`` is in real seconds."""
        return self._request("POST", path, json.dumps(body).encode(), timeout)

    def _request(self, method: str, path: str, body: bytes | None, timeout: float) -> Any:
        connection = HTTPConnection(self.endpoint_url.removeprefix("http://"), timeout=timeout)
        try:
            connection.request(method, PREFIX + path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        if answer.status != HTTPStatus.OK:
            raise LocalAwsError(f"local_aws: {method} {path}: {answer.status} {text}")
        return json.loads(text)
