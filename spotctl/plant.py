"""The parts of an installation in the central account, found by following the path of an event.

From the bus to its rules, queues and functions, and from these to their schedules: nothing is known by name but the
restore function.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError

from spot_failover.aws.errors import Call, translated
from spot_failover.core.errors import AccessDeniedError
from spotctl.installation import Installation

HANDLERS = "spot_failover.handlers."


@dataclass(frozen=True)
class Rule:
    """A rule with one of its targets."""

    name: str
    enabled: bool
    dead_letters: str
    """ARN of the target's dead-letter queue; empty: none."""


@dataclass(frozen=True)
class Function:
    """A function: `kind` is the last part of its entry point's module, such as `restore`."""

    name: str
    arn: str
    kind: str
    state: str
    log_group: str

    @classmethod
    def of(cls, configuration: Mapping[str, Any]) -> Function:
        """From Lambda's answer."""
        name, handler = configuration["FunctionName"], str(configuration.get("Handler", ""))
        kind = handler.removeprefix(HANDLERS).partition(".")[0] if handler.startswith(HANDLERS) else ""
        group = configuration.get("LoggingConfig", {}).get("LogGroup", f"/aws/lambda/{name}")
        return cls(name, configuration["FunctionArn"], kind, str(configuration.get("State", "Active")), group)


@dataclass
class Queue:
    """A queue that a function of the installation reads."""

    arn: str
    function: Function
    mapping_state: str
    rules: list[Rule] = field(default_factory=list)
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its name."""
        return self.arn.rpartition(":")[2]


class Plant:
    """What is found of an installation; everything is read once, when it is first asked for."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self.sqs = installation.client("sqs")
        self._events = installation.client("events")
        self._lambda = installation.client("lambda")

    @cached_property
    def restore(self) -> Function:
        """The function by which the installation was found."""
        return self._function(self._installation.function)

    @cached_property
    def queues(self) -> dict[str, Queue]:
        """The queues by the kind of their function."""
        found: dict[str, Queue] = {}
        for arn, rules in self._targets(self._installation.settings.event_bus).items():
            if arn.split(":")[2] == "sqs" and (queue := self._queue(arn)) is not None:
                queue.rules = rules
                found[queue.function.kind] = queue
        return found

    @property
    def functions(self) -> list[Function]:
        """All of them."""
        return [*(queue.function for queue in self.queues.values()), self.restore]

    def schedules(self, function: Function) -> list[Rule]:
        """The rules of the default bus that start a function."""
        with self._calling("events:ListRuleNamesByTarget", f"function {function.name}"):
            names = self._events.list_rule_names_by_target(TargetArn=function.arn)["RuleNames"]
        found = []
        for name in names:
            with self._calling("events:ListRules", f"rule {name}"):
                rules = self._events.list_rules(NamePrefix=name)["Rules"]
            enabled = any(rule["Name"] == name and rule["State"] == "ENABLED" for rule in rules)
            found += [
                Rule(name, enabled, target.get("DeadLetterConfig", {}).get("Arn", ""))
                for target in self._targets_of(name, "default")
                if target["Arn"] == function.arn
            ]
        return found

    def attributes(self, arn: str) -> Mapping[str, str] | None:
        """A queue's attributes; None where there is no such queue."""
        with self._calling("sqs:GetQueueAttributes", arn):
            try:
                answer = self.sqs.get_queue_attributes(QueueUrl=self.url(arn), AttributeNames=["All"])
            except ClientError as error:
                if "NonExistentQueue" in error.response["Error"]["Code"]:
                    return None
                raise
        attributes: Mapping[str, str] = answer["Attributes"]
        return attributes

    def url(self, arn: str) -> str:
        """A queue's URL, put together: asking for it would be one permission more."""
        _, _, _, _, account, name = arn.split(":")
        return f"{self.sqs.meta.endpoint_url}/{account}/{name}"

    def _targets(self, bus: str) -> dict[str, list[Rule]]:
        """Where the rules of a bus lead: ARN of a target -> rules."""
        found: dict[str, list[Rule]] = {}
        with self._calling("events:ListRules", f"event bus {bus}"):
            rules = [rule for page in _pages(self._events.list_rules, "Rules", EventBusName=bus) for rule in page]
        for rule in rules:
            for target in self._targets_of(rule["Name"], bus):
                dead_letters = target.get("DeadLetterConfig", {}).get("Arn", "")
                found.setdefault(target["Arn"], []).append(Rule(rule["Name"], rule["State"] == "ENABLED", dead_letters))
        return found

    def _targets_of(self, rule: str, bus: str) -> list[Mapping[str, Any]]:
        with self._calling("events:ListTargetsByRule", f"rule {rule} of event bus {bus}"):
            targets: list[Mapping[str, Any]] = self._events.list_targets_by_rule(Rule=rule, EventBusName=bus)["Targets"]
        return targets

    def _queue(self, arn: str) -> Queue | None:
        """A queue of the installation; None for one of somebody else."""
        with self._calling("lambda:ListEventSourceMappings", arn):
            mappings = self._lambda.list_event_source_mappings(EventSourceArn=arn)["EventSourceMappings"]
        for mapping in mappings:
            try:
                function = self._function(mapping["FunctionArn"])
            except AccessDeniedError:
                continue  # the operator role may look at the installation's own functions alone
            if function.kind:
                return Queue(arn, function, str(mapping.get("State", "")), attributes=self.attributes(arn) or {})
        return None

    def _function(self, name: str) -> Function:
        with self._calling("lambda:GetFunctionConfiguration", f"function {name}"):
            return Function.of(self._lambda.get_function_configuration(FunctionName=name))

    def _calling(self, action: str, subject: str) -> Any:
        return translated(Call(action, subject, self._installation.operator))


def _pages(call: Any, key: str, **request: Any) -> Iterator[list[Mapping[str, Any]]]:
    while True:
        answer = call(**request)
        yield answer[key]
        if not answer.get("NextToken"):
            return
        request["NextToken"] = answer["NextToken"]
