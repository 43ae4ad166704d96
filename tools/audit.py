"""Look up known vulnerabilities of everything that is pinned, where a database of them can be reached.

``python -m tools.audit install`` only installs what does that.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tools import paths, pinned

REQUIREMENTS = ("lambda", "dev", "checkov", "audit")
PINS = paths.ROOT / "requirements" / "audit.txt"


def folder() -> Path:
    """Where pip-audit is, or would be."""
    return pinned.folder("audit", PINS.read_bytes(), sys.version.encode())


def install() -> None:
    """Install pip-audit unless it is there.

    Raises
    ------
    pinned.NotInstallableError
        pip could not fetch or install it.
    """
    pinned.python_environment(folder(), PINS)


def audit(requirements: Path) -> list[dict[str, Any]] | str:
    """Ask about every package of a requirements file.

    Returns
    -------
    list or str
        What pip-audit tells of each package; where it could ask about none, why.
    """
    command = [str(folder() / "bin" / "pip-audit"), "--progress-spinner=off", "--format=json", "--disable-pip"]
    command += ["--require-hashes", f"--requirement={requirements}"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        packages: list[dict[str, Any]] = json.loads(ended.stdout)["dependencies"]
    except ValueError:
        return (ended.stderr.strip().splitlines() or [f"exit status {ended.returncode}"])[-1]
    if all("skip_reason" in package for package in packages):
        return str(packages[0]["skip_reason"]) if packages else "it names no package"
    return packages


def findings(packages: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Tell each known vulnerability, and each package that could not be asked about."""
    for package in packages:
        if "skip_reason" in package:
            yield f"{package['name']}: NOT LOOKED UP: {package['skip_reason']}"
        for known in package.get("vulns", []):
            mended = ", ".join(known["fix_versions"]) or "no version yet"
            yield f"{package['name']} {package['version']}: {known['id']}, mended in {mended}"


def main(arguments: Sequence[str] = ()) -> int:
    """Audit all, or ``install``, and give the exit status: 1 as well where nothing could be looked up."""
    if list(arguments) not in ([], ["install"]):
        print("Usage: python -m tools.audit [install]", file=sys.stderr)
        return 2
    status = pinned.main(None, install)
    if status or arguments:
        return status
    failed = False
    for name in REQUIREMENTS:
        told = audit(paths.ROOT / "requirements" / f"{name}.txt")
        if isinstance(told, str):
            print(f"NOT RUN: requirements/{name}.txt: no database of vulnerabilities can be reached from here ({told})")
            failed = True
            continue
        problems = list(findings(told))
        print(f"{'FAILED' if problems else 'ok':<6} requirements/{name}.txt: {len(told)} packages")
        for problem in problems:
            print(f"       {problem}")
        failed = failed or bool(problems)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
