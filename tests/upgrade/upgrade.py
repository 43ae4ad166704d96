"""An installation whose state is that of a release, and what the modules as they are now would do to it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_aws.client import LocalAws
from tools.terraform_mirror import terraform, terraform_environment, terraform_init
from tools.terraform_tree import copy_tree

HERE = Path(__file__).parent
RELEASES = HERE / "releases"
ACCOUNT = "111111111111"
ENDPOINT = "https://sqs.us-east-1.amazonaws.com"
KEPT = frozenset(
    {"aws_cloudwatch_event_bus", "aws_dynamodb_table", "aws_iam_role", "aws_sns_topic", "aws_sqs_queue"},
)
"""Types whose resources an upgrade must not replace or destroy: they hold data, or others know them by name."""

HARMLESS = frozenset({"create", "import", "move", "noop", "read", "update"})
"""What Terraform may do with them. All else loses: `delete`, `replace`, or `remove` by a `removed` block."""

State = dict[str, Any]


@dataclass(frozen=True)
class Installation:
    """The configuration `installation`, in a copy of the tree."""

    aws: LocalAws
    tree: Path

    @property
    def folder(self) -> Path:
        """Where Terraform runs."""
        return self.tree / "examples" / "upgrade"

    def run(self, *arguments: str) -> str:
        """Run Terraform as an administrator of the account."""
        return terraform(self.folder, *arguments, environ=terraform_environment(self.aws.env(ACCOUNT)))

    def losses(self, state: State) -> list[str]:
        """Plan with that state, and give what would be lost: ``ADDRESS: delete``, ``replace`` or ``remove``."""
        (self.folder / "terraform.tfstate").write_text(json.dumps(state))
        # What the state tells is taken as it is: the account has nothing of it.
        lines = [json.loads(line) for line in self.run("plan", "-json", "-refresh=false").splitlines()]
        changes = [line["change"] for line in lines if line["type"] == "planned_change"]
        if not any(change["action"] == "create" for change in changes):
            raise AssertionError("Nothing would be made though the account is empty: what was planned was not told.")
        return [
            f"{change['resource']['addr']}: {change['action']}"
            for change in changes
            if change["resource"]["resource_type"] in KEPT and change["action"] not in HARMLESS
        ]


@contextmanager
def installation(folder: Path) -> Iterator[Installation]:
    """Start a local AWS and make the copy of the tree; nothing is applied."""
    with LocalAws.start([ACCOUNT], log_file=folder / "local_aws.log") as aws:
        made = Installation(aws, copy_tree(folder / "terraform"))
        shutil.copytree(HERE / "installation", made.folder)
        terraform_init(made.folder, environ=terraform_environment(aws.env(ACCOUNT)))
        yield made


def recorded(made: Installation) -> State:
    """Apply, and give what of the state a release is known by."""
    made.run("apply", "-auto-approve", "-no-color")
    text = (made.folder / "terraform.tfstate").read_text().replace(made.aws.endpoint_url, ENDPOINT)
    state: State = json.loads(text)
    kept = [each for each in state["resources"] if each["mode"] == "managed" and each["type"] in KEPT]
    for resource in kept:
        resource["instances"] = [_essence(instance) for instance in resource["instances"]]
    return {"version": state["version"], "terraform_version": state["terraform_version"], "resources": kept}


def _essence(instance: dict[str, Any]) -> dict[str, Any]:
    return {name: instance[name] for name in ("index_key", "schema_version", "attributes") if name in instance}


def addresses(state: State, kinds: Sequence[str]) -> list[str]:
    """Give the resources of some types in a state."""
    return [f"{each['module']}.{each['type']}.{each['name']}" for each in state["resources"] if each["type"] in kinds]
