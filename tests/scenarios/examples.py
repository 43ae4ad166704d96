"""Examples as they stand, each applied, found to have nothing left to change, and destroyed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from local_aws.client import LocalAws
from tools.terraform_mirror import terraform, terraform_environment, terraform_init
from tools.terraform_tree import copy_tree


class Example:
    """One folder under `examples`, in a copy of the Terraform tree, with variables for one local AWS."""

    def __init__(self, tree: Path, name: str, aws: LocalAws, variables: Mapping[str, str] | None = None) -> None:
        self._folder = tree / "examples" / name
        self._environment = terraform_environment(aws.env())
        self._variables = [f"-var={key}={value}" for key, value in (variables or {}).items()]

    def init(self) -> None:
        """Install its modules and the provider."""
        terraform_init(self._folder, environ=self._environment)

    def workspace(self, name: str) -> None:
        """Go to the workspace of that name, and make it if there is none."""
        self._run("workspace", "select", "-or-create", name)

    def apply(self, *arguments: str) -> None:
        """Make all of it."""
        self._run("apply", "-auto-approve", *arguments, *self._variables)

    def check_unchanged(self, *arguments: str) -> None:
        """Plan again.

        Raises
        ------
        TerraformError
            If there is anything to change.
        """
        self._run("plan", "-detailed-exitcode", *arguments, *self._variables)

    def destroy(self, *arguments: str) -> None:
        """Take all of it away.

        Raises
        ------
        TerraformError
            If something is left.
        """
        self._run("destroy", "-auto-approve", *arguments, *self._variables)

    def _run(self, *arguments: str) -> str:
        return terraform(self._folder, *arguments, "-no-color", environ=self._environment)


@contextmanager
def applied_example(
    folder: Path, name: str, aws: LocalAws, variables: Mapping[str, str] | None = None
) -> Iterator[Example]:
    """Apply an example, plan it again, and in the end destroy it. ``folder`` gets a copy of the Terraform tree."""
    example = Example(copy_tree(folder / "terraform"), name, aws, variables)
    example.init()
    example.apply()
    example.check_unchanged()
    yield example
    example.destroy()
