"""Install checkov, as requirements/checkov.txt pins it, into .cache/: it wants other versions than the tests do."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

from tools import paths

PINS = paths.ROOT / "requirements" / "checkov.txt"


def folder() -> Path:
    """Where the pinned version is, or would be; other versions and other Pythons have another folder."""
    key = PINS.read_bytes() + sys.version.encode()
    return paths.CACHE / "checkov" / hashlib.sha256(key).hexdigest()[:16]


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
    subprocess.CalledProcessError
        pip could not fetch or install it; pip has said why.
    """
    if installed():
        return
    venv.create(folder(), with_pip=True, clear=True)
    subprocess.run(
        [
            str(folder() / "bin" / "python"),
            *("-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
            *("--require-hashes", "--requirement", str(PINS)),
        ],
        check=True,
    )
    # An environment can't be renamed into its place: scripts name their interpreter by path.
    _stamp().touch()


def _stamp() -> Path:
    return folder() / ".installed"


def main() -> int:
    """Install and give the exit status."""
    if not installed():
        print("Installing checkov into .cache/ (about a minute, once) ...", flush=True)
    try:
        install()
    except subprocess.CalledProcessError as error:
        print(f"pip could not install checkov (exit status {error.returncode}).", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
