"""A local AWS in a process of its own, as the client starts it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 300.0
"""A few on an idle machine; many start side by side on one that has other work too."""
STOP_SECONDS = 20.0


class LocalAwsError(RuntimeError):
    """The process did not start, or refused a request of the control API."""


@dataclass(frozen=True)
class ServerProcess:
    """The process and the port of loopback that it listens on."""

    process: subprocess.Popen[bytes]
    port: int

    @classmethod
    def start(cls, options: Sequence[str], log_file: Path | None) -> ServerProcess:
        """Start ``python -m local_aws`` and wait until it answers; it ends when this process does.

        Raises
        ------
        LocalAwsError
            It ended, or did not answer within START_SECONDS.
        """
        with tempfile.TemporaryDirectory() as folder:
            port_file = Path(folder) / "port"
            command = [sys.executable, "-m", "local_aws", "--port-file", str(port_file), "--stop-with-stdin", *options]
            with (log_file or Path(os.devnull)).open("ab") as log:
                process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, env=_environment())
            return cls(process, _wait_for_port(port_file, process, log_file))

    def stop(self) -> None:
        """Ask the process to end, insist if it does not, and wait for its end."""
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.process.communicate()


def _environment() -> dict[str, str]:
    """The server finds this package where this process did, and none of the user's AWS settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_"))}
    kept["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).resolve().parent.parent), *filter(None, sys.path)])
    return kept


def _wait_for_port(port_file: Path, process: subprocess.Popen[bytes], log_file: Path | None) -> int:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        if port_file.exists():
            return int(port_file.read_text())
        time.sleep(0.05)
    process.kill()
    process.communicate()
    where = f"see {log_file}" if log_file else "give a log_file to see why"
    raise LocalAwsError(f"local_aws did not start within {START_SECONDS:.0f} s (status {process.returncode}): {where}")
