"""Tables of inputs and outputs, written by terraform-docs into the README of every module and example.

The root's stand in docs/inputs.md: they are too long for the first page that people read.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tools import paths
from tools.linters.install import installed, program
from tools.terraform_tree import configurations

CONFIGURATION = paths.ROOT / ".terraform-docs.yml"
ROOT_FILE = "docs/inputs.md"
BEGIN = "<!-- BEGIN_TF_DOCS -->"


def documented(root: Path = paths.ROOT) -> list[tuple[Path, str]]:
    """Give every folder with inputs or outputs, and the file in it that has their tables."""
    return [
        (folder, ROOT_FILE if folder == root else "README.md")
        for folder in configurations(root)
        if any(folder.glob("variables*.tf")) or (folder / "outputs.tf").is_file()
    ]


def problem(folder: Path, file: str, *, check: bool) -> str | None:
    """Write the tables of one folder, or only compare; return what is wrong, None if nothing is."""
    name = (folder / file).relative_to(paths.ROOT).as_posix()
    if not (folder / file).is_file() or BEGIN not in (folder / file).read_text():
        return f"{name}: has no {BEGIN}. Add it with its END_TF_DOCS where the tables are to stand."
    command = [str(program("terraform-docs")), "--config", str(CONFIGURATION), "--output-file", file]
    command += ["--output-check"] * check
    ended = subprocess.run(
        [*command, str(folder)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if ended.returncode:
        return f"{name}: {ended.stdout.strip() or 'is out of date'}. Run `make docs`."
    return None


def main(arguments: Sequence[str]) -> int:
    """``write`` or ``check`` all, and give the exit status."""
    if list(arguments) not in (["write"], ["check"]):
        print("Usage: python -m tools.terraform_docs write|check", file=sys.stderr)
        return 2
    if not installed():
        print("NOT RUN: terraform-docs, which is not installed. With Go on the PATH, `make linters` builds it.")
        return 0
    checks = arguments[0] == "check"
    problems = [found for folder, file in documented() if (found := problem(folder, file, check=checks))]
    for found in problems:
        print(found, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
