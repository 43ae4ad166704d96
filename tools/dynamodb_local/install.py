"""Install DynamoDB Local, as pom.xml pins it, into .cache/ with Maven."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from tools import pinned

POM = Path(__file__).with_name("pom.xml")
ADVICE = "DynamoDB Local needs a JDK, 17 or newer, and Maven. On Debian and Ubuntu: default-jdk-headless and maven."


def folder() -> Path:
    """Where the pinned version is, or would be."""
    return pinned.folder("dynamodb-local", POM.read_bytes())


def installed() -> bool:
    """Whether the pinned version is there, whole, with a Java to run it."""
    return folder().is_dir() and shutil.which("java") is not None


def install() -> Path:
    """Install it unless it is there.

    Returns
    -------
    Path
        The folder with the archives and the native libraries.

    Raises
    ------
    pinned.NotInstallableError
        A program is missing, or Maven failed.
    """
    pinned.require(["java", "mvn"], ADVICE)

    def fetch(libraries: Path) -> None:
        command = ["mvn", "--batch-mode", "--quiet", "--strict-checksums", "--file", str(POM)]
        command += ["dependency:copy-dependencies", f"-DoutputDirectory={libraries}"]
        pinned.run(command, "Maven could not fetch DynamoDB Local")
        if not any(libraries.glob("DynamoDBLocal-*.jar")):
            raise pinned.NotInstallableError(f"Maven fetched no DynamoDB Local by {POM.name}.")

    pinned.fill(folder(), fetch)
    return folder()


def main() -> int:
    """Install and give the exit status."""
    notice = None if folder().is_dir() else "Installing DynamoDB Local into .cache/ (50 MB) ..."
    return pinned.main(notice, install)


if __name__ == "__main__":
    sys.exit(main())
