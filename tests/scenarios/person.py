"""Somebody with a shell and two profiles of the AWS CLI: their own, and the operator role that they enter from it."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.scenarios.organization import CENTRAL, REGION, Organization
from tools import paths

ENGINEER = f"arn:aws:iam::{CENTRAL}:role/platform-engineer"
OPERATOR = f"arn:aws:iam::{CENTRAL}:role/EcsSpotFailoverOperator"
ON_VIRTUAL_TIME = """
import sys, time_machine
from local_aws.client import LocalAws
from spotctl import installation
from spotctl.main import main
aws = LocalAws(sys.argv.pop(1))
with time_machine.travel(aws.now(), tick=True) as traveller:
    installation.pause = lambda seconds: traveller.move_to(aws.advance(max(seconds, 1)))
    main()
"""
"""As the functions do: their leases and the command's are of one clock. Where the command waits, time passes."""
SECONDS = 120


@dataclass
class Person:
    """Runs `spotctl` as a process of its own."""

    organization: Organization
    home: Path

    def log_in(self) -> None:
        """Begin a session of an hour, as people do it anew in the course of a day."""
        sts = self.organization.client("sts")
        keys = sts.assume_role(RoleArn=ENGINEER, RoleSessionName="anna")["Credentials"]
        (self.home / ".aws" / "credentials").write_text(
            f"[engineer]\naws_access_key_id = {keys['AccessKeyId']}\n"
            f"aws_secret_access_key = {keys['SecretAccessKey']}\n"
            f"aws_session_token = {keys['SessionToken']}\n"
        )

    def spotctl(self, *arguments: str, status: int = 0, answer: str = "") -> str:
        """Run it, and give what it printed to standard output; not on a terminal."""
        result = subprocess.run(
            self._command(*arguments),
            env=self._environment(),
            input=answer,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        assert result.returncode == status, result.stdout + result.stderr
        assert "Traceback" not in result.stderr
        return result.stdout

    def json(self, *arguments: str, status: int = 0) -> Any:
        return json.loads(self.spotctl(*arguments, "--json", status=status))

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        """Start it, not on a terminal."""
        return subprocess.Popen(
            self._command(*arguments),
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def on_terminal(self, *arguments: str, typed: str = "", ctrl_c_after: str = "") -> tuple[int, str]:
        """Run it on a terminal of its own: its exit status, and all that was seen there.

        `typed` is typed at once; Ctrl-C is pressed once `ctrl_c_after` was seen.
        """
        ours, its = pty.openpty()
        try:
            process = subprocess.Popen(
                self._command(*arguments),
                env=self._environment() | {"TERM": "xterm", "COLUMNS": "160", "LINES": "50"},
                stdin=its,
                stdout=its,
                stderr=its,
                start_new_session=True,
                preexec_fn=_take_terminal,  # noqa: PLW1509 - no threads here
            )
            os.close(its)
            os.write(ours, typed.encode())
            seen = ""
            while chunk := _read(ours):
                seen += chunk
                if ctrl_c_after and ctrl_c_after in seen:
                    ctrl_c_after = ""
                    os.write(ours, b"\x03")
            return process.wait(SECONDS), seen
        finally:
            os.close(ours)

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-c", ON_VIRTUAL_TIME, self.organization.aws.endpoint_url, *arguments]

    def _environment(self) -> dict[str, str]:
        aws = self.organization.aws
        kept = {name: value for name, value in aws.env().items() if not name.startswith("AWS_")}
        return kept | {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "PYTHONPATH": os.pathsep.join([str(paths.SOURCES), str(paths.ROOT)]),
            "AWS_ENDPOINT_URL": aws.endpoint_url,
            "AWS_PROFILE": "operator",
            "AWS_EC2_METADATA_DISABLED": "true",
        }


def _take_terminal() -> None:
    """Make standard input the terminal that Ctrl-C reaches this process by."""
    import fcntl  # noqa: PLC0415 - in the child alone
    import termios  # noqa: PLC0415

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _read(terminal: int) -> str:
    """What comes next; empty once the process has ended."""
    ready, _, _ = select.select([terminal], [], [], SECONDS)
    assert ready, "nothing was written to the terminal"
    with suppress(OSError):  # EIO: nobody has it open any more
        return os.read(terminal, 65536).decode(errors="replace")
    return ""


def make_engineer(organization: Organization, home: Path) -> Person:
    """A role that may enter the operator role, and no more, and somebody with a session of it in a profile."""
    iam = organization.client("iam")
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{CENTRAL}:root"}, "Action": "sts:AssumeRole"}
    allow = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": OPERATOR}
    for_trust, policy = ({"Version": "2012-10-17", "Statement": [each]} for each in (trust, allow))
    iam.create_role(RoleName="platform-engineer", AssumeRolePolicyDocument=json.dumps(for_trust))
    iam.put_role_policy(RoleName="platform-engineer", PolicyName="operate", PolicyDocument=json.dumps(policy))
    folder = home / ".aws"
    folder.mkdir(parents=True)
    (folder / "config").write_text(
        f"[profile operator]\nrole_arn = {OPERATOR}\nrole_session_name = anna\nsource_profile = engineer\n"
        f"region = {REGION}\n"
    )
    person = Person(organization, home)
    person.log_in()
    return person
