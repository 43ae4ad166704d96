"""The steps of one example, one after another until one fails."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from local_aws.client import LocalAws
from tools import paths
from tools.examples.catalogue import Run
from tools.examples.example import Example
from tools.examples.inventory import Thing, inventory, unseen
from tools.linters.install import installed
from tools.terraform_lint import findings
from tools.terraform_mirror import TerraformError
from tools.terraform_validate import check_format

Step = Callable[[], str | None]
"""Takes a step, and says what is wrong, None if nothing is."""


@dataclass
class Outcome:
    """How far an example came: seconds of each step that was taken, and what was wrong in the last."""

    label: str
    seconds: dict[str, float] = field(default_factory=dict)
    problem: str | None = None

    @property
    def failed_at(self) -> str | None:
        """The step that failed."""
        return list(self.seconds)[-1] if self.problem else None


class Walk:
    """Takes all steps of a run."""

    def __init__(self, aws: LocalAws, run: Run, tree: Path, root: Path = paths.ROOT) -> None:
        self._aws = aws
        self._run = run
        self._before: frozenset[Thing] = frozenset()
        given = run.given
        self._example = Example(
            aws, run.name, run.account, tree, given.variables, given.label, given.variable_file, root
        )

    def init(self) -> None:
        """Fetch modules and provider: one example at a time, Terraform does not guard a plugin cache."""
        self._example.init()
        self._before = inventory(self._aws, self._run.places)

    def take(self) -> Outcome:
        """Take the steps."""
        outcome = Outcome(self._run.label)
        for name, step in self.steps():
            started = time.monotonic()
            try:
                outcome.problem = step()
            except TerraformError as error:
                outcome.problem = str(error)
            outcome.seconds[name] = time.monotonic() - started
            if outcome.problem:
                break
        return outcome

    def steps(self) -> Sequence[tuple[str, Step]]:
        """Name and step, in their order. Without tflint there is no such step."""
        example = self._example
        steps: list[tuple[str, Step]] = [
            ("fmt", lambda: check_format(example.folder)),
            ("validate", example.validate),
            ("tflint", lambda: findings(example.folder)),
            ("plan", example.plan),
            ("apply", self._apply),
            ("again", example.check_unchanged),
            ("destroy", self._destroy),
            ("leftovers", self._leftovers),
        ]
        return [step for step in steps if step[0] != "tflint" or installed()]

    def _apply(self) -> str | None:
        self._example.apply_planned()
        there = inventory(self._aws, self._run.places)
        return "\n".join(unseen(self._example.made(), self._before, there)) or None

    def _destroy(self) -> None:
        if self._run.given.before_destroy:
            self._example.apply(*self._run.given.before_destroy)
        self._example.destroy()

    def _leftovers(self) -> str | None:
        now = inventory(self._aws, self._run.places)
        left = [f"Left behind: {thing}" for thing in sorted(now - self._before)]
        gone = [f"Taken away though it was there before: {thing}" for thing in sorted(self._before - now)]
        return "\n".join(left + gone) or None
