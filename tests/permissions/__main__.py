"""Show that each permission is needed: take it away, see what needs it fail, give it back."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from tests.permissions.grants import Grant
from tests.permissions.removal import remove
from tests.permissions.stories import ONE_ACCOUNT_STORIES, STORIES, Story
from tests.permissions.table import print_removals, print_report
from tests.permissions.task_set_stories import TASK_SET_STORIES, of_task_sets
from tests.permissions.theatre import Theatre
from tests.permissions.twin_stories import ONE_ACCOUNT_TWIN_STORIES, TWIN_STORIES, of_twins
from tests.permissions.unmodelled import unmodelled
from tests.scenarios.applied import applied_organization, applied_with_customer_key
from tests.scenarios.organization import CENTRAL, REGION

console = Console(stderr=True)


def main() -> int:
    """Show it for the organization, what twins and task sets add, and what concerns keys; the exit status."""
    with _folder() as folder, applied_organization(folder) as organization:
        wrong = _without_each(Theatre(organization), STORIES)
    with _folder() as folder, applied_organization(folder, twins=True) as organization:
        wrong += _without_each(Theatre(organization, concerns=of_twins), TWIN_STORIES)
    with _folder() as folder, applied_organization(folder, task_sets=True) as organization:
        wrong += _without_each(Theatre(organization, concerns=of_task_sets), TASK_SET_STORIES)
    with _folder() as folder, applied_with_customer_key(folder) as organization:
        theatre = Theatre(organization, [(CENTRAL, REGION)], Grant.on_a_key)
        stories = [*ONE_ACCOUNT_STORIES, *ONE_ACCOUNT_TWIN_STORIES]
        wrong += _without_each(theatre, stories)
    for grant in wrong:
        console.print(f"not shown to be needed: {grant}", highlight=False, soft_wrap=True)
    return 1 if wrong else 0


def _without_each(theatre: Theatre, stories: Sequence[Story]) -> list[Grant]:
    """Tell every story with all permissions, then the stories of each permission without it."""
    report = theatre.report(stories)
    print_report(report)
    removals = []
    for grant in report.grants:
        if unmodelled(grant) is None:
            removals.append(remove(theatre, report, grant))
            console.print(f"{grant}: {removals[-1]}", highlight=False, soft_wrap=True)
    print_removals([(removal.grant, str(removal)) for removal in removals])
    return [*report.wrongly_listed(), *(removal.grant for removal in removals if not removal.needed)]


@contextmanager
def _folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="permissions-", ignore_cleanup_errors=True) as name:
        yield Path(name)


if __name__ == "__main__":
    sys.exit(main())
