"""No process of a function outlives the local AWS it belongs to."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local_aws.client import LocalAws
from local_aws.process import ServerProcess
from tests.local_aws.conftest import CENTRAL
from tests.local_aws.lambda_service.conftest import Lab, package

pytestmark = pytest.mark.slow

SOURCE = """
import os, time
def handler(event, context):
    if event:
        time.sleep(event)
    return {"pid": os.getpid(), "task_root": os.environ["LAMBDA_TASK_ROOT"]}
"""


@pytest.fixture
def server() -> Iterator[ServerProcess]:
    """A local AWS that may be killed."""
    running = ServerProcess.start(["--accounts", CENTRAL], None)
    yield running
    running.stop()


def client(server: ServerProcess, service: str) -> Any:
    return LocalAws(f"http://127.0.0.1:{server.port}").session().client(service)


def deployed(server: ServerProcess) -> dict[str, Any]:
    """What a sandbox tells about itself."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = client(server, "iam").create_role(RoleName="role", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    functions = client(server, "lambda")
    functions.create_function(
        FunctionName="function", Role=role, Runtime="python3.12", Handler="app.handler", Timeout=60,
        Code={"ZipFile": package(SOURCE)},
    )  # fmt: skip
    told: dict[str, Any] = json.loads(functions.invoke(FunctionName="function", Payload="0")["Payload"].read())
    return told


def service_folder(told: dict[str, Any]) -> Path:
    """Where the server keeps what it unpacked; a server that is killed can't remove it."""
    return Path(told["task_root"]).parent.parent


def ended(pid: int, seconds: float = 20.0) -> bool:
    """Whether a process that is not ours to wait for ends in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_sandboxes_end_with_their_server(server: ServerProcess, number: signal.Signals) -> None:
    told = deployed(server)
    os.kill(told["pid"], 0)
    server.process.send_signal(number)
    server.process.wait(20)
    assert ended(told["pid"])
    folder = service_folder(told)
    assert folder.exists() is (number is signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)


def test_a_busy_sandbox_ends_too(server: ServerProcess) -> None:
    told = deployed(server)
    client(server, "lambda").invoke(FunctionName="function", InvocationType="Event", Payload="50")
    server.process.send_signal(signal.SIGKILL)
    server.process.wait(20)
    assert ended(told["pid"])
    shutil.rmtree(service_folder(told))


def test_a_deleted_functions_sandbox_ends(lab: Lab) -> None:
    lab.deploy(SOURCE)
    pid = lab.call(event=0)["pid"]
    lab.functions.delete_function(FunctionName="function")
    assert ended(pid)
