"""Which examples there are, in which accounts each is applied, and what it is given there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tools import paths

REGION = "us-east-1"
ORGANIZATION = "o-exampleorg1"
FIRST_ACCOUNT = 300000000000
"""Accounts of the examples are counted from here: those of one never meet another's."""
CENTRAL, ORDERS, MEDIA = "123456789012", "111111111111", "222222222222"
"""Accounts of `examples/multi-account`, as its terraform.tfvars.example names them."""


@dataclass(frozen=True)
class Given:
    """What an example gets that has more than one way to be applied, or is no use without something of the user's."""

    label: str = ""
    """Tells the runs of one example apart."""
    variables: Mapping[str, str] = field(default_factory=dict)
    variable_file: str = ""
    places: tuple[tuple[str, str], ...] = ()
    """Accounts and Regions, the first account being that of the caller. None: one account of its own."""
    before_destroy: tuple[str, ...] = ()
    """Arguments of an apply that the example's README asks for before it can be destroyed."""


@dataclass(frozen=True)
class Run:
    """One example to be run."""

    name: str
    label: str
    places: tuple[tuple[str, str], ...]
    given: Given

    @property
    def account(self) -> str:
        """Whose credentials Terraform has."""
        return self.places[0][0]


GIVEN: Mapping[str, tuple[Given, ...]] = {
    "environments": (
        Given("dev", variable_file="dev.tfvars"),
        Given("prod", variable_file="prod.tfvars", before_destroy=("-var=state_table_deletion_protection=false",)),
    ),
    "multi-account": (
        Given(
            variables={
                "organization_id": ORGANIZATION,
                "central_account_id": CENTRAL,
                "orders_account_id": ORDERS,
                "media_account_id": MEDIA,
            },
            places=((CENTRAL, REGION), (ORDERS, REGION), (MEDIA, "eu-west-1"), (MEDIA, "us-west-2")),
        ),
    ),
    "pool-probe": (Given(variables={"subnet_ids": '["subnet-0a1b2c3d4e5f60718"]'}),),
}
"""Examples that need more than nothing."""


class NoSuchExampleError(Exception):
    """An example was asked for that is not there."""


def examples(root: Path = paths.ROOT) -> list[str]:
    """Give the folders under `examples` that Terraform can be run in."""
    return sorted({file.parent.name for file in (root / "examples").glob("*/*.tf")})


def runs(names: list[str], root: Path = paths.ROOT) -> list[Run]:
    """Give the runs of the examples named, of all where none is.

    Raises
    ------
    NoSuchExampleError
        There is no example of that name.
    """
    there = examples(root)
    if unknown := sorted(set(names) - set(there)):
        raise NoSuchExampleError(f"There is no example {', '.join(unknown)}. There are: {', '.join(there)}.")
    wanted = [(name, given) for name in names or there for given in GIVEN.get(name, (Given(),))]
    return [
        Run(name, f"{name} ({given.label})" if given.label else name, given.places or _own(number), given)
        for number, (name, given) in enumerate(wanted, start=1)
    ]


def _own(number: int) -> tuple[tuple[str, str], ...]:
    return ((str(FIRST_ACCOUNT + number), REGION),)
