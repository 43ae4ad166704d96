"""Run checkov on the modules, and on the examples.

Exceptions stand in the resource, with their reason (``# checkov:skip=CKV_AWS_1:reason``); none is for a whole folder.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools import paths
from tools.checkov.install import installed, program
from tools.terraform_tree import copy_tree


@dataclass(frozen=True)
class Report:
    """What checkov said of one folder: how many checks it passed, skipped, and failed, those as text."""

    passed: int
    skipped: int
    failures: tuple[str, ...]


class CheckovError(Exception):
    """checkov did not check."""


def check(folder: Path) -> Report:
    """Check all Terraform below a folder.

    Raises
    ------
    CheckovError
        It printed no result, could not parse a file, or found no resource: nothing was checked then.
    """
    command = [str(program()), "--directory", str(folder), "--framework", "terraform", "--output", "json", "--quiet"]
    ended = subprocess.run(
        [*command, "--skip-download"],
        env=os.environ | {"LOG_LEVEL": "ERROR"},
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        found = json.loads(ended.stdout)
        counts = found["summary"]
    except (ValueError, KeyError, TypeError):
        raise CheckovError(f"checkov gave no result for {folder}:\n{ended.stdout}{ended.stderr}") from None
    if counts["parsing_errors"] or not counts["resource_count"]:
        raise CheckovError(f"checkov could not read all of {folder}: {counts}")
    return Report(counts["passed"], counts["skipped"], tuple(sorted(set(_failures(found["results"])))))


def _failures(results: dict[str, Any]) -> Iterator[str]:
    for failed in results["failed_checks"]:
        place = f"{failed['file_path'].lstrip('/')}:{failed['file_line_range'][0]}"
        yield f"{place}: {failed['check_id']} {failed['check_name']} ({failed['resource']})"


def main() -> int:
    """Check both, report, and give the exit status."""
    if not installed():
        print("NOT RUN: checkov, which is not installed. `make checkov` installs it.")
        return 0
    tree = copy_tree(paths.CACHE / "checkov-tree" / "modules")
    examples = tree.parent / "examples"
    shutil.rmtree(examples, ignore_errors=True)
    # Away from the modules: each example would check all of them again.
    shutil.move(tree / "examples", examples / "examples")
    shutil.rmtree(tree / "tests")
    status = 0
    for folder in (tree, examples):
        report = check(folder)
        print(
            f"{'FAILED' if report.failures else 'ok':<6} {folder.name}: {report.passed} passed, "
            f"{len(report.failures)} failed, {report.skipped} excepted with a reason"
        )
        for failure in report.failures:
            print(failure, file=sys.stderr)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
