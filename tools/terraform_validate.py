"""``terraform fmt -check`` over the tree, ``terraform validate`` for the root, every module and every example."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools import paths
from tools.terraform_mirror import TerraformError, terraform, terraform_init
from tools.terraform_tree import configurations, copy_tree

PARALLEL = 2


def validate(directory: Path, environ: Mapping[str, str] = os.environ) -> str | None:
    """Validate one configuration.

    Returns
    -------
    str or None
        What is wrong, None if nothing is.
    """
    try:
        terraform_init(directory, "-backend=false", environ=environ)
        terraform(directory, "validate", "-no-color", environ=environ)
    except TerraformError as error:
        return str(error)
    return None


def check_format(root: Path) -> str | None:
    """Give what is not formatted, with the differences, or None."""
    try:
        terraform(root, "fmt", "-check", "-recursive", "-diff", "-no-color")
    except TerraformError as error:
        return f"{error}\nRun `make fmt`."
    return None


def main() -> int:
    """Check all, report each folder, and give the exit status."""
    tree = copy_tree(paths.CACHE / "terraform-validate")
    directories = configurations(tree)
    if not directories:
        print("There is no Terraform configuration to validate.", file=sys.stderr)
        return 1
    problems = [problem for problem in [check_format(tree)] if problem]

    def run(directory: Path) -> None:
        started = time.monotonic()
        problem = validate(directory)
        name = directory.relative_to(tree).as_posix()
        print(f"{'FAILED' if problem else 'ok':<6} {name} ({time.monotonic() - started:.1f} s)", flush=True)
        if problem:
            problems.append(problem)

    # The first alone: it fills the plugin cache, which Terraform does not guard against two writers.
    run(directories[0])
    with ThreadPoolExecutor(PARALLEL) as pool:
        list(pool.map(run, directories[1:]))
    for problem in problems:
        print(f"\n{problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
