"""``terraform test`` of tests/terraform, on copies of the tree, two files at a time, the longest first.

What expects an input to be refused (tests/terraform/inputs) runs where there are inputs alone: starting a
provider for each run would take four times as long as the run.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools import paths
from tools.terraform_mirror import TerraformError, terraform, terraform_init
from tools.terraform_tree import INPUTS, TESTS, copy_inputs, copy_tree

PARALLEL = 2
_RUN = re.compile(r"^run ", re.MULTILINE)


def all_files(root: Path = paths.ROOT) -> list[str]:
    """Give all files of tests, those that take longest first: those with a provider, then those with most runs."""
    files = [(folder == INPUTS, path) for folder in (TESTS, INPUTS) for path in (root / folder).glob("*.tftest.hcl")]
    ordered = sorted(files, key=lambda file: (file[0], -len(_RUN.findall(file[1].read_text())), file[1].name))
    return [path.relative_to(root).as_posix() for _, path in ordered]


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
        output = terraform(tree, "test", "-no-color", f"-test-directory={_folder(file)}", f"-filter={file}")
    except TerraformError as error:
        output = problem = str(error)
    passed = re.search(r"[1-9]\d* passed, \d+ failed", output)
    counts = passed.group() if passed else "no test passed"
    if passed is None:
        problem = output
    print(f"{'FAILED' if problem else 'ok':<6} {file}: {counts} ({time.monotonic() - started:.1f} s)", flush=True)
    return problem


def _folder(file: str) -> str:
    return INPUTS if file.startswith(f"{INPUTS}/") else TESTS


def main(arguments: Sequence[str]) -> int:
    """Run the files that ``arguments`` name, all if there are none, and give the exit status."""
    files = list(arguments) or all_files()
    if not files:
        print(f"There is no test in {TESTS}.", file=sys.stderr)
        return 1
    copies = {TESTS: copy_tree, INPUTS: copy_inputs}
    trees: dict[str, Path] = {}
    try:
        for folder in {_folder(file): None for file in files}:
            trees[folder] = copies[folder](paths.CACHE / f"terraform-{Path(folder).name}-tests")
            terraform_init(trees[folder], "-backend=false", f"-test-directory={folder}")
    except TerraformError as error:
        print(error, file=sys.stderr)
        return 1
    with ThreadPoolExecutor(PARALLEL) as pool:
        problems = [
            problem for problem in pool.map(lambda file: run_file(trees[_folder(file)], file), files) if problem
        ]
    for problem in problems:
        print(f"\n{problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
