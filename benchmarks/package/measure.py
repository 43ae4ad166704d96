"""Size of the committed zip and of its parts."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.claim import Claim
from tools import paths

ZIP = paths.SOURCES / "dist" / "spot_failover.zip"
MOST = 2_000_000
"""Bytes. Lambda's console shows code of up to 3 MB, and takes 50 MB in an upload (AWS Lambda quotas)."""
OURS = "spot_failover"


@dataclass(frozen=True)
class Package:
    """Bytes, as they are in the zip (compressed) and as they lie unpacked."""

    zipped: int
    unpacked: int
    files: int
    parts: Mapping[str, tuple[int, int]]
    """Folder to (zipped, unpacked), largest first."""


def measure() -> Package:
    """Look into the zip."""
    zipped, unpacked, files = Counter[str](), Counter[str](), 0
    with zipfile.ZipFile(ZIP) as package:
        for entry in package.infolist():
            part = _part(entry.filename)
            zipped[part] += entry.compress_size
            unpacked[part] += entry.file_size
            files += 1
    parts = {part: (size, unpacked[part]) for part, size in zipped.most_common()}
    return Package(ZIP.stat().st_size, sum(unpacked.values()), files, parts)


def claims(package: Package) -> list[Claim]:
    """What is said of it."""
    ours = sum(size for part, (size, _) in package.parts.items() if part.startswith(OURS))
    return [
        Claim("package", "size of the zip", package.zipped / 1000, MOST / 1000, " KB"),
        Claim("package", "of which the product's own", ours / 1000, None, " KB"),
    ]


def _part(name: str) -> str:
    """The product by its layers, Powertools by its utilities, the rest by package."""
    folders = name.split("/")
    depth = 3 if folders[:2] == ["aws_lambda_powertools", "utilities"] else 2
    return "/".join(folders[: min(depth, len(folders) - 1)]) or name
