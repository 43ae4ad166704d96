"""`spotctl doctor`: whether an installation can do its work, and how to mend what it can't."""

from __future__ import annotations

from dataclasses import asdict

import click

from spotctl import output
from spotctl.cli import Target
from spotctl.diagnosis import Level, accounts, central, records
from spotctl.exits import Exit
from spotctl.plant import Plant

_MARKS = {Level.OK: "ok", Level.NOTE: "note", Level.WARNING: "warning", Level.ERROR: "ERROR"}


@click.command()
@output.json_option
@click.pass_context
def doctor(context: click.Context, *, json_: bool) -> None:
    """Check functions, rules, queues, the bus policy, records, and every account that is known, by entering its role.

    Changes nothing. Ends with 1 where something is broken.
    """
    target: Target = context.obj
    installation = target.installation
    found = [*central(installation, Plant(installation)), *records(installation), *accounts(installation)]
    broken = any(each.level is Level.ERROR for each in found)
    if json_:
        output.as_json({"healthy": not broken, "findings": [asdict(each) for each in found]})
    else:
        output.table(("", "CHECK", "FOUND"), [(_MARKS[each.level], each.check, each.text) for each in found])
        for each in found:
            if each.fix:
                click.echo(f"\n{each.check}: {each.text}\n  {each.fix}")
    context.exit(Exit.FINDINGS if broken else Exit.DONE)
