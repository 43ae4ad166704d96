"""docs/security.md names every statement of every policy that the modules write."""

from __future__ import annotations

import re
from itertools import groupby

from tools import paths

STATEMENT = re.compile(r'\bsid\s*=\s*"(\w+)"')


def test_every_statement_is_explained_and_none_that_is_gone() -> None:
    written = {
        sid
        for file in (paths.ROOT / "modules").rglob("*.tf")
        if ".terraform" not in file.parts
        for sid in STATEMENT.findall(file.read_text())
    }
    text = (paths.ROOT / "docs" / "security.md").read_text()
    assert written
    assert written - set(re.findall(r"`(\w+)`", text)) == set()
    # A statement stands in the first column of a row, or in brackets after those whom it trusts.
    rows = re.findall(r"^\| ((?:`[A-Z]\w+`(?:, )?)+) \|", text, re.MULTILINE)
    assert rows
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert named - written == {"CentralSpotAutomationRole"}


def test_every_row_belongs_to_a_table() -> None:
    lines = (paths.ROOT / "docs" / "security.md").read_text().splitlines()
    blocks = [list(block) for is_row, block in groupby(lines, key=lambda line: line.startswith("|")) if is_row]
    assert blocks
    # Rows without a head, cut off by a blank line, are shown as plain text.
    assert [block[0] for block in blocks if len(block) == 1 or not re.fullmatch(r"[|\s:-]+", block[1])] == []
