"""Amazon Resource Names, taken apart once instead of by `split` all over the place."""

from __future__ import annotations

from dataclasses import dataclass

from spot_failover.core.errors import MalformedEventError

_PARTS = 6


@dataclass(frozen=True)
class Arn:
    """An ARN: `arn:partition:service:region:account:resource`."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    @classmethod
    def parse(cls, text: object) -> Arn:
        """Read an ARN.

        Raises
        ------
        MalformedEventError
            The text is no ARN.
        """
        parts = text.split(":", _PARTS - 1) if isinstance(text, str) else []
        if len(parts) != _PARTS or parts[0] != "arn" or not parts[1] or not parts[2] or not parts[5]:
            raise MalformedEventError(f"not an ARN: {text!r}")
        return cls(*parts[1:])

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"

    @property
    def kind(self) -> str:
        """Type of the resource: `service`, `cluster`, `task`, `capacity-provider`."""
        return self.resource.partition("/")[0]

    @property
    def path(self) -> tuple[str, ...]:
        """What follows the type: `("cluster", "name")` of a service's long ARN, `("name",)` of its old short one."""
        return tuple(self.resource.split("/")[1:])

    @property
    def name(self) -> str:
        """The last part of the resource."""
        return self.resource.rpartition("/")[2]
