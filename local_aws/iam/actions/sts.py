"""STS: taking on a role, with its session tags and source identity, which need permissions of their own."""

from __future__ import annotations

from local_aws.iam.actions.rows import Call, Check, Table, tag_keys

SESSION_ACTIONS = frozenset({"sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"})
"""Actions on a role that its trust policy has to allow too."""


def _assume_role(call: Call) -> list[Check]:
    role, keys = call.text("RoleArn"), dict(tag_keys(call))
    for key, parameter in (
        ("sts:ExternalId", "ExternalId"),
        ("sts:RoleSessionName", "RoleSessionName"),
        ("sts:SourceIdentity", "SourceIdentity"),
    ):
        if call.text(parameter):
            keys[key] = (call.text(parameter),)
    if transitive := call.params.get("TransitiveTagKeys"):
        keys["sts:TransitiveTagKeys"] = tuple(transitive)
    checks = [Check("sts:AssumeRole", role, keys)]
    if call.params.get("Tags"):
        checks.append(Check("sts:TagSession", role, keys))
    if call.text("SourceIdentity"):
        checks.append(Check("sts:SetSourceIdentity", role, keys))
    return checks


STS: Table = {"AssumeRole": _assume_role}
