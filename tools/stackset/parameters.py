"""The template's parameters, and what stands for each of them in a plan of the module."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ACCOUNT, REGION, PARTITION = "210987654321", "eu-north-1", "aws"
"""Where the module is planned: they stand for the stack's own."""

CENTRAL_ACCOUNT = "900000000001"
_MODULE = "As the input `{}` of the module."


@dataclass(frozen=True)
class Parameter:
    """A parameter of the template.

    ``placeholder`` is what stands for it in a plan; none where only a condition looks at it.
    """

    group: str
    description: str
    placeholder: str = ""
    type: str = "String"
    default: str | int | None = None
    """None: it has to be given."""
    limits: Mapping[str, Any] | None = None

    def as_cloudformation(self) -> dict[str, Any]:
        """Give it as it stands in the template."""
        default = {} if self.default is None else {"Default": self.default}
        return {"Type": self.type, "Description": self.description, **default, **(self.limits or {})}


_CENTRAL, _ROLES, _EVENTS, _MORE = "Central installation", "Roles", "Events", "Queue and alarms"
_PATH = {"AllowedPattern": r"/([A-Za-z0-9._+=,@-]+/)*", "MaxLength": 256}
LIST = "CommaDelimitedList"
"""CloudFormation holds its AllowedPattern against each value, an empty list against one empty value."""
# No wildcard: IAM would take it. No comma either: that ends a value.
_ROLE_ARN = "arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9_+=.@/-]+"

PARAMETERS: Mapping[str, Parameter] = {
    "CentralAccountId": Parameter(
        _CENTRAL,
        "`account_id` of the central installation's output `onboarding`.",
        CENTRAL_ACCOUNT,
        limits={"AllowedPattern": "[0-9]{12}"},
    ),
    "EventBusArn": Parameter(
        _CENTRAL,
        "`event_bus_arn` of the same output.",
        f"arn:aws:events:eu-west-3:{CENTRAL_ACCOUNT}:event-bus/placeholder",
        limits={"AllowedPattern": "arn:[a-z-]+:events:[a-z0-9-]+:[0-9]{12}:event-bus/.+"},
    ),
    "HandlerRoleArns": Parameter(
        _CENTRAL,
        "`handler_role_arns` of the same output, with commas between them.",
        f"arn:aws:iam::{CENTRAL_ACCOUNT}:role/placeholder-handler",
        LIST,
        limits={"AllowedPattern": _ROLE_ARN},
    ),
    "ExternalId": Parameter(
        _CENTRAL,
        "`external_id` of the same output.",
        "placeholder-external-id",
        limits={"AllowedPattern": "[A-Za-z0-9_+=,.@:/-]{2,256}"},
    ),
    "AutomationRoleName": Parameter(
        _CENTRAL,
        "`automation_role_name` of the same output: the role that the central functions enter.",
        "PlaceholderAutomationRole",
        default="CentralSpotAutomationRole",
        limits={"AllowedPattern": "[A-Za-z0-9_-]{1,64}"},
    ),
    "AutomationRolePath": Parameter(
        _CENTRAL, "`automation_role_path` of the same output.", "/placeholder-automation/", default="/", limits=_PATH
    ),
    "SyntheticEventSources": Parameter(
        _CENTRAL,
        "`synthetic_event_sources` of the same output, with commas between them; empty: none.",
        "placeholder.synthetic",
        LIST,
        "",
        {"AllowedPattern": r"(?!aws\.)[A-Za-z0-9._/-]{0,256}"},
    ),
    "RolesRegion": Parameter(
        _ROLES,
        "Region whose stack makes the account's roles: one of those that are deployed to, the first in their order. "
        "Stacks in other Regions use the same roles.",
        limits={"AllowedPattern": "[a-z]{2}(-[a-z]+)+-[0-9]+"},
    ),
    "NamePrefix": Parameter(
        _ROLES,
        f"{_MODULE.format('name_prefix')} Goes before every name, such as `dev-`.",
        "placeholder-prefix-",
        default="",
        limits={"AllowedPattern": "[A-Za-z0-9_-]*", "MaxLength": 26},
    ),
    "RolePath": Parameter(_ROLES, _MODULE.format("role_path"), "/placeholder/", default="/", limits=_PATH),
    "PermissionsBoundaryName": Parameter(
        _ROLES,
        "Name, with its path, of the policy in each account that bounds every role: `platform/boundary`. Empty: none.",
        "placeholder-boundary",
        default="",
        limits={"AllowedPattern": "[A-Za-z0-9_+=,.@/-]*"},
    ),
    "AutomationCluster": Parameter(
        _ROLES,
        "Services of which cluster the automation role may switch; `*` and `?` may stand in the name: `prod-*`.",
        "placeholder-cluster",
        default="*",
        limits={"AllowedPattern": "[A-Za-z0-9_*?-]{1,255}"},
    ),
    "PassRoleArns": Parameter(
        _ROLES,
        f"{_MODULE.format('pass_role_arns')} Empty: none.",
        f"arn:aws:iam::{ACCOUNT}:role/placeholder-task",
        LIST,
        "",
        {"AllowedPattern": f"({_ROLE_ARN})?"},
    ),
    "ControlledScaledownStateMachine": Parameter(
        _ROLES,
        "Name of the state machine of the module `controlled-scaledown` in each account, in the Region that makes the "
        "roles. Empty: none.",
        "placeholder-machine",
        default="",
        limits={"AllowedPattern": "[A-Za-z0-9_-]{0,80}"},
    ),
    "FailoverService": Parameter(
        _EVENTS,
        "Whether services may have on-demand twins: only where `failover_service` of the central installation's output "
        "is true.",
        default="false",
        limits={"AllowedValues": ["true", "false"]},
    ),
    "HeartbeatIntervalMinutes": Parameter(
        _EVENTS,
        "Minutes between two heartbeats: at most half of `silent_after_minutes` of the central installation's output.",
        "7 minutes",
        "Number",
        5,
        # A Number may be 2.5, which the schedule takes for no rate.
        {"AllowedValues": list(range(1, 16))},
    ),
    "EventBridgeRuleState": Parameter(
        _EVENTS,
        f"{_MODULE.format('eventbridge_rule_state')} DISABLED: no event is forwarded.",
        default="ENABLED",
        limits={"AllowedValues": ["ENABLED", "DISABLED"]},
    ),
    "KmsKeyArn": Parameter(
        _MORE,
        f"{_MODULE.format('kms_key_arn')} Every account and Region needs its own: give it by parameter overrides. "
        "Empty: SSE-SQS.",
        f"arn:aws:kms:{REGION}:{ACCOUNT}:key/placeholder-key",
        default="",
        limits={"AllowedPattern": "(arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+)?"},
    ),
    "AlarmActions": Parameter(
        _MORE,
        "As the input `alarm_actions` of the module, with commas between them: a topic of each Region, given by "
        "parameter overrides where there are several. Empty: none.",
        f"arn:aws:sns:{REGION}:{ACCOUNT}:placeholder-topic",
        LIST,
        "",
        {"AllowedPattern": "(arn:[a-z-]+:[a-z0-9-]+:.+)?"},
    ),
}
