"""Build terraform-docs, tflint and its AWS rules, as go.mod pins them, into .cache/ with Go."""

from __future__ import annotations

import sys
from pathlib import Path

from tools import pinned

MODULE = Path(__file__).parent
PROGRAMS = ("github.com/terraform-docs/terraform-docs", "github.com/terraform-linters/tflint")
PLUGIN = "github.com/terraform-linters/tflint-ruleset-aws"


def folder() -> Path:
    """Where the pinned versions are, or would be."""
    return pinned.folder("linters", (MODULE / "go.mod").read_bytes(), (MODULE / "go.sum").read_bytes())


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
    pinned.NotInstallableError
        Go is missing, or could not fetch or build them.
    """
    if installed():
        return
    pinned.require(["go"], "the Terraform linters are built with Go 1.26 or newer.")

    def build(made: Path) -> None:
        pinned.go_build(MODULE, made / "bin", PROGRAMS)
        pinned.go_build(MODULE, made / "plugins", [PLUGIN])

    pinned.fill(folder(), build)


def main() -> int:
    """Install and give the exit status."""
    notice = None if installed() else "Building terraform-docs and tflint into .cache/ (some minutes, once) ..."
    return pinned.main(notice, install)


if __name__ == "__main__":
    sys.exit(main())
