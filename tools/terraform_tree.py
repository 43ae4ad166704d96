"""A copy of the Terraform part of this repository, so that Terraform's own files never land in the tree."""

from __future__ import annotations

import shutil
from pathlib import Path

from tools import paths

TESTS = "tests/terraform"
INPUTS = f"{TESTS}/inputs"
FOLDERS = ("modules", "examples", TESTS, "lambda_src/dist")
LEFTOVERS = shutil.ignore_patterns(".terraform", ".terraform.lock.hcl", "*.tfstate", "*.tfstate.*", "__pycache__")


def copy_tree(destination: Path, root: Path = paths.ROOT) -> Path:
    """Copy modules, examples, tests and the zip to ``destination``, which is emptied first.

    Returns
    -------
    Path
        ``destination``.
    """
    shutil.rmtree(destination, ignore_errors=True)
    destination.mkdir(parents=True)
    for file in [*root.glob("*.tf"), root / "VERSION"]:
        if file.is_file():
            shutil.copy2(file, destination)
    for folder in FOLDERS:
        if (root / folder).is_dir():
            shutil.copytree(root / folder, destination / folder, ignore=LEFTOVERS)
    return destination


def copy_inputs(destination: Path, root: Path = paths.ROOT) -> Path:
    """Copy inputs of root and modules, and the tests of what they refuse, to ``destination``, which is emptied first.

    Without a resource there is no provider that Terraform would have to start for every run.

    Returns
    -------
    Path
        ``destination``.
    """
    shutil.rmtree(destination, ignore_errors=True)
    for file in [*root.glob("variables*.tf"), *root.glob("modules/*/variables*.tf"), *root.glob(f"{INPUTS}/*.hcl")]:
        target = destination / file.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, target)
    return destination


def configurations(root: Path) -> list[Path]:
    """Give every folder that Terraform can be run in: the root, the modules, the examples."""
    files = [*root.glob("*.tf"), *root.glob("modules/**/*.tf"), *root.glob("examples/**/*.tf")]
    return sorted({file.parent for file in files if ".terraform" not in file.parts})
