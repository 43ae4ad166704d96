"""The template: parameters, conditions, resources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from tools import paths
from tools.stackset.conditions import CONDITIONS, inputs
from tools.stackset.merge import merge
from tools.stackset.parameters import ACCOUNT, PARAMETERS, REGION
from tools.stackset.placeholders import replaced
from tools.stackset.planned import Resources, planned
from tools.stackset.resources import add_order, as_cloudformation

FILE = paths.ROOT / "modules" / "workload-onboarding" / "stackset" / "template.yaml"
_HEAD = """\
# Written by `make docs` from the module workload-onboarding: change that, and tools/stackset.
# How to deploy it: docs/onboarding.md. Tags of the stack set are the tags of everything in it.
"""


def from_module() -> str:
    """Plan the module with each of its variants, and give the template as YAML.

    Raises
    ------
    TerraformError
        The module can't be planned.
    UnknownAttributeError, TwoConditionsError
        It has something that can't be carried over.
    """
    return text(template(planned(inputs(), ACCOUNT, REGION, paths.CACHE / "stackset")))


def template(plans: Mapping[str, Resources]) -> dict[str, Any]:
    """Give the template from what is planned for the base and each variant."""
    variants = {name: as_cloudformation(plans[condition.variant]) for name, condition in CONDITIONS.items()}
    resources = merge(as_cloudformation(plans["base"]), variants)
    add_order(resources, "MakesRoles")
    version = (paths.ROOT / "VERSION").read_text().strip()
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Onboards an account and Region to ECS Spot failover {version}",
        "Metadata": {"AWS::CloudFormation::Interface": {"ParameterGroups": list(_groups())}},
        "Parameters": {name: parameter.as_cloudformation() for name, parameter in PARAMETERS.items()},
        "Conditions": {name: condition.expression for name, condition in CONDITIONS.items()},
        "Resources": {name: replaced(resources[name]) for name in sorted(resources)},
    }


def _groups() -> Iterator[dict[str, Any]]:
    for group in dict.fromkeys(parameter.group for parameter in PARAMETERS.values()):
        names = [name for name, parameter in PARAMETERS.items() if parameter.group == group]
        yield {"Label": {"default": group}, "Parameters": names}


def text(template: Mapping[str, Any]) -> str:
    """Give it as YAML."""
    return _HEAD + yaml.dump(template, Dumper=_Dumper, sort_keys=False, width=120, allow_unicode=True)


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, _data: Any) -> bool:
        return True
