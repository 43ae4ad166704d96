"""Write the CloudFormation template, or check that it is what the module gives."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Sequence

from tools import paths
from tools.stackset.merge import TwoConditionsError
from tools.stackset.resources import UnknownAttributeError
from tools.stackset.template import FILE, from_module
from tools.terraform_mirror import TerraformError


def main(arguments: Sequence[str]) -> int:
    """``write`` or ``check`` it, and give the exit status."""
    if list(arguments) not in (["write"], ["check"]):
        print("Usage: python -m tools.stackset write|check", file=sys.stderr)
        return 2
    try:
        wanted = from_module()
    except (TerraformError, TwoConditionsError, UnknownAttributeError) as error:
        print(error, file=sys.stderr)
        return 1
    if arguments[0] == "write":
        FILE.parent.mkdir(exist_ok=True)
        FILE.write_text(wanted)
        return 0
    there = FILE.read_text() if FILE.is_file() else ""
    if there == wanted:
        return 0
    name = FILE.relative_to(paths.ROOT).as_posix()
    print(f"{name} is not what the module workload-onboarding gives. Run `make docs`.", file=sys.stderr)
    print(
        *difflib.unified_diff(there.splitlines(), wanted.splitlines(), name, "now", lineterm=""),
        sep="\n",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
