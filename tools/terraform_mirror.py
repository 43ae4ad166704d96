"""Run ``terraform init`` with a provider mirror of this machine, if there is one, else with a shared plugin cache."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tools import paths

MIRROR_VARIABLE = "TERRAFORM_PROVIDER_MIRROR"
REGISTRY = "registry.terraform.io"
PROVIDER = Path(REGISTRY) / "hashicorp" / "aws"
LOCK = ".terraform.lock.hcl"
_HASHES = re.compile(r"\n  hashes = \[.*?\n  \]", re.DOTALL)


class TerraformError(Exception):
    """Terraform is missing, or one of its commands failed; the message holds what it printed."""


def find_mirror(environ: Mapping[str, str] = os.environ, folders: Iterable[Path] | None = None) -> Path | None:
    """Find a folder laid out as ``registry.terraform.io/hashicorp/aws/...``.

    First what ``TERRAFORM_PROVIDER_MIRROR`` names, then the folders that Terraform itself looks in, then any folder
    directly under ``/opt``. A CLI configuration that says where providers come from is left to decide.

    Parameters
    ----------
    environ
        Environment variables.
    folders
        Candidates to look through after the variable; the machine's, if None.

    Raises
    ------
    TerraformError
        If the variable names a folder that is no mirror.
    """
    named = environ.get(MIRROR_VARIABLE)
    if named:
        if not (Path(named) / PROVIDER).is_dir():
            raise TerraformError(f"{MIRROR_VARIABLE} is {named!r}, but that folder holds no {PROVIDER.as_posix()}.")
        return Path(named)
    if _is_configured(environ):
        return None
    candidates = _machine_folders(environ) if folders is None else folders
    return next((folder for folder in candidates if (folder / PROVIDER).is_dir()), None)


def _is_configured(environ: Mapping[str, str]) -> bool:
    configuration = Path(environ.get("TF_CLI_CONFIG_FILE") or Path.home() / ".terraformrc")
    return configuration.is_file() and "provider_installation" in configuration.read_text()


def _machine_folders(environ: Mapping[str, str]) -> Iterator[Path]:
    home = Path.home()
    yield home / ".terraform.d" / "plugins"
    if sys.platform == "darwin":
        for library in (home / "Library", Path("/Library")):
            yield library / "Application Support" / "io.terraform" / "plugins"
    else:
        shared = environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
        yield Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "terraform" / "plugins"
        yield from (Path(folder) / "terraform" / "plugins" for folder in shared.split(":"))
    yield from sorted(path.parent for path in Path("/opt").glob(f"*/{REGISTRY}"))


def init_arguments(environ: Mapping[str, str] = os.environ) -> list[str]:
    """Give the arguments that make ``terraform init`` use the mirror; none where there is no mirror."""
    mirror = find_mirror(environ)
    return [f"-plugin-dir={mirror}"] if mirror else []


def terraform_environment(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Give the environment to run Terraform in: no questions, and a plugin cache if there is no mirror."""
    environment = {**environ, "TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1"}
    named = environment.get("TF_CLI_CONFIG_FILE")
    if named and not Path(named).is_file():
        # Terraform would warn about it in front of everything that it prints.
        del environment["TF_CLI_CONFIG_FILE"]
    if find_mirror(environ) is None:
        cache = Path(environment.setdefault("TF_PLUGIN_CACHE_DIR", str(paths.CACHE / "terraform-plugins")))
        cache.mkdir(parents=True, exist_ok=True)
        # No lock file is kept here, and without one the cache would not be used at all.
        environment["TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE"] = "1"
    return environment


def terraform(directory: Path, *arguments: str, environ: Mapping[str, str] = os.environ) -> str:
    """Run a Terraform command in ``directory`` and give what it printed.

    Raises
    ------
    TerraformError
        If Terraform is not on the PATH or the command fails.
    """
    program = shutil.which("terraform", path=environ.get("PATH"))
    if program is None:
        raise TerraformError("terraform is not on the PATH. Install Terraform (see README.md for the version).")
    result = subprocess.run(
        [program, f"-chdir={directory}", *arguments],
        env=terraform_environment(environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if result.returncode:
        raise TerraformError(f"terraform {' '.join(arguments)} failed in {directory}:\n{result.stdout.strip()}")
    return result.stdout


def terraform_init(directory: Path, *arguments: str, environ: Mapping[str, str] = os.environ) -> None:
    """Run ``terraform init`` in ``directory``, with the mirror if there is one. The lock file keeps the version alone.

    Raises
    ------
    TerraformError
        If it fails.
    """
    terraform(directory, "init", "-no-color", *init_arguments(environ), *arguments, environ=environ)
    _forget_hashes(directory / LOCK)


def _forget_hashes(lock: Path) -> None:
    """Let later commands take the provider that `init` has checked as it lies there: to hash it takes them seconds."""
    if lock.is_file():
        lock.write_text(_HASHES.sub("", lock.read_text()))


if __name__ == "__main__":
    print(" ".join(init_arguments()))
