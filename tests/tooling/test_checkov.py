"""checkov is asked rightly: what it finds is told, what has a reason is counted, and nothing read is no success."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tools.checkov.check import CheckovError, check
from tools.checkov.install import install

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def checkov() -> None:
    install()


QUEUE = """
resource "aws_sqs_queue" "open" {
  %s
  name = "open"
}
"""


def test_a_finding_and_one_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "found.tf").write_text(QUEUE % "")
    assert any("found.tf:2: CKV_AWS_27" in failure for failure in check(tmp_path).failures)
    (tmp_path / "found.tf").write_text(QUEUE % "# checkov:skip=CKV_AWS_27:a test")
    report = check(tmp_path)
    assert not any("CKV_AWS_27" in failure for failure in report.failures)
    assert report.skipped == 1


@pytest.mark.parametrize("text", ["", 'resource "aws_sqs_queue" {'])
def test_nothing_read_is_no_success(tmp_path: Path, text: str) -> None:
    (tmp_path / "main.tf").write_text(text)
    with pytest.raises(CheckovError):
        check(tmp_path)
