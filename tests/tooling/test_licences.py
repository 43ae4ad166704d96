"""The licences in docs/dependencies.md are those of what is pinned, and those in the zip are permissive ones."""

from __future__ import annotations

import re
from email import message_from_string
from pathlib import Path

import pytest

from tools import licences, paths
from tools.wheels import Wheel, pins


def test_the_page_is_up_to_date() -> None:
    assert licences.main(["check"]) == 0


def test_a_package_whose_licence_is_unknown_is_told() -> None:
    with pytest.raises(licences.LicenceError, match=r"The licence of \S+ \S+ is not known"):
        licences.page(licences.PAGE.read_text(), {})


def test_a_licence_that_asks_for_more_may_not_be_in_the_zip(monkeypatch: pytest.MonkeyPatch) -> None:
    metadata = b"Metadata-Version: 2.4\nName: thing\nVersion: 1\nLicense-Expression: GPL-3.0-only\n"
    wheel = Wheel("thing", "1", {"thing-1.dist-info/METADATA": metadata})
    monkeypatch.setattr(licences, "fetch", lambda requirements, cache: [wheel])

    with pytest.raises(licences.LicenceError, match=r"thing 1 in the zip has the licence 'GPL-3\.0-only'"):
        list(licences.zip_rows())


@pytest.mark.parametrize(
    ("metadata", "licence"),
    [
        ("License-Expression: MIT\nLicense: other\n", "MIT"),
        ("License: whole text\nClassifier: License :: OSI Approved :: MIT License\n", "MIT License"),
        ("License: BSD\n more\n", "BSD"),
        ("Name: thing\n", ""),
    ],
)
def test_the_best_of_what_metadata_tell_is_taken(metadata: str, licence: str) -> None:
    assert licences.licence_of(message_from_string(metadata)) == licence


def test_another_version_of_a_tool_makes_the_page_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "dependencies.md"
    page.write_text(licences.PAGE.read_text().replace("| OpenTofu | 1.9.0 |", "| OpenTofu | 1.8.0 |"))
    monkeypatch.setattr(licences, "PAGE", page)

    licences.main(["write"])

    assert "| OpenTofu | 1.9.0 |" in page.read_text()


def test_another_version_of_a_package_that_is_not_installed_has_no_known_licence() -> None:
    """Its licence may have changed since the page was written."""
    text = licences.PAGE.read_text()
    pinned = next(iter(pins((paths.ROOT / "requirements" / "checkov.txt").read_text())))
    name, version = pinned
    known = licences.listed(text)
    assert licences.page(text, known) == text

    older = text.replace(f"| {name} | {version} |", f"| {name} | 0.0.1 |")
    told = re.escape(f"The licence of {name} {version} is not known")
    with pytest.raises(licences.LicenceError, match=told):
        licences.page(older, licences.listed(older))


def test_what_is_installed_in_another_version_is_not_what_is_pinned(tmp_path: Path) -> None:
    metadata = tmp_path / "thing-1.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text("Metadata-Version: 2.4\nName: Thing\nVersion: 1\nLicense-Expression: MIT\n")

    assert licences.installed([tmp_path]) == {("thing", "1"): "MIT"}
