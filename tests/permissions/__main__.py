"""Show that each permission is needed: take it away, see what needs it fail, give it back."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from tests.permissions.removal import remove
from tests.permissions.stories import STORIES
from tests.permissions.table import print_removals, print_report
from tests.permissions.theatre import Theatre
from tests.permissions.unmodelled import unmodelled
from tests.scenarios.applied import applied_organization


def main() -> int:
    """Apply, tell every story with all permissions, then each permission's story without it; the exit status."""
    console = Console(stderr=True)
    with (
        TemporaryDirectory(prefix="permissions-", ignore_cleanup_errors=True) as folder,
        applied_organization(Path(folder)) as organization,
    ):
        theatre = Theatre(organization)
        report = theatre.report(STORIES)
        print_report(report)
        removals = []
        for grant in report.grants:
            if unmodelled(grant) is None:
                removals.append(remove(theatre, report, grant))
                console.print(f"{grant}: {removals[-1]}", highlight=False, soft_wrap=True)
    print_removals([(removal.grant, str(removal)) for removal in removals])
    wrong = [*report.wrongly_listed(), *(removal.grant for removal in removals if not removal.needed)]
    for grant in wrong:
        console.print(f"not shown to be needed: {grant}", highlight=False, soft_wrap=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
