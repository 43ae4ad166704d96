"""Run cfn-lint on the CloudFormation templates."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tools import paths


def templates(root: Path = paths.ROOT) -> list[Path]:
    """Give the templates: files of that name under modules."""
    return sorted((root / "modules").glob("**/template.yaml"))


def main() -> int:
    """Lint them, report each, and give the exit status."""
    found = templates()
    if not found:
        print("There is no CloudFormation template to lint.", file=sys.stderr)
        return 1
    status = 0
    for template in found:
        # A warning fails, too: cfn-lint exits with 4 for it.
        ended = subprocess.run([str(Path(sys.executable).with_name("cfn-lint")), str(template)], check=False)
        print(f"{'FAILED' if ended.returncode else 'ok':<6} {template.relative_to(paths.ROOT).as_posix()}")
        status = status or ended.returncode
    return 1 if status else 0


if __name__ == "__main__":
    sys.exit(main())
