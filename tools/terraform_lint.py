"""Run tflint, with the rules for AWS, on the root, every module and every example."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools import paths
from tools.linters.install import installed, plugins, program
from tools.terraform_tree import configurations, copy_tree

CONFIGURATION = paths.ROOT / ".tflint.hcl"
PARALLEL = 2


def findings(folder: Path) -> str | None:
    """Return what tflint has found in one folder, None if nothing."""
    command = [str(program("tflint")), f"--chdir={folder}", f"--config={CONFIGURATION}"]
    ended = subprocess.run(
        [*command, "--no-color", "--format=compact"],
        env={"TFLINT_PLUGIN_DIR": str(plugins())},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return ended.stdout.strip() or f"exit status {ended.returncode}" if ended.returncode else None


def main() -> int:
    """Lint all, report each folder, and give the exit status."""
    if not installed():
        print("NOT RUN: tflint, which is not installed. With Go on the PATH, `make linters` builds it.")
        return 0
    tree = copy_tree(paths.CACHE / "terraform-lint")
    folders = configurations(tree)
    with ThreadPoolExecutor(PARALLEL) as pool:
        found = list(pool.map(findings, folders))
    for folder, text in zip(folders, found, strict=True):
        print(f"{'FAILED' if text else 'ok':<6} {folder.relative_to(tree).as_posix()}")
    problems = [text for text in found if text]
    for text in problems:
        print(f"\n{text}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
