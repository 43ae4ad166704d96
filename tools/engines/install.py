"""Build the oldest Terraform and OpenTofu that are supported, as their go.mod files pin them, into .cache/ with Go."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from tools import pinned


@dataclass(frozen=True)
class Engine:
    """One of the two.

    Parameters
    ----------
    name
        Of the folder beside this file that holds its go.mod.
    package
        What Go builds.
    module
        Where its version says whether it is a release; go.mod pins its version.
    """

    name: str
    package: str
    module: str

    @property
    def sources(self) -> Path:
        """The folder of its go.mod."""
        return Path(__file__).parent / self.name

    @property
    def version(self) -> str:
        """The version that its go.mod pins: ``1.9.0``."""
        pinned_version = re.search(rf"\b{re.escape(self.module)} v(\S+)", (self.sources / "go.mod").read_text())
        if pinned_version is None:
            raise LookupError(f"{self.sources / 'go.mod'} pins no {self.module} any more.")
        return pinned_version[1]

    @property
    def folder(self) -> Path:
        """A folder for the PATH: the engine is called ``terraform`` in it, whichever it is."""
        pins = [path.read_bytes() for path in sorted(self.sources.rglob("*")) if path.is_file()]
        return pinned.folder(f"engines/{self.name}", *pins)

    def install(self) -> None:
        """Build it unless it is there.

        Raises
        ------
        pinned.NotInstallableError
            Go is missing, or could not fetch or build it.
        """
        if not self.folder.is_dir():
            pinned.require(["go"], "Terraform and OpenTofu are built with Go 1.26 or newer.")
            pinned.fill(self.folder, self._build)

    def _build(self, made: Path) -> None:
        pinned.go_build(self.sources, made, [self.package], f"-ldflags=-X {self.module}/version.dev=no")
        (program,) = made.iterdir()
        program.rename(made / "terraform")


ENGINES = (
    Engine("terraform", "github.com/hashicorp/terraform", "github.com/hashicorp/terraform"),
    Engine("opentofu", "github.com/opentofu/opentofu/cmd/tofu", "github.com/opentofu/opentofu"),
)


def install() -> None:
    """Build both unless they are there."""
    for engine in ENGINES:
        engine.install()


def main() -> int:
    """Install and give the exit status."""
    missing = [engine.name for engine in ENGINES if not engine.folder.is_dir()]
    notice = f"Building {' and '.join(missing)} into .cache/ (5 to 15 minutes, once) ..." if missing else None
    return pinned.main(notice, install)


if __name__ == "__main__":
    sys.exit(main())
