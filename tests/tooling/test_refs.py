"""Every source of a module in the docs names the release that the docs belong to."""

from __future__ import annotations

import re

from tools import paths

FOLDERS = ("", "docs", "modules/central", "modules/controlled-scaledown", "modules/workload-onboarding")
SOURCE = re.compile(r'"github\.com/OWNER/[^"]*"')


def test_sources_name_the_version() -> None:
    files = [file for folder in FOLDERS for file in (paths.ROOT / folder).glob("*.md")]
    sources = [source for file in files for source in SOURCE.findall(file.read_text())]
    assert sources
    ref = f'?ref=v{(paths.ROOT / "VERSION").read_text().strip()}"'
    assert [source for source in sources if not source.endswith(ref)] == []
