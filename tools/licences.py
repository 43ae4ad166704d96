"""Licences of what is in the zip and of what tests, linters and tools are made of: the tables of docs/dependencies.md.

``python -m tools.licences write`` writes them anew; ``python -m tools.licences check`` compares.
"""

from __future__ import annotations

import email
import importlib.metadata
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

from tools import paths
from tools.wheels import fetch, normal, pins

PAGE = paths.ROOT / "docs" / "dependencies.md"
BEGIN, END = "<!-- BEGIN_LICENCES -->\n", "<!-- END_LICENCES -->\n"
ENVIRONMENTS = {"dev": "tests, demo, linters", "checkov": "`make terraform-policy`", "audit": "`make audit`"}
Package = tuple[str, str]
"""Normal name and version: another version may have another licence."""
NOT_HERE: Mapping[Package, str] = {("pywin32", "312"): "PSF-2.0"}
"""Of packages that only another operating system installs."""
PERMISSIVE = frozenset({"Apache-2.0", "BSD-3-Clause", "MIT", "MIT-0", "PSF-2.0"})
"""What may be in the zip, which users deploy: it asks no more than to keep the notices, and those are in it."""


@dataclass(frozen=True)
class Tool:
    """What is no Python package: its version comes from the file that pins it.

    Parameters
    ----------
    name, licence, purpose
        For the table.
    file
        Where it is pinned.
    version
        What its version stands in, as the one group.
    """

    name: str
    licence: str
    purpose: str
    file: str
    version: str


TOOLS = (
    Tool("terraform-docs", "MIT", "`make docs`", "tools/linters/go.mod", r"terraform-docs/terraform-docs v(\S+)"),
    Tool("tflint", "MPL-2.0, parts BUSL-1.1", "`make terraform-lint`", "tools/linters/go.mod", r"/tflint v(\S+)"),
    Tool("tflint-ruleset-aws", "MPL-2.0", "`make terraform-lint`", "tools/linters/go.mod", r"-ruleset-aws v(\S+)"),
    Tool("Terraform", "BUSL-1.1", "`make oldest-engines`", "tools/engines/terraform/go.mod", r"/terraform v(1\S+)"),
    Tool("OpenTofu", "MPL-2.0", "`make oldest-engines`", "tools/engines/opentofu/go.mod", r"/opentofu v(\S+)"),
    Tool(
        "DynamoDB Local",
        "Amazon DynamoDB Local License",
        "tests of the state table",
        "tools/dynamodb_local/pom.xml",
        r"DynamoDBLocal</artifactId>\s*<version>([^<]+)",
    ),
    Tool(
        "@cdktf/provider-aws",
        "MPL-2.0",
        "`make provider-names`",
        "tools/provider_names/typings.py",
        r'^VERSION = "(\S+)"',
    ),
)


class LicenceError(Exception):
    """A licence is not known, or not one that may be in the zip."""


def licence_of(metadata: Message) -> str:
    """Give a package's licence as its metadata tell it, empty if they don't."""
    expression = metadata.get("License-Expression")
    if expression:
        return str(expression)
    classifiers = [str(c).split(" :: ")[-1] for c in metadata.get_all("Classifier") or [] if c.startswith("License ::")]
    told = str(metadata.get("License") or "").strip().splitlines()
    return " or ".join(classifiers) or (told[0] if told else "")


def installed(folders: Iterable[Path]) -> dict[Package, str]:
    """Give licences of the packages that are installed in folders."""
    found = importlib.metadata.distributions(path=[str(folder) for folder in folders])
    return {(normal(package.metadata["Name"]), package.version): licence_of(_message(package)) for package in found}


def _message(package: importlib.metadata.Distribution) -> Message:
    return email.message_from_string(package.read_text("METADATA") or package.read_text("PKG-INFO") or "")


