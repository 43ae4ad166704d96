"""Survivors that no test can kill, each with the reason why."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tools import paths
from tools.mutants.mutation import Mutation

FILE = paths.ROOT / "tests" / "mutants" / "survivors.toml"


@dataclass(frozen=True)
class Explained:
    """One survivor, told by what it changes, whatever its line."""

    module: str
    where: str
    was: str
    becomes: str
    why: str

    def __post_init__(self) -> None:
        if not self.why.strip():
            raise ValueError(f"{self.module}, {self.where}: no reason why it survives: {self.becomes}")

    def tells(self, mutation: Mutation) -> bool:
        """Whether this is about a mutation."""
        return (self.module, self.where, self.was, self.becomes) == _identity(mutation)


def load(path: Path = FILE) -> list[Explained]:
    """All that are explained.

    Raises
    ------
    ValueError
        One has no reason.
    """
    return [Explained(**entry) for entry in tomllib.loads(path.read_text()).get("survivor", ())]


def outdated(explained: Iterable[Explained], survivors: Iterable[Mutation]) -> list[Explained]:
    """Explanations of what survives no more, or does not exist any longer."""
    known = {_identity(mutation) for mutation in survivors}
    return [one for one in explained if (one.module, one.where, one.was, one.becomes) not in known]


def as_toml(mutation: Mutation) -> str:
    """An entry to be completed with the reason."""
    lines = [f"{name} = {_quoted(value)}" for name, value in zip(_NAMES, _identity(mutation), strict=True)]
    return "\n".join(["[[survivor]]", *lines, 'why = ""'])


def _quoted(value: str) -> str:
    return f"'''{value}'''" if "'" in value else f"'{value}'"


_NAMES = ("module", "where", "was", "becomes")


def _identity(mutation: Mutation) -> tuple[str, str, str, str]:
    return mutation.module, mutation.where, mutation.was, mutation.becomes
