"""Launch templates as EC2 answers them: the tags of a template are no part of what it launches.

moto puts the tags of the template itself into its data, where EC2 takes tags of instances, volumes and the like only,
so that a Terraform configuration with tags would never be applied in full.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchTemplateTagSpecificationRequest.html
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models.launch_templates import LaunchTemplate, LaunchTemplateBackend

_OWN = "launch-template"
_MOTO_CREATES = LaunchTemplateBackend.create_launch_template


def install() -> None:
    """Patch moto's launch templates."""
    LaunchTemplateBackend.create_launch_template = _create  # type: ignore[method-assign]


def _create(
    self: LaunchTemplateBackend, name: str, description: str, template_data: dict[str, Any], tag_spec: dict[str, Any]
) -> LaunchTemplate:
    launched = [tags for tags in template_data.pop("TagSpecifications", []) if tags["ResourceType"] != _OWN]
    data = {**template_data, "TagSpecifications": launched} if launched else template_data
    return _MOTO_CREATES(self, name, description, data, tag_spec)