def zip_rows() -> Iterator[str]:
    """Give the rows of what is packaged.

    Raises
    ------
    LicenceError
        A package's licence is none of those that the zip may hold.
    """
    for wheel in fetch(paths.LAMBDA_REQUIREMENTS, paths.CACHE / "wheels"):
        text = next(content for path, content in wheel.members.items() if path.endswith(".dist-info/METADATA"))
        licence = SPDX.get(told := licence_of(email.message_from_bytes(text)), told)
        if not set(licence.split(" and ")) <= PERMISSIVE:
            raise LicenceError(
                f"{wheel.name} {wheel.version} in the zip has the licence {licence!r}, not a permissive one."
            )
        yield f"| {wheel.name} | {wheel.version} | {licence} |"


SPDX = {
    "MIT License or MIT No Attribution License (MIT-0)": "MIT and MIT-0",
    "MIT License": "MIT",
}
"""Of packages in the zip whose metadata have no expression of SPDX."""


def package_rows(known: Mapping[Package, str]) -> Iterator[str]:
    """Give the rows of Python packages; ``known``: licences.

    Raises
    ------
    LicenceError
        A licence is not known.
    """
    uses: dict[tuple[str, str], list[str]] = {}
    for environment, purpose in ENVIRONMENTS.items():
        for name, version in pins((paths.ROOT / "requirements" / f"{environment}.txt").read_text()):
            uses.setdefault((name, version), []).append(purpose)
    for (name, version), purposes in sorted(uses.items()):
        if not known.get((name, version)):
            raise LicenceError(
                f"The licence of {name} {version} is not known. Run `make licences`. If only another operating system "
                "or Python installs it, look its licence up and add it to NOT_HERE in tools/licences.py."
            )
        yield f"| {name} | {version} | {known[name, version]} | {', '.join(dict.fromkeys(purposes))} |"


def tool_rows() -> Iterator[str]:
    """Give the rows of tools that are no Python packages."""
    for tool in TOOLS:
        match = re.search(tool.version, (paths.ROOT / tool.file).read_text(), re.MULTILINE)
        if match is None:
            raise LicenceError(f"{tool.file} pins no {tool.name} any more.")
        yield f"| {tool.name} | {match[1]} | {tool.licence} | {tool.purpose} |"


def page(text: str, known: Mapping[Package, str]) -> str:
    """Give the page with its tables written anew."""
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    head = "| package | version | licence |"
    tables = [
        "### In the functions' zip\n",
        f"{head}\n|---|---|---|",
        *zip_rows(),
        "\n### Tools that Go, Maven and npm fetch\n",
        f"{head} for |\n|---|---|---|---|",
        *tool_rows(),
        "\n### Python packages of tests, linters and tools\n",
        f"{head} for |\n|---|---|---|---|",
        *package_rows(known),
    ]
    return before + BEGIN + "\n".join(tables) + "\n" + END + after


def listed(text: str) -> dict[Package, str]:
    """Give the licences that a page has: for packages that are not installed."""
    rows = re.finditer(r"^\| (\S+) \| (\S+) \| ([^|]+) \|", text, re.MULTILINE)
    return {(match[1], match[2]): match[3] for match in rows}


def _installed_here() -> dict[Package, str]:
    environments = [
        folder for name in ("checkov", "audit") for folder in paths.CACHE.glob(f"{name}/*/lib/*/site-packages")
    ]
    return installed([*environments, *(Path(folder) for folder in sys.path if folder.endswith("site-packages"))])


def main(arguments: Sequence[str]) -> int:
    """``write`` or ``check``, and give the exit status."""
    if list(arguments) not in (["write"], ["check"]):
        print("Usage: python -m tools.licences write|check", file=sys.stderr)
        return 2
    text = PAGE.read_text()
    try:
        wanted = page(text, {**NOT_HERE, **listed(text), **_installed_here()})
    except LicenceError as error:
        print(error, file=sys.stderr)
        return 1
    if arguments[0] == "write":
        PAGE.write_text(wanted)
    elif wanted != text:
        print(f"{PAGE.relative_to(paths.ROOT)} is out of date. Run `make licences`.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
