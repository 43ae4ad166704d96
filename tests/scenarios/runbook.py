"""The commands of a document, run as they are written by a person with a shell."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.scenarios.organization import ORDERS, Organization
from tools import paths

_PART = re.compile(r"^(?P<heading>#+ [^\n]*)$|^```(?P<language>\w*)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
_THERE = re.compile(r"[Ii]n the service's (own )?account")
"""What stands before a command that is not for the central account."""


@dataclass(frozen=True)
class Block:
    """One block of commands, under the anchor of its heading; ``account`` is None for the central one."""

    anchor: str
    commands: str
    account: str | None


def blocks(document: str) -> list[Block]:
    """Those of a document in `docs`, by its name; what has a language is something else.

    What the first of them sets up, if it does (`export ...`), stands before the commands of each other.
    """
    first, *others = _blocks((paths.ROOT / "docs" / document).read_text())
    if not first.commands.startswith("export "):
        return [first, *others]
    return [replace(block, commands=first.commands + block.commands) for block in others]


def _blocks(text: str) -> Iterator[Block]:
    anchor, start = "", 0
    for part in _PART.finditer(text):
        if part["heading"]:
            anchor, start = _anchor(part["heading"]), part.end()
            continue
        if not part["language"]:
            before = text[start : part.start()].strip().rpartition("\n\n")[2]
            yield Block(anchor, part["code"], ORDERS if _THERE.search(before) else None)
        start = part.end()


def _anchor(heading: str) -> str:
    """As GitHub makes it."""
    words = re.sub(r"[^\w\s-]", "", heading.lstrip("# ").lower())
    return words.strip().replace(" ", "-")


READING_SECONDS = 6
"""That a person looks at what commands printed: messages that were looked at can be received again by then."""


@dataclass(frozen=True)
class Shell:
    """A shell in which `aws` is the AWS CLI; ``folder`` holds what it finds there."""

    organization: Organization
    folder: Path

    def show(self, document: str, shows: Mapping[str, Sequence[str]]) -> None:
        """Run the commands under each anchor, in the document's order, and look for the texts in what they print."""
        for anchor, texts in shows.items():
            printed = "".join(self.run(block) for block in blocks(document) if block.anchor == anchor)
            missing = [text for text in texts if text not in printed]
            assert not missing, f"{document}#{anchor} shows no {missing}: {printed}"
            self.organization.aws.advance(READING_SECONDS)

    def run(self, block: Block) -> str:
        """Run the commands one after another, and give what they printed."""
        result = subprocess.run(
            ["bash", "-eu", "-o", "pipefail", "-c", block.commands],
            env=self._environment(block.account),
            cwd=paths.ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert result.returncode == 0, f"{block.commands}\n{result.stdout}\n{result.stderr}"
        return result.stdout

    def _environment(self, account: str | None) -> dict[str, str]:
        aws = self.organization.aws
        # Version 1 of the CLI, the one that Python packages hold, needs an explicit endpoint: see `Organization.cli`.
        command = shlex.join([sys.executable, "-m", "awscli", "--endpoint-url", aws.endpoint_url])
        tool = self.folder / "aws"
        if not tool.exists():
            tool.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
            tool.chmod(0o755)
        return {
            "PATH": os.pathsep.join([str(self.folder), os.environ["PATH"]]),
            "HOME": str(self.folder),
            **aws.env(account),
        }
