"""The packaged dependencies' wheels, as pinned by hash in a requirements file."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tools.import_closure import Module

_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_LICENCE = re.compile(r"\.dist-info/(METADATA|licenses/.+|(LICEN[CS]E|COPYING|NOTICE)[^/]*)$")


class WheelError(Exception):
    """A dependency cannot be had as pinned, or cannot be packaged."""


@dataclass(frozen=True)
class Wheel:
    """One wheel, opened by its members.

    Parameters
    ----------
    name, version
        As in the file's name.
    members
        Content by path.
    """

    name: str
    version: str
    members: dict[str, bytes]

    def find(self, module: str) -> Module | None:
        """Give the module of that dotted name, or None.

        Raises
        ------
        WheelError
            If the module is compiled: the package must run on any architecture and Python.
        """
        path = module.replace(".", "/")
        for candidate, is_package in ((f"{path}/__init__.py", True), (f"{path}.py", False)):
            if candidate in self.members:
                return Module(module, is_package, self.members[candidate].decode())
        if any(re.fullmatch(rf"{re.escape(path)}(\.[^/]+)?\.(so|pyd)", member) for member in self.members):
            raise WheelError(
                f"{self.name} {self.version}: {module} is a compiled module; only pure Python is packaged."
            )
        return None

    def notices(self) -> dict[str, bytes]:
        """Give metadata and licence texts, by path."""
        return {path: content for path, content in self.members.items() if _LICENCE.search(path)}


def fetch(requirements: Path, cache: Path) -> list[Wheel]:
    """Give the wheels that ``requirements`` pins, from ``cache`` or, failing that, downloaded by hash.

    Parameters
    ----------
    requirements
        A requirements file with a sha256 for every pin.
    cache
        Folder for downloaded wheels; made if missing.

    Raises
    ------
    WheelError
        If a wheel cannot be downloaded or is not what the file pins.
    """
    text = requirements.read_text()
    wanted = dict(pins(text))
    allowed = frozenset(_HASH.findall(text))
    folder = cache / hashlib.sha256(text.encode()).hexdigest()[:16]
    wheels = _load(folder, allowed)
    if {wheel.name: wheel.version for wheel in wheels} != wanted:
        _download(requirements, folder)
        wheels = _load(folder, allowed)
    found = {wheel.name: wheel.version for wheel in wheels}
    if found != wanted:
        raise WheelError(f"{requirements.name} pins {wanted}, but what was downloaded is {found}.")
    return wheels


def pins(text: str) -> list[tuple[str, str]]:
    """Give normal names and versions of all pins; a name comes twice where other Pythons get other versions."""
    return [(normal(match["name"]), match["version"]) for match in _PIN.finditer(text)]


def _download(requirements: Path, folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--dest", str(folder)]
    result = subprocess.run([*command, "--requirement", str(requirements)], capture_output=True, text=True, check=False)
    if result.returncode:
        raise WheelError(f"pip could not download what {requirements.name} pins:\n{result.stderr.strip()}")


def _load(folder: Path, allowed: frozenset[str]) -> list[Wheel]:
    wheels = []
    for path in sorted(folder.glob("*.whl")):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if digest not in allowed:
            raise WheelError(f"{path} has sha256 {digest}, which is not pinned. Delete it and try again.")
        name, version = path.name.split("-")[:2]
        with zipfile.ZipFile(path) as archive:
            members = {m: archive.read(m) for m in archive.namelist() if not PurePosixPath(m).name.endswith(".pyc")}
        wheels.append(Wheel(normal(name), version, members))
    return wheels


def normal(name: str) -> str:
    """Give a package's name in the one form in which names are compared."""
    return re.sub(r"[-_.]+", "-", name).lower()
