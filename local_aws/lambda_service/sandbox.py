"""A sandbox: one process that runs a deployed function, one invocation after another."""

from __future__ import annotations

import queue
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from local_aws.lambda_service import sandbox_bootstrap
from local_aws.lambda_service.deployment import Deployment
from local_aws.lambda_service.output import Line, Output
from local_aws.lambda_service.results import Outcome
from local_aws.lambda_service.runtime_api import Invocation, Message, RuntimeApi, Said

# Lambda gives initialization 10 s; a busy laptop may need longer.
INIT_SECONDS = 30.0
_OUTCOMES = {Said.RESPONSE: Outcome.OK, Said.ERROR: Outcome.ERROR, Said.INIT_ERROR: Outcome.ERROR}


@dataclass(frozen=True)
class Ended:
    """How an invocation ended. ``body``: response or error object; empty for a timeout or an exit.

    ``duration_ms`` and ``init_ms`` (None if the sandbox was warm) are real.
    """

    outcome: Outcome
    body: bytes
    lines: tuple[Line, ...]
    duration_ms: float
    init_ms: float | None
    exit_status: int | None = None


class Sandbox:
    """Starts with its construction; `close` ends it. Not for two threads at a time.

    Parameters
    ----------
    environment
        All of the process's environment but the Runtime API's address.
    now
        Virtual time of the start, in epoch seconds.
    scratch
        A folder that is the sandbox's alone; removed with it.
    """

    def __init__(
        self,
        deployment: Deployment,
        api: RuntimeApi,
        *,
        name: str,
        environment: dict[str, str],
        task_root: Path,
        runtime: Path,
        scratch: Path,
        now: float,
    ) -> None:
        self.deployment = deployment
        self.name = name
        self._api = api
        self._scratch = scratch
        self._started = time.monotonic()
        self._init_ms: float | None = None
        self._ready = False
        self._channel = api.open(name)
        arguments = [str(runtime), f"/{name}", str(deployment.timeout), repr(now)]
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", sandbox_bootstrap.__file__, *arguments],
            cwd=task_root,
            env={**environment, "AWS_LAMBDA_RUNTIME_API": api.address(self._channel)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._output = Output()
        self._reader = threading.Thread(target=self._read, name=f"lambda-output-{name}", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it may serve another invocation."""
        return self._process.poll() is None

    def invoke(self, invocation: Invocation) -> Ended:
        """Run one invocation; after anything but a response or an error of the handler the sandbox is no more."""
        if not self._ready:
            said = self._next_message(INIT_SECONDS)
            if said is None or said.said is not Said.READY:
                return self._ended(invocation, said, 0.0)
            self._ready = True
            self._init_ms = (time.monotonic() - self._started) * 1000
        begun = time.monotonic()
        self._channel.invocations.put(invocation)
        said = self._next_message(float(self.deployment.timeout))
        return self._ended(invocation, said, (time.monotonic() - begun) * 1000)

    def kill(self) -> None:
        """End the process in the middle of whatever it does (SIGKILL); may be called from any thread."""
        self._process.kill()

    def time_out(self) -> None:
        """End the invocation that runs as if its time were up; may be called from any thread."""
        self._channel.messages.put(Message(Said.TIMED_OUT))

    def close(self) -> None:
        """End the process and remove what it left."""
        self._process.kill()
        self._process.wait()
        self._api.close(self._channel)
        self._reader.join()
        if self._process.stdin is not None:
            self._process.stdin.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def memory_mb(self) -> int | None:
        """Most memory that the process has used so far, where the system tells (Linux)."""
        status = Path(f"/proc/{self.pid}/status")
        if not status.exists():
            return None
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return -(-int(line.split()[1]) // 1024)
        return None

    def _next_message(self, seconds: float) -> Message | None:
        try:
            return self._channel.messages.get(timeout=seconds)
        except queue.Empty:
            return None

    def _ended(self, invocation: Invocation, said: Message | None, duration_ms: float) -> Ended:
        init_ms, self._init_ms = self._init_ms, None
        if said is None or said.said is Said.TIMED_OUT:
            self.close()
            return Ended(Outcome.TIMEOUT, b"", self._output.take(), duration_ms, init_ms)
        if said.said is Said.EXITED:
            status = self._process.wait()
            return Ended(Outcome.EXIT, b"", self._output.take(), duration_ms, init_ms, status)
        if said.said is Said.INIT_ERROR:
            self._reader.join()
        else:
            self._output.wait_for_end(invocation.request_id, seconds=5.0)
        return Ended(_OUTCOMES[said.said], said.body, self._output.take(), duration_ms, init_ms)

    def _read(self) -> None:
        """Collect the output until the process ends, then say that it has."""
        stream = self._process.stdout
        if stream is None:
            raise RuntimeError("the sandbox was started without a pipe for its output")
        with stream:
            self._output.read_from(stream)
        self._process.wait()
        self._channel.messages.put(Message(Said.EXITED))
