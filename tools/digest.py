"""Whether files are still what they were: for results that are kept between runs."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from pathlib import Path

SUFFIXES = frozenset({".py", ".json"})


def state_of(places: Iterable[Path], suffixes: Collection[str] = SUFFIXES) -> str:
    """Digest of files, and of all files with such suffixes in folders."""
    digest = hashlib.sha256()
    for place in places:
        inside = sorted(path for path in place.rglob("*") if path.suffix in suffixes) if place.is_dir() else [place]
        for path in inside:
            name = path.relative_to(place) if path != place else path.name
            digest.update(f"{name}\0".encode() + (path.read_bytes() if path.is_file() else b""))
    return digest.hexdigest()
