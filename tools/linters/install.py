"""Build terraform-docs, tflint and its AWS rules, as go.mod pins them, into .cache/ with Go."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools import paths

MODULE = Path(__file__).parent
PROGRAMS = ("github.com/terraform-docs/terraform-docs", "github.com/terraform-linters/tflint")
PLUGIN = "github.com/terraform-linters/tflint-ruleset-aws"


class NotInstallableError(Exception):
    """What is missing or went wrong, and what to do."""


def folder() -> Path:
    """Where the pinned versions are, or would be; other versions have another folder."""
    pins = (MODULE / "go.mod").read_bytes() + (MODULE / "go.sum").read_bytes()
    return paths.CACHE / "linters" / hashlib.sha256(pins).hexdigest()[:16]


def program(name: str) -> Path:
    """Where a program is, once all are installed."""
    return folder() / "bin" / name


def plugins() -> Path:
    """The folder that tflint is to search for plugins: a plugin's file is found by its name alone."""
    return folder() / "plugins"


def installed() -> bool:
    """Whether the pinned versions are there, whole."""
    return folder().is_dir()


def install() -> None:
    """Build them unless they are there.

    Raises
    ------
    NotInstallableError
        Go is missing, or could not fetch or build them.
    """
    if installed():
        return
    if shutil.which("go") is None:
        raise NotInstallableError("go is not on the PATH: the Terraform linters are built with Go 1.26 or newer.")
    target = folder()
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as unfinished:
        built = Path(unfinished) / "linters"
        for output, packages in (("bin", PROGRAMS), ("plugins", (PLUGIN,))):
            (built / output).mkdir(parents=True)
            _build(built / output, packages)
        try:
            built.rename(target)
        except OSError:
            # Another installation was faster.
            if not target.is_dir():
                raise


def _build(output: Path, packages: tuple[str, ...]) -> None:
    command = ["go", "build", "-mod=readonly", "-trimpath", "-o", f"{output}{os.sep}", *packages]
    ended = subprocess.run(
        command, cwd=MODULE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if ended.returncode:
        raise NotInstallableError(f"Go could not build {' and '.join(packages)}:\n{ended.stdout.strip()}")


def main() -> int:
    """Install and give the exit status."""
    if not installed():
        print("Building terraform-docs and tflint into .cache/ (some minutes, once) ...", flush=True)
    try:
        install()
    except NotInstallableError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
