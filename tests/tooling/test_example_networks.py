"""What Terraform can't see in the examples' networks: AWS makes no load balancer for an internet out of reach."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools import paths

LOAD_BALANCER = re.compile(r'^resource "aws_lb" "\w+" \{\n(?P<body>.*?)^\}', re.DOTALL | re.MULTILINE)
GATEWAY = 'resource "aws_internet_gateway" "this"'
FOLDERS = sorted(
    folder
    for folder in (paths.ROOT / "examples").iterdir()
    if any(GATEWAY in file.read_text() for file in folder.glob("*.tf"))
    and any(LOAD_BALANCER.search(file.read_text()) for file in folder.glob("*.tf"))
)


def test_some_examples_have_both() -> None:
    assert FOLDERS


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_load_balancer_waits_for_the_way_to_the_internet(folder: Path) -> None:
    bodies = [match["body"] for file in folder.glob("*.tf") for match in LOAD_BALANCER.finditer(file.read_text())]

    assert all("depends_on = [aws_internet_gateway.this]" in body for body in bodies)
