"""Build the functions' zip, the same bytes everywhere, or check that the committed one is what the sources give.

``python -m tools.package build`` writes lambda_src/dist; ``python -m tools.package check`` compares with it.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import stat
import sys
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools import paths
from tools.import_closure import Module, Policy, UnresolvedImportError, closure
from tools.wheels import Wheel, WheelError, fetch

PACKAGE = "spot_failover"
ZIP_NAME = "spot_failover.zip"
CONTENTS_NAME = "contents.txt"
PROVIDED = frozenset({"boto3", "botocore"})
LEFT_OUT = {
    "annotationlib": "standard library from Python 3.14 on",
    "aws_lambda_powertools.event_handler": "turns pydantic models into JSON; there are none",
    "aws_lambda_powertools.utilities.parser": "imported where pydantic already is",
    "aws_xray_sdk": "the service's own active tracing is used",
}
# The oldest time that a zip can hold: zip times are local and would differ from machine to machine.
EPOCH = (1980, 1, 1, 0, 0, 0)


class PackageError(Exception):
    """The zip cannot be built, or the committed one is not what the sources give."""


@dataclass(frozen=True)
class Build:
    """The zip's bytes and the list of what is in it."""

    archive: bytes
    contents: str


def build(sources: Path = paths.SOURCES, requirements: Path = paths.LAMBDA_REQUIREMENTS) -> Build:
    """Build the zip in memory.

    Parameters
    ----------
    sources
        Folder that holds the package ``spot_failover``.
    requirements
        Dependencies, pinned by hash.

    Raises
    ------
    PackageError
        If there is nothing to package, or an import leads nowhere.
    """
    own = _own_files(sources)
    try:
        wheels = fetch(requirements, paths.CACHE / "wheels")
        members = {**own, **_needed(own, wheels)}
    except (UnresolvedImportError, WheelError) as error:
        raise PackageError(str(error)) from error
    archive = _archive(members)
    return Build(archive, _contents(archive, members, wheels))


def _own_files(sources: Path) -> dict[str, bytes]:
    files = sorted(p for p in (sources / PACKAGE).rglob("*") if p.suffix == ".py" or p.name == "py.typed")
    if not files:
        raise PackageError(f"There is no package {PACKAGE} in {sources}.")
    return {path.relative_to(sources).as_posix(): path.read_bytes() for path in files}


def _needed(own: Mapping[str, bytes], wheels: Sequence[Wheel]) -> dict[str, bytes]:
    """Give what of the dependencies our package's imports reach, and every dependency's licence."""
    everything = [Wheel(PACKAGE, "", dict(own)), *wheels]

    def find(name: str) -> Module | None:
        return next((module for wheel in everything if (module := wheel.find(name))), None)

    roots = [
        path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in own if path.endswith(".py")
    ]
    reached = closure(roots, find, Policy(PROVIDED, LEFT_OUT))
    files = {f"{m.name.replace('.', '/')}{'/__init__' if m.is_package else ''}.py" for m in reached.values()}
    needed: dict[str, bytes] = {}
    for wheel in wheels:
        taken = {path: content for path, content in wheel.members.items() if path in files}
        if taken:
            needed |= taken | wheel.notices()
    return needed


def _archive(members: Mapping[str, bytes]) -> bytes:
    """Zip without compression: another zlib would give other bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(members):
            info = zipfile.ZipInfo(path, EPOCH)
            info.create_system = 3
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, members[path])
    return buffer.getvalue()


def _contents(archive: bytes, members: Mapping[str, bytes], wheels: Sequence[Wheel]) -> str:
    lines = [f"# {ZIP_NAME}: {len(archive)} bytes, sha256 {_sha256(archive)}"]
    lines += [f"# {wheel.name} {wheel.version}" for wheel in wheels]
    lines += [f"{_sha256(members[path])} {len(members[path]):>7} {path}" for path in sorted(members)]
    return "\n".join(lines) + "\n"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def check(built: Build, dist: Path) -> None:
    """Compare with what is committed.

    Raises
    ------
    PackageError
        If the zip or its list differs; names the members that do.
    """
    archive, contents = dist / ZIP_NAME, dist / CONTENTS_NAME
    for path in (archive, contents):
        if not path.is_file():
            raise PackageError(f"{path} is missing. Run `make package` and commit it.")
    if archive.read_bytes() == built.archive and contents.read_text() == built.contents:
        return
    committed, wanted = set(contents.read_text().splitlines()), set(built.contents.splitlines())
    differing = sorted({line.split()[-1] for line in committed ^ wanted if not line.startswith("#")})
    raise PackageError(
        f"{archive} is not what the sources give. Run `make package` and commit {dist.name}/. "
        f"Members that differ: {', '.join(differing) or 'none, the zip itself was changed'}."
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.package", description=__doc__)
    parser.add_argument("action", choices=("build", "check"))
    parser.add_argument("--dist", type=Path, default=paths.DIST, help="folder of the zip (default: lambda_src/dist)")
    options = parser.parse_args(arguments)
    try:
        built = build()
        if options.action == "check":
            check(built, options.dist)
        else:
            options.dist.mkdir(parents=True, exist_ok=True)
            (options.dist / ZIP_NAME).write_bytes(built.archive)
            (options.dist / CONTENTS_NAME).write_text(built.contents)
    except PackageError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{ZIP_NAME}: {len(built.archive)} bytes, sha256 {_sha256(built.archive)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
