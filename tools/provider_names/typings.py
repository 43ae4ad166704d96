"""The names that a provider has, from the typings in the npm package @cdktf/provider-aws, generated from its schema."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "@cdktf/provider-aws"
VERSION = "21.22.1"
INTEGRITY = "sha512-BuSHeaQFUL9l33pBzIMRT7cTQ69AM2mLtijjteCPhVQRmvuhuj9Lvfymf7knAMhYqAT6+Lrls9jiGVW/Us3zrQ=="

_CLASS = re.compile(r"^class (\w+) extends cdktf\.(\w+) \{\n(.*?)^\}", re.DOTALL | re.MULTILINE)
_NAME = re.compile(r"// (\w+) - computed: |Attribute\('(\w+)'\)")
_CHILD = re.compile(r'= new (\w+)\(this, "(\w+)"')
_ROOTS = {"TerraformResource": "resource", "TerraformDataSource": "data"}


class TypingsError(Exception):
    """The package can't be had, or is not what is pinned."""


@dataclass(frozen=True)
class Typings:
    """The unpacked package: the provider's version, and where a type's module is."""

    archive: Path
    provider: str

    def names(self, kind: str, resource_type: str) -> list[str]:
        """Give the paths of all arguments, blocks and attributes of a type; none if the provider has no such type."""
        folder = resource_type.removeprefix("aws_").replace("_", "-")
        member = f"package/lib/{'data-aws-' if kind == 'data' else ''}{folder}/index.js"
        with tarfile.open(self.archive) as package:
            try:
                file = package.extractfile(member)
            except KeyError:
                return []
            return paths_of(file.read().decode(), kind, resource_type) if file else []


def paths_of(javascript: str, kind: str, resource_type: str) -> list[str]:
    """Give the paths in one generated module, ``rule.filter.prefix``; none if it is of another type."""
    classes = {match[1]: (match[2], match[3]) for match in _CLASS.finditer(javascript)}
    root = next((name for name, (base, _) in classes.items() if _ROOTS.get(base) == kind), None)
    if root is None or f'{root}.tfResourceType = "{resource_type}"' not in javascript:
        return []

    def walk(name: str, before: str, above: tuple[str, ...]) -> list[str]:
        body = classes[name][1]
        found = [before + (noted or got) for noted, got in _NAME.findall(body)]
        for child, block in _CHILD.findall(body):
            inner = re.sub(r"(List|Map)$", "OutputReference", child)
            if inner in classes and inner not in above:
                found += walk(inner, f"{before}{block}.", (*above, inner))
        return found

    return sorted(set(walk(root, "", (root,))))


def fetch(cache: Path) -> Typings:
    """Have npm download the package, unless it is in ``cache``.

    Raises
    ------
    TypingsError
        If npm can't, or gives other bytes than those that are pinned.
    """
    archive = cache / f"cdktf-provider-aws-{VERSION}.tgz"
    if not archive.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        command = ["npm", "pack", "--silent", f"--pack-destination={cache}", f"{PACKAGE}@{VERSION}"]
        try:
            ended = subprocess.run(command, capture_output=True, text=True, check=False)
        except FileNotFoundError as error:
            raise TypingsError("npm is not on the PATH: the names of provider 6 come from an npm package.") from error
        if ended.returncode or not archive.is_file():
            raise TypingsError(f"npm could not download {PACKAGE} {VERSION}:\n{ended.stderr.strip()}")
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if f"sha512-{digest}" != INTEGRITY:
        raise TypingsError(f"{archive} has sha512-{digest}, not {INTEGRITY}. Delete it and try again.")
    with tarfile.open(archive) as package:
        file = package.extractfile("package/package.json")
        manifest = json.loads(file.read()) if file else {}
    return Typings(archive, str(manifest["cdktf"]["provider"]["version"]))
