"""The oldest engines are called ``terraform`` on a PATH of their own, and find the provider in one mirror."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tools import paths
from tools.engines import __main__ as engines
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
    built = {engine.name: [engine.version.removesuffix(".0")] for engine in ENGINES}

    assert len(bounds) == 1
    assert built == {"terraform": list(bounds), "opentofu": list(bounds)}


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Terraform, whose folder is there without a program; the PATH has a newer one."""
    monkeypatch.setattr(Engine, "folder", property(lambda engine: tmp_path / "engines" / engine.name))
    (tmp_path / "engines" / "terraform").mkdir(parents=True)
    program(tmp_path / "bin", "1.14.2")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    return ENGINES[0]


def program(folder: Path, version: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "terraform").write_text(f'#!/bin/sh\necho \'{{"terraform_version": "{version}"}}\'\n')
    (folder / "terraform").chmod(0o755)


def test_another_version_is_not_tested_in_its_place(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "validate_all", lambda tree, environ: ["It was validated."])
    monkeypatch.setattr(engines, "live", lambda tree, environ, log: None)
    (problem,) = engines.check(engine)
    assert "version 1.14.2 answers, but its go.mod pins 1.9.0" in problem

    program(engine.folder, engine.version)
    assert engines.check(engine) == ["It was validated."]


def test_an_unknown_engine_is_told_beside_a_known_one(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(engines, "check", lambda engine: [])
    assert engines.main([engine.name]) == 0
    assert engines.main([engine.name, "tofu"]) == 1
    assert "Not there: tofu." in capsys.readouterr().err
    assert engines.main([]) == 1
    assert "Not there: opentofu." in capsys.readouterr().err
