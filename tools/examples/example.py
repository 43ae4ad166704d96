"""One example, and each thing that a user does with it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local_aws.client import LocalAws
from tools import paths
from tools.terraform_mirror import terraform, terraform_environment, terraform_init
from tools.terraform_tree import copy_tree

_PLAN = "examples.tfplan"


@dataclass(frozen=True)
class Example:
    """One folder under `examples`, in an account of a local AWS."""

    aws: LocalAws
    name: str
    account: str
    tree: Path
    """Becomes a copy of the Terraform tree."""
    variables: Mapping[str, str] = field(default_factory=dict)
    workspace: str = ""
    variable_file: str = ""
    root: Path = paths.ROOT
    """What is copied."""

    @property
    def folder(self) -> Path:
        """Its copy, where Terraform runs."""
        return self.tree / "examples" / self.name

    def init(self) -> None:
        """Install its modules and the provider, and go to its workspace."""
        copy_tree(self.tree, self.root)
        terraform_init(self.folder, environ=self._environment())
        if self.workspace:
            self._run("workspace", "new", self.workspace)

    def validate(self) -> None:
        """Check it without AWS.

        Raises
        ------
        TerraformError
            If it is no valid configuration.
        """
        self._run("validate")

    def plan(self) -> None:
        """Plan to make it, for `apply_planned`.

        Raises
        ------
        TerraformError
            If it can't be planned.
        """
        self._run("plan", f"-out={_PLAN}", *self._variables())

    def apply_planned(self) -> None:
        """Make what was planned.

        Raises
        ------
        TerraformError
            If something can't be made.
        """
        self._run("apply", _PLAN)

    def apply(self, *arguments: str) -> None:
        """Make all of it.

        Raises
        ------
        TerraformError
            If something can't be made.
        """
        self._run("apply", "-auto-approve", *self._variables(), *arguments)

    def check_unchanged(self, *arguments: str) -> None:
        """Plan again.

        Raises
        ------
        TerraformError
            If there is anything to change.
        """
        self._run("plan", "-detailed-exitcode", *self._variables(), *arguments)

    def destroy(self, *arguments: str) -> None:
        """Take all of it away.

        Raises
        ------
        TerraformError
            If something can't be.
        """
        self._run("destroy", "-auto-approve", *self._variables(), *arguments)

    def outputs(self) -> dict[str, Any]:
        """The values of its outputs."""
        return {name: each["value"] for name, each in json.loads(self._run("output", "-json")).items()}

    def made(self) -> Counter[str]:
        """How many resources of each type Terraform has made and keeps."""
        state = json.loads(terraform(self.folder, "state", "pull", environ=self._environment()))
        counts: Counter[str] = Counter()
        for resource in state["resources"]:
            if resource["mode"] == "managed":
                counts[resource["type"]] += len(resource["instances"])
        return counts

    def _variables(self) -> list[str]:
        file = [f"-var-file={self.variable_file}"] if self.variable_file else []
        return [*file, *(f"-var={name}={value}" for name, value in self.variables.items())]

    def _run(self, *arguments: str) -> str:
        return terraform(self.folder, *arguments, "-no-color", environ=self._environment())

    def _environment(self) -> dict[str, str]:
        """Anew each time: credentials expire in virtual time."""
        return terraform_environment(self.aws.env(self.account))
