"""The oldest engines are called ``terraform`` on a PATH of their own, and find the provider in one mirror."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools import paths
from tools.engines.__main__ import OPENTOFU_REGISTRY, environment
from tools.engines.install import ENGINES, Engine
from tools.terraform_mirror import MIRROR_VARIABLE, PROVIDER, REGISTRY


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_a_mirror_serves_the_registries_of_both_engines(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "mirror" / PROVIDER / "5.100.0" / "linux_amd64").mkdir(parents=True)
    (tmp_path / "mirror" / PROVIDER / "5.100.0" / "linux_amd64" / "provider").touch()
    links = tmp_path / "links"

    environ = environment(engine, links, {"PATH": "/usr/bin", MIRROR_VARIABLE: str(tmp_path / "mirror")})

    assert environ["PATH"] == f"{engine.folder}:/usr/bin"
    assert environ[MIRROR_VARIABLE] == str(links)
    # Engines find a package that is a link, and none below a link.
    for registry in (REGISTRY, OPENTOFU_REGISTRY):
        package = links / registry / "hashicorp" / "aws" / "5.100.0" / "linux_amd64"
        assert package.is_symlink()
        assert not package.parent.is_symlink()
        assert (package / "provider").is_file()


def test_the_engines_are_the_oldest_that_the_modules_allow() -> None:
    bounds = {
        match[1]
        for file in [paths.ROOT / "versions.tf", *paths.ROOT.glob("modules/*/versions.tf")]
        for match in re.finditer(r'required_version = ">= (\S+)"', file.read_text())
    }
    built = {
        engine.name: re.findall(
            rf"\b{engine.module} v(\S+)\.0(?: // indirect)?$", (engine.sources / "go.mod").read_text(), re.MULTILINE
        )
        for engine in ENGINES
    }

    assert len(bounds) == 1
    assert built == {"terraform": list(bounds), "opentofu": list(bounds)}
