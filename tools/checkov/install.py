"""Install checkov, as requirements/checkov.txt pins it, into .cache/: it wants other versions than the tests do."""

from __future__ import annotations

import sys
from pathlib import Path

from tools import paths, pinned

PINS = paths.ROOT / "requirements" / "checkov.txt"


def folder() -> Path:
    """Where the pinned version is, or would be; other Pythons have another folder too."""
    return pinned.folder("checkov", PINS.read_bytes(), sys.version.encode())


def program() -> Path:
    """Where the program is once it is installed."""
    return folder() / "bin" / "checkov"


def installed() -> bool:
    """Whether the pinned version is there, whole."""
    return pinned.is_environment(folder())


def install() -> None:
    """Make the environment unless it is there.

    Raises
    ------
    pinned.NotInstallableError
        pip could not fetch or install it.
    """
    pinned.python_environment(folder(), PINS)


def main() -> int:
    """Install and give the exit status."""
    notice = None if installed() else "Installing checkov into .cache/ (about a minute, once) ..."
    return pinned.main(notice, install)


if __name__ == "__main__":
    sys.exit(main())
