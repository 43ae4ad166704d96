"""``python -m tests.upgrade``: record what of the state upgrades from the version in VERSION are measured by."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.upgrade.upgrade import RELEASES, installation, recorded
from tools import paths


def _released(version: str) -> str:
    """Tell why this version must not be recorded, empty if it may be."""
    command = ["git", "-C", str(paths.ROOT), "tag", "--list", f"v{version}"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        return f"Whether {version} is released can't be told: `git tag` ended with {ended.stderr.strip()}"
    if ended.stdout.strip():
        return (
            f"{version} is released: the tag v{version} is there, and what it left is never written again. "
            "Raise the version in VERSION first."
        )
    return ""


def main() -> int:
    """Record and give the exit status."""
    version = (paths.ROOT / "VERSION").read_text().strip()
    if problem := _released(version):
        sys.stderr.write(f"{problem}\n")
        return 1
    file = RELEASES / f"{version}.json"
    with tempfile.TemporaryDirectory() as folder, installation(Path(folder)) as made:
        file.write_text(json.dumps(recorded(made), indent=1, sort_keys=True) + "\n")
    name = file.relative_to(paths.ROOT)
    sys.stdout.write(f"{name} is written. Once the version is released, it is never written again.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
