"""Install DynamoDB Local, as pom.xml pins it, into .cache/ with Maven."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools import paths

POM = Path(__file__).with_name("pom.xml")
PROGRAMS = ("java", "mvn")


class NotInstallableError(Exception):
    """What is missing or went wrong, and what to do."""


def folder() -> Path:
    """Where the pinned version is, or would be; another version has another folder."""
    return paths.CACHE / "dynamodb-local" / hashlib.sha256(POM.read_bytes()).hexdigest()[:16]


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
    NotInstallableError
        A program is missing, or Maven failed.
    """
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        raise NotInstallableError(
            f"{' and '.join(missing)} not on the PATH: DynamoDB Local needs a JDK, 17 or newer, and Maven. "
            "On Debian and Ubuntu: default-jdk-headless and maven."
        )
    target = folder()
    if target.is_dir():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as unfinished:
        libraries = Path(unfinished) / "libraries"
        command = ["mvn", "--batch-mode", "--quiet", "--strict-checksums", "--file", str(POM)]
        command += ["dependency:copy-dependencies", f"-DoutputDirectory={libraries}"]
        ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if ended.returncode or not any(libraries.glob("DynamoDBLocal-*.jar")):
            raise NotInstallableError(f"Maven could not fetch DynamoDB Local:\n{ended.stdout.strip()}")
        try:
            libraries.rename(target)
        except OSError:
            # Another installation was faster.
            if not target.is_dir():
                raise
    return target


def main() -> int:
    """Install and give the exit status."""
    if not folder().is_dir():
        print("Installing DynamoDB Local into .cache/ (50 MB) ...", flush=True)
    try:
        install()
    except NotInstallableError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
