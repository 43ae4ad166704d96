"""A function version as it is deployed: all that a sandbox is made of."""

from __future__ import annotations

import io
import shutil
import tempfile
import threading
import zipfile
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Self

from moto.awslambda.models import LambdaFunction

from local_aws.lambda_service.arns import FunctionArn
from local_aws.lambda_service.results import NotRunnableError
from local_aws.lambda_service.runtime_packages import link_runtime_packages
from local_aws.lambda_service.settings import Logging, settings_of


@dataclass(frozen=True)
class Deployment:
    """Two are equal when a sandbox of one may serve the other. ``timeout`` in seconds, ``memory`` in MB."""

    arn: FunctionArn  # unqualified
    version: str
    role: str
    handler: str
    runtime: str
    timeout: int
    memory: int
    environment: tuple[tuple[str, str], ...]
    key_arn: str | None  # a customer key that the environment is encrypted with
    logging: Logging
    tracing: str
    code_digest: str
    code: bytes = field(repr=False, compare=False)

    @classmethod
    def of(cls, function: LambdaFunction) -> Self:
        """What moto has stored of a function or version."""
        arn = FunctionArn(
            partition=function.partition,
            region=function.region,
            account=function.account_id,
            name=function.function_name,
        )
        code = bytes(getattr(function, "code_bytes", b""))
        if not code or not function.handler:
            raise NotRunnableError(f"{arn} has no code that could be run: deploy a zip file with a handler")
        return cls(
            arn=arn,
            version=str(function.version),
            role=function.role,
            handler=function.handler,
            runtime=str(function.run_time),
            timeout=int(function.timeout),
            memory=int(function.memory_size),
            environment=tuple(sorted((str(name), str(value)) for name, value in function.environment_vars.items())),
            key_arn=function.kms_key_arn or None,
            logging=settings_of(function).logging,
            tracing=str(function.tracing_config.get("Mode", "PassThrough")),
            code_digest=sha256(code).hexdigest(),
            code=code,
        )

    @property
    def log_group(self) -> str:
        """Name of the log group that the function writes to."""
        return self.logging.group or f"/aws/lambda/{self.arn.name}"


class TaskRoots:
    """Unpacked packages, each once, and the runtime's packages, in a temporary folder of their own."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="local-aws-lambda-"))
        self._lock = threading.Lock()
        self.runtime = self._folder / "runtime"
        link_runtime_packages(self.runtime)

    def unpacked(self, deployment: Deployment) -> Path:
        """The folder that holds what the deployed zip holds."""
        target = self._folder / "task" / deployment.code_digest
        with self._lock:
            if not target.exists():
                try:
                    with zipfile.ZipFile(io.BytesIO(deployment.code)) as archive:
                        archive.extractall(target)
                except zipfile.BadZipFile as error:
                    raise NotRunnableError(f"the package of {deployment.arn} is no zip file: {error}") from error
        return target

    def scratch(self) -> Path:
        """A new empty folder for one sandbox: its home and its /tmp."""
        return Path(tempfile.mkdtemp(prefix="sandbox-", dir=self._folder))

    def remove(self) -> None:
        """Remove everything; what a sandbox that is just ending still writes does not matter."""
        shutil.rmtree(self._folder, ignore_errors=True)
