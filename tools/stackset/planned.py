"""What Terraform plans to make of the module's variants."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_aws.client import LocalAws
from tools.terraform_mirror import terraform, terraform_environment, terraform_init
from tools.terraform_tree import copy_tree

Resources = Mapping[str, "Resource"]
_ADDRESS = re.compile(r'^module\.\w+\.(?P<address>[\w.]+?)(\[(0|"(?P<key>\w+)")\])?$')


@dataclass(frozen=True)
class Resource:
    """One planned resource; what is not known before it is made is missing in ``values``."""

    type: str
    name: str
    key: str
    """Of `for_each`; empty without."""
    values: Mapping[str, Any]


def planned(inputs: Mapping[str, Mapping[str, Any]], account: str, region: str, folder: Path) -> dict[str, Resources]:
    """Plan the module with each of these sets of inputs, on a local AWS.

    Parameters
    ----------
    inputs
        A name for each set, and the inputs in it.
    account, region
        Where it is planned.
    folder
        Gets a copy of the Terraform tree.

    Returns
    -------
    dict of str to Resources
        Name of the set to its resources, by their address in the module.

    Raises
    ------
    TerraformError
        If it can't be planned.
    """
    place = copy_tree(folder) / "stackset"
    place.mkdir()
    modules = {name: {"source": "../modules/workload-onboarding", **given} for name, given in inputs.items()}
    configuration = {"provider": {"aws": {"region": region}}, "module": modules}
    (place / "main.tf.json").write_text(json.dumps(configuration))
    with LocalAws.start([account]) as aws:
        environment = terraform_environment(aws.env())
        terraform_init(place, environ=environment)
        terraform(place, "plan", "-out=plan", "-no-color", "-lock=false", environ=environment)
        plan = json.loads(terraform(place, "show", "-json", "plan", environ=environment))
    found = plan["planned_values"]["root_module"]["child_modules"]
    return {module["address"].removeprefix("module."): _resources(module) for module in found}


def _resources(module: Mapping[str, Any]) -> dict[str, Resource]:
    found = {}
    for resource in module["resources"]:
        if resource["mode"] == "managed":
            match = _ADDRESS.match(resource["address"])
            if match is None:
                raise ValueError(f"The address {resource['address']} is of no form that is known here.")
            found[resource["address"].partition(".")[2].partition(".")[2]] = Resource(
                resource["type"], resource["name"], match["key"] or "", resource["values"]
            )
    return found
