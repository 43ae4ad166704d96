"""Which tests go to the same worker, and in which order."""

from __future__ import annotations

import pytest

SHARED = frozenset({"organization", "endpoint"})
"""Fixtures that take long to make and serve several files: those files stay on one worker."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files whole, the slow ones first: a long one that begins last would have the other workers wait.

    Before xdist, which reads the groups in its own hook.
    """
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    slow_files = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow_files)


def _group(item: pytest.Item) -> str:
    shared = SHARED.intersection(getattr(item, "fixturenames", ()))
    return min(shared) if shared else item.nodeid.partition("::")[0]
