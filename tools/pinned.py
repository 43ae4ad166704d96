"""Programs that are fetched or built once into .cache/, in a folder that is named after what pins their versions."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

from tools import paths

_COMPLETE = ".installed"


class NotInstallableError(Exception):
    """What is missing or went wrong, and what to do."""


def folder(name: str, *pins: bytes) -> Path:
    """Where what these files pin is, or would be; other versions have another folder."""
    return paths.CACHE / name / hashlib.sha256(b"".join(pins)).hexdigest()[:16]


def fill(target: Path, make: Callable[[Path], None]) -> None:
    """Have ``make`` fill a folder, unless ``target`` is there: it appears whole or not at all."""
    if target.is_dir():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as unfinished:
        made = Path(unfinished) / "made"
        made.mkdir()
        make(made)
        try:
            made.rename(target)
        except OSError:
            # Another installation was faster.
            if not target.is_dir():
                raise


def require(programs: Sequence[str], advice: str) -> None:
    """Make sure that programs are on the PATH.

    Raises
    ------
    NotInstallableError
        One is not; the message ends with ``advice``.
    """
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        raise NotInstallableError(f"{' and '.join(missing)} not on the PATH: {advice}")


def run(command: Sequence[str], failure: str, cwd: Path | None = None) -> None:
    """Run a command that fetches or builds.

    Raises
    ------
    NotInstallableError
        It failed; the message is ``failure`` and what it printed.
    """
    ended = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if ended.returncode:
        raise NotInstallableError(f"{failure}:\n{ended.stdout.strip()}")


def go_build(module: Path, output: Path, packages: Sequence[str], *flags: str) -> None:
    """Build programs of the versions that ``go.mod`` and ``go.sum`` in ``module`` pin, into the folder ``output``.

    Raises
    ------
    NotInstallableError
        Go could not fetch or build them.
    """
    output.mkdir(parents=True, exist_ok=True)
    command = ["go", "build", "-mod=readonly", "-trimpath", *flags, "-o", f"{output}{os.sep}", *packages]
    run(command, f"Go could not build {' and '.join(packages)}", cwd=module)


def python_environment(target: Path, pins: Path) -> None:
    """Make a virtual environment with what a requirements file pins by hash, unless it is there.

    Raises
    ------
    NotInstallableError
        pip could not fetch or install it.
    """
    if is_environment(target):
        return
    # In its place from the beginning: scripts name their interpreter by path.
    venv.create(target, with_pip=True, clear=True)
    command = [str(target / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run([*command, "--require-hashes", f"--requirement={pins}"], f"pip could not install what {pins.name} pins")
    (target / _COMPLETE).touch()


def is_environment(target: Path) -> bool:
    """Whether a virtual environment is there, whole."""
    return (target / _COMPLETE).is_file()


def main(notice: str | None, install: Callable[[], object]) -> int:
    """Print ``notice`` if there is one, install and give the exit status."""
    if notice:
        print(notice, flush=True)
    try:
        install()
    except NotInstallableError as error:
        print(error, file=sys.stderr)
        return 1
    return 0
