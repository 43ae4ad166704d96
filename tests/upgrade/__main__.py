"""``python -m tests.upgrade``: record what of the state upgrades from the version in VERSION are measured by."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from tests.upgrade.upgrade import RELEASES, installation, recorded
from tools import paths


def main() -> int:
    """Record and give the exit status."""
    file = RELEASES / f"{(paths.ROOT / 'VERSION').read_text().strip()}.json"
    with tempfile.TemporaryDirectory() as folder, installation(Path(folder)) as made:
        file.write_text(json.dumps(recorded(made), indent=1, sort_keys=True) + "\n")
    name = file.relative_to(paths.ROOT)
    sys.stdout.write(f"{name} is written. Once the version is released, it is never written again.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
