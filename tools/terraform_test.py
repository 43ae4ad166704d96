"""``terraform test`` of tests/terraform, on a copy of the tree, two files at a time."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools import paths
from tools.terraform_mirror import TerraformError, terraform, terraform_init
from tools.terraform_tree import copy_tree

TESTS = "tests/terraform"
PARALLEL = 2


def run_file(tree: Path, file: str) -> str | None:
    """Run one file of tests and report it in one line.

    Returns
    -------
    str or None
        Terraform's output if a test failed, else None.
    """
    started = time.monotonic()
    problem = None
    try:
        output = terraform(tree, "test", "-no-color", f"-test-directory={TESTS}", f"-filter={file}")
    except TerraformError as error:
        output = problem = str(error)
    passed = re.search(r"[1-9]\d* passed, \d+ failed", output)
    counts = passed.group() if passed else "no test passed"
    if passed is None:
        problem = output
    print(f"{'FAILED' if problem else 'ok':<6} {file}: {counts} ({time.monotonic() - started:.1f} s)", flush=True)
    return problem


def main(arguments: Sequence[str]) -> int:
    """Run the files that ``arguments`` name, all if there are none, and give the exit status."""
    files = list(arguments) or sorted(f"{TESTS}/{path.name}" for path in (paths.ROOT / TESTS).glob("*.tftest.hcl"))
    if not files:
        print(f"There is no test in {TESTS}.", file=sys.stderr)
        return 1
    tree = copy_tree(paths.CACHE / "terraform-test")
    try:
        terraform_init(tree, "-backend=false", f"-test-directory={TESTS}")
    except TerraformError as error:
        print(error, file=sys.stderr)
        return 1
    with ThreadPoolExecutor(PARALLEL) as pool:
        problems = [problem for problem in pool.map(lambda file: run_file(tree, file), files) if problem]
    for problem in problems:
        print(f"\n{problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
