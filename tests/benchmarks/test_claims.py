"""Claims, their bounds, and the limits that are computed."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.claim import Claim, claims_table
from benchmarks.documentation import BEGIN, END, put
from benchmarks.limits import limits
from benchmarks.package import measure as package


def test_a_claim_holds_up_to_its_bound() -> None:
    assert Claim("x", "calls", 1.5, 1.5).holds
    assert not Claim("x", "calls", 1.51, 1.5).holds
    assert Claim("x", "only told", 99.0).holds


def test_the_table_says_what_does_not_hold() -> None:
    table = claims_table([Claim("x", "calls", 2.0, 1.5, " x"), Claim("x", "told", 1234.0)])
    assert "| calls | 2 x | 1.50 x | NO |" in table
    assert "| told | 1,234 |  |  |" in table


def test_a_page_keeps_what_people_wrote(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    put(page, "new")
    assert page.read_text() == f"before\n{BEGIN}\n\nnew\n{END}\nafter\n"
    page.write_text("no marks")
    with pytest.raises(ValueError, match="it must hold the lines"):
        put(page, "new")


def test_every_limit_says_when_and_what_then() -> None:
    rows = [limit.row for limit in limits()]
    assert len(rows) >= 6
    assert all(all(row) for row in rows)
    assert any("333 switches a second" in row[1] for row in rows)


def test_the_package_is_within_its_bound_and_its_parts_are_all_of_it() -> None:
    found = package.measure()
    assert all(claim.holds for claim in package.claims(found))
    assert sum(size for size, _ in found.parts.values()) <= found.zipped
    assert next(iter(found.parts)).startswith("spot_failover")
