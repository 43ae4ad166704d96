"""Which tests go to the same worker, and in which order."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import pytest
from xdist.scheduler import LoadFileScheduling

from tools import paths

if TYPE_CHECKING:
    from xdist.remote import Producer

SHARED = re.compile(r"\b(organization: Organization|database: Database)\b")
"""Fixtures that take long to make and serve several files: those files stay on one worker."""
OWN = re.compile(r"^def organization\(", re.MULTILINE)
PLAIN_MOTO = ("tests/handlers/", "tests/spotctl/")
"""Tests of moto as it is: they run before a local AWS is laid over moto in the same process, which is for good."""


class FilesWhole(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """Files stay whole, and those that share a fixture together."""

    def _split_scope(self, nodeid: str) -> str:
        return _scope(super()._split_scope(nodeid))


@cache
def _scope(file: str) -> str:
    if file.startswith(PLAIN_MOTO):
        return "plain moto"
    text = (paths.ROOT / file).read_text()
    found = None if OWN.search(text) else SHARED.search(text)
    return f"{file.rpartition('/')[0]}: {found[1]}" if found else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FilesWhole:
    return FilesWhole(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Plain moto, then the slow files, scenarios before others: a long one that begins last would keep all waiting."""
    slow_files = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(
        key=lambda item: (
            not item.nodeid.startswith(PLAIN_MOTO),
            item.path not in slow_files,
            item.path.parent.name != "scenarios",
        )
    )
