"""``terraform test`` of tests/terraform, on a copy of the tree."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

from tools import paths
from tools.terraform_mirror import TerraformError, terraform_environment, terraform_init
from tools.terraform_tree import copy_tree

TESTS = "tests/terraform"


def main(arguments: Sequence[str]) -> int:
    """Run the tests; ``arguments`` go to ``terraform test`` (for example ``-filter=tests/terraform/x.tftest.hcl``)."""
    if not any((paths.ROOT / TESTS).glob("*.tftest.hcl")):
        print(f"There is no test in {TESTS}.", file=sys.stderr)
        return 1
    tree = copy_tree(paths.CACHE / "terraform-test")
    try:
        terraform_init(tree, "-backend=false", f"-test-directory={TESTS}")
    except TerraformError as error:
        print(error, file=sys.stderr)
        return 1
    program = shutil.which("terraform") or "terraform"
    command = [program, f"-chdir={tree}", "test", f"-test-directory={TESTS}", *arguments]
    return subprocess.run(command, env=terraform_environment(os.environ), check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
