"""Look through the tree for what must not be published: machine paths, package hosts, unfinished work, long files."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools import paths

LONGEST_PYTHON_FILE = 300


@dataclass(frozen=True)
class Pattern:
    """What must not be written, and in which files.

    Parameters
    ----------
    name
        What it is.
    expression
        What it looks like. Every expression holds a character class, so that none finds itself.
    files
        Names of the files to look through.
    """

    name: str
    expression: re.Pattern[str]
    files: re.Pattern[str]


_ALL = re.compile(r".")
_CODE = re.compile(r"\.(py|tf|hcl|sh|toml|ya?ml|in)$|(^|/)(Makefile|run)$")
_SHELL = re.compile(r"\.(sh|ya?ml|md)$|(^|/)(Makefile|run)$")

PATTERNS = (
    Pattern(
        "machine path",
        re.compile(
            r"(?<![\w.*/-])/(wor[k]|roo[t]|tm[p]/(scratch|iface)|hom[e]/\w+|User[s]/\w+|op[t]/\w+)(?=[/\s'\"`,;:)]|$)"
        ),
        _ALL,
    ),
    Pattern(
        "package host",
        re.compile(
            r"pyp[i]\.org|pythonhoste[d]\.org|npmj[s]\.(org|com)|prox[y]\.golang|artifactor[y]|jfro[g]|index-ur[l][ =]h"
        ),
        _ALL,
    ),
    Pattern("unfinished work", re.compile(r"\b([T]ODO|[F]IXME|[X]XX|[H]ACK|[T]BD|[W]IP)\b"), _ALL),
    Pattern("stub", re.compile(r"raise [N]otImplementedError(\(\))?$|pytest\.(mark\.)?[s]kip|unittest\.[s]kip"), _CODE),
    Pattern("failure swallowed", re.compile(r"\|\| [t]rue\b"), _SHELL),
)


def tracked_files(root: Path) -> list[Path]:
    """Give the files that git tracks or would add, as paths under ``root``."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, capture_output=True, check=True).stdout.decode().split("\0")
    return sorted({root / name for name in names if name and (root / name).is_file()})


def findings(root: Path, files: list[Path]) -> Iterator[str]:
    """Yield what is wrong, one line each: file, line, what."""
    for path in files:
        content = path.read_bytes()
        if b"\0" in content:
            continue
        name = path.relative_to(root).as_posix()
        lines = content.decode().splitlines()
        if path.suffix == ".py" and len(lines) > LONGEST_PYTHON_FILE:
            yield f"{name}: {len(lines)} lines, {LONGEST_PYTHON_FILE} at most"
        patterns = [pattern for pattern in PATTERNS if pattern.files.search(name)]
        for number, line in enumerate(lines, start=1):
            for pattern in patterns:
                if found := pattern.expression.search(line):
                    yield f"{name}:{number}: {pattern.name}: {found.group()}"


def main() -> int:
    """Check the repository and give the exit status."""
    found = list(findings(paths.ROOT, tracked_files(paths.ROOT)))
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
