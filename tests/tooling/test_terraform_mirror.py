"""Where providers come from, in order."""

from pathlib import Path

import pytest

from tools.terraform_mirror import (
    MIRROR_VARIABLE,
    PROVIDER,
    TerraformError,
    find_mirror,
    init_arguments,
    terraform,
    terraform_environment,
    terraform_init,
)

LOCK = """
provider "registry.terraform.io/hashicorp/aws" {
  version     = "5.100.0"
  constraints = ">= 5.77.0"%s
}
"""
HASHES = """
  hashes = [
    "h1:edXOJWE4",
    "zh:0123",
  ]"""


def mirror(folder: Path) -> Path:
    (folder / PROVIDER).mkdir(parents=True)
    return folder


def test_the_variable_comes_first(tmp_path: Path) -> None:
    named, other = mirror(tmp_path / "named"), mirror(tmp_path / "other")

    assert find_mirror({MIRROR_VARIABLE: str(named)}, [other]) == named
    assert init_arguments({MIRROR_VARIABLE: str(named)}) == [f"-plugin-dir={named}"]


def test_a_variable_that_names_no_mirror_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TerraformError, match=rf"{MIRROR_VARIABLE} is '{tmp_path}'"):
        find_mirror({MIRROR_VARIABLE: str(tmp_path)}, [])


def test_the_first_folder_that_holds_the_provider_is_taken(tmp_path: Path) -> None:
    empty, good, later = tmp_path / "empty", mirror(tmp_path / "good"), mirror(tmp_path / "later")
    environ = {"TF_CLI_CONFIG_FILE": str(tmp_path / "missing.tfrc")}

    assert find_mirror(environ, [empty, good, later]) == good
    assert find_mirror(environ, [empty]) is None


def test_a_configuration_that_says_where_providers_come_from_decides(tmp_path: Path) -> None:
    configuration = tmp_path / "terraform.tfrc"
    configuration.write_text("provider_installation {\n  direct {}\n}\n")

    assert find_mirror({"TF_CLI_CONFIG_FILE": str(configuration)}, [mirror(tmp_path / "good")]) is None


def test_a_configuration_file_that_is_missing_is_not_passed_on(tmp_path: Path) -> None:
    environ = {"TF_CLI_CONFIG_FILE": str(tmp_path / "missing.tfrc"), MIRROR_VARIABLE: str(mirror(tmp_path / "m"))}

    environment = terraform_environment(environ)

    assert "TF_CLI_CONFIG_FILE" not in environment
    assert "TF_PLUGIN_CACHE_DIR" not in environment


def test_without_a_mirror_downloads_are_cached(tmp_path: Path) -> None:
    configuration = tmp_path / "terraform.tfrc"
    configuration.write_text("provider_installation {\n  direct {}\n}\n")
    cache = tmp_path / "cache"

    environment = terraform_environment({"TF_CLI_CONFIG_FILE": str(configuration), "TF_PLUGIN_CACHE_DIR": str(cache)})

    assert cache.is_dir()
    assert environment["TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE"] == "1"


def test_a_missing_terraform_is_said_clearly(tmp_path: Path) -> None:
    with pytest.raises(TerraformError, match="terraform is not on the PATH"):
        terraform(tmp_path, "version", environ={"PATH": str(tmp_path)})


def test_the_lock_file_keeps_the_version_and_nothing_to_hash_anew(tmp_path: Path) -> None:
    program = tmp_path / "terraform"
    program.write_text(f"#!/bin/sh\ncat > {tmp_path}/.terraform.lock.hcl <<'END'{LOCK % HASHES}END\n")
    program.chmod(0o755)
    environ = {"PATH": f"{tmp_path}:/usr/bin:/bin", MIRROR_VARIABLE: str(mirror(tmp_path / "mirror"))}

    terraform_init(tmp_path, environ=environ)

    assert (tmp_path / ".terraform.lock.hcl").read_text() == (LOCK % "").lstrip("\n")
