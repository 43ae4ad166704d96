"""One DynamoDB Local process."""

from __future__ import annotations

import os
import re
import select
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LAUNCHER = Path(__file__).with_name("Loopback.java")
START_SECONDS = 300
"""It takes three; a busy machine may take far longer."""


class StartError(Exception):
    """DynamoDB Local did not start; holds what it said."""


@contextmanager
def running(libraries: Path, log: Path) -> Iterator[str]:
    """Run an empty DynamoDB in memory and end it with the block.

    Parameters
    ----------
    libraries
        What `install` gives.
    log
        Where its messages go.

    Yields
    ------
    str
        Its endpoint, on the loopback interface.
    """
    command = ["java", f"-Djava.library.path={libraries}", "-cp", f"{libraries}/*", str(LAUNCHER)]
    # No credentials, Region or proxies of this machine's user, and no usage reports.
    environment = {"PATH": os.environ["PATH"], "HOME": str(log.parent), "DDB_LOCAL_TELEMETRY": "0"}
    with (
        log.open("w") as messages,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=messages, text=True, env=environment
        ) as process,
    ):
        try:
            yield f"http://127.0.0.1:{_port(process, log)}"
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def _port(process: subprocess.Popen[str], log: Path) -> int:
    """The port that it prints once it listens."""
    assert process.stdout is not None  # noqa: S101 - asked for above
    ready, _, _ = select.select([process.stdout], [], [], START_SECONDS)
    line = process.stdout.readline() if ready else ""
    found = re.fullmatch(r"port (\d+)\n", line)
    if found is None:
        raise StartError(f"DynamoDB Local did not start within {START_SECONDS} s. It said: {line}{log.read_text()}")
    return int(found[1])
