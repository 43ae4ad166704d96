"""Terraform as a user runs it: init, apply, plan, output. Only ``AWS_ENDPOINT_URL`` says that this is not AWS."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.terraform_mirror import terraform_environment, terraform_init


class TerraformFailedError(Exception):
    """A Terraform command failed; the message holds what it said."""


@dataclass(frozen=True)
class Progress:
    """How far an apply is: resources done of those planned, and what happened last."""

    done: int
    planned: int
    last: str


class Terraform:
    """One configuration, applied with one environment. State stays in its folder."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = terraform_environment(environment)

    def init(self) -> None:
        """Fetch the provider and find the modules."""
        terraform_init(self._folder, environ=self._environment)

    def apply(self, progress: Callable[[Progress], None]) -> int:
        """Apply the configuration and give the number of resources made."""
        planned = done = 0
        errors: list[str] = []
        command = self._command("apply", "-auto-approve")
        for message in self._messages(command, errors, accepted=(0,)):
            match message:
                case {"type": "change_summary", "changes": {"add": int(add), "operation": "plan"}}:
                    planned = add
                case {"type": "apply_complete", "hook": {"action": "create", "resource": {"addr": str(address)}}}:
                    done += 1
                    progress(Progress(done, planned, address))
                case {"type": "refresh_complete" | "planned_change"}:
                    progress(Progress(0, planned, "planning"))
        return done

    def differences(self) -> list[str]:
        """Plan again, and give what Terraform would change although nothing was edited."""
        found: list[str] = []
        errors: list[str] = []
        command = self._command("plan", "-detailed-exitcode")
        for message in self._messages(command, errors, accepted=(0, 2)):
            match message:
                case {"type": "planned_change", "change": {"action": str(action), "resource": {"addr": str(address)}}}:
                    found.append(f"{action} {address}")
                case {"type": "outputs", "outputs": dict(outputs)}:
                    found += [
                        f"{output['action']} output {name}"
                        for name, output in outputs.items()
                        if output.get("action", "noop") != "noop"
                    ]
        return found

    def outputs(self) -> dict[str, Any]:
        """The values of the configuration's outputs."""
        command = ["terraform", f"-chdir={self._folder}", "output", "-json"]
        result = subprocess.run(command, env=self._environment, capture_output=True, text=True, check=False)
        if result.returncode:
            raise TerraformFailedError(f"terraform output failed: {result.stderr.strip()}")
        return {name: output["value"] for name, output in json.loads(result.stdout).items()}

    def _command(self, verb: str, *arguments: str) -> list[str]:
        return ["terraform", f"-chdir={self._folder}", verb, "-json", "-no-color", "-lock=false", *arguments]

    def _messages(self, command: list[str], errors: list[str], accepted: tuple[int, ...]) -> Iterator[dict[str, Any]]:
        """Run ``command`` and give its messages as they come; ends it when the caller stops listening."""
        with subprocess.Popen(
            command, env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            try:
                for line in process.stdout or ():
                    message = _message(line)
                    if message.get("@level") == "error":
                        errors.append(_error(message))
                    yield message
                status = process.wait()
            finally:
                if process.poll() is None:
                    process.terminate()
        if status not in accepted:
            raise TerraformFailedError(f"terraform {command[2]} failed:\n" + "\n".join(errors))


def _message(line: str) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except ValueError:
        return {"@level": "error", "@message": line.strip()} if line.strip() else {}
    return message if isinstance(message, dict) else {}


def _error(message: Mapping[str, Any]) -> str:
    diagnostic = message.get("diagnostic") or {}
    where = f" ({diagnostic['address']})" if diagnostic.get("address") else ""
    return f"{diagnostic.get('summary') or message.get('@message')}{where} {diagnostic.get('detail', '')}".strip()
