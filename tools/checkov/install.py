"""Install checkov, as requirements/checkov.txt pins it, into .cache/: it wants other versions than the tests do."""

from __future__ import annotations

import sys
import venv
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
    return _stamp().is_file()


def install() -> None:
    """Make the environment unless it is there.

    Raises
    ------
    pinned.NotInstallableError
        pip could not fetch or install it.
    """
    if installed():
        return
    # In its place from the beginning: scripts name their interpreter by path.
    venv.create(folder(), with_pip=True, clear=True)
    command = [str(folder() / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    pinned.run([*command, "--require-hashes", "--requirement", str(PINS)], "pip could not install checkov")
    _stamp().touch()


def _stamp() -> Path:
    return folder() / ".installed"


def main() -> int:
    """Install and give the exit status."""
    notice = None if installed() else "Installing checkov into .cache/ (about a minute, once) ..."
    return pinned.main(notice, install)


if __name__ == "__main__":
    sys.exit(main())
