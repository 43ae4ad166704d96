"""Examples as they stand, each applied, found to have nothing left to change, and destroyed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local_aws.client import LocalAws
from local_aws.session import Session
from tools.terraform_mirror import terraform, terraform_environment, terraform_init
from tools.terraform_tree import copy_tree

AT_ONCE = 5
"""Most of the time the provider waits, for queues above all."""


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

    def init(self) -> None:
        """Install its modules and the provider, and go to its workspace."""
        copy_tree(self.tree)
        terraform_init(self._folder, environ=self._environment())
        if self.workspace:
            self._run("workspace", "new", self.workspace)

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

    @property
    def _folder(self) -> Path:
        return self.tree / "examples" / self.name

    def _variables(self) -> list[str]:
        file = [f"-var-file={self.variable_file}"] if self.variable_file else []
        return [*file, *(f"-var={name}={value}" for name, value in self.variables.items())]

    def _run(self, *arguments: str) -> str:
        return terraform(self._folder, *arguments, "-no-color", environ=self._environment())

    def _environment(self) -> dict[str, str]:
        """Anew each time: credentials expire in virtual time."""
        return terraform_environment(self.aws.env(self.account))


def what_is_there(aws: LocalAws, places: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
    """Names of what examples make, by account and Region."""
    return {(account, region): sorted(_names(aws.session(account, region))) for account, region in places}


def _names(session: Session) -> Iterator[str]:
    for service, operation, answer, name in _KINDS:
        for each in getattr(session.client(service), operation)().get(answer, []):
            yield each[name] if name else each


_KINDS = (
    ("iam", "list_roles", "Roles", "RoleName"),
    ("sqs", "list_queues", "QueueUrls", ""),
    ("dynamodb", "list_tables", "TableNames", ""),
    ("lambda", "list_functions", "Functions", "FunctionName"),
    ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("events", "list_event_buses", "EventBuses", "Name"),
    ("events", "list_rules", "Rules", "Name"),
    ("scheduler", "list_schedules", "Schedules", "Name"),
    ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    ("ecs", "list_clusters", "clusterArns", ""),
    ("ec2", "describe_vpcs", "Vpcs", "VpcId"),
    ("ec2", "describe_subnets", "Subnets", "SubnetId"),
    ("ec2", "describe_security_groups", "SecurityGroups", "GroupId"),
    ("elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerName"),
    ("elbv2", "describe_target_groups", "TargetGroups", "TargetGroupName"),
)
"""Service, operation, member of its answer, and the member of each that names it; none where it is a name itself."""


@contextmanager
def applied(*examples: Example) -> Iterator[None]:
    """Apply them side by side, plan each again, and in the end destroy them."""
    for example in examples:
        example.init()  # one by one: Terraform does not guard a plugin cache against two writers
    _each(_apply_in_full, examples)
    yield
    _each(Example.destroy, examples)


def _apply_in_full(example: Example) -> None:
    example.apply()
    example.check_unchanged()


def _each(step: Callable[[Example], None], examples: Sequence[Example]) -> None:
    """Take the step for all of them at once; the first error, after all are done."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(step, examples))
