"""A function's ARN and its parts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self


@dataclass(frozen=True)
class FunctionArn:
    """``arn:PARTITION:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]``; the qualifier is a version or an alias."""

    partition: str
    region: str
    account: str
    name: str
    qualifier: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Take an ARN apart; ``ValueError`` when it names no function."""
        match text.split(":"):
            case ["arn", partition, "lambda", region, account, "function", name]:
                return cls(partition, region, account, name)
            case ["arn", partition, "lambda", region, account, "function", name, qualifier]:
                return cls(partition, region, account, name, qualifier)
            case _:
                raise ValueError(f"{text!r} is not the ARN of a Lambda function")

    @property
    def unqualified(self) -> FunctionArn:
        """The same function without a version or alias."""
        return replace(self, qualifier=None)

    def __str__(self) -> str:
        parts = ["arn", self.partition, "lambda", self.region, self.account, "function", self.name]
        return ":".join(parts if self.qualifier is None else [*parts, self.qualifier])


@dataclass(frozen=True)
class ResourceArn:
    """Any other ARN of the form ``arn:PARTITION:SERVICE:REGION:ACCOUNT:NAME``: a queue, a topic, a role."""

    partition: str
    service: str
    region: str
    account: str
    name: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Take an ARN apart; ``ValueError`` when it is none."""
        match text.split(":", 5):
            case ["arn", partition, service, region, account, name]:
                return cls(partition, service, region, account, name)
            case _:
                raise ValueError(f"{text!r} is not an ARN")
