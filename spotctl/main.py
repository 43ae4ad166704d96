"""The whole program: the group with every command."""

from __future__ import annotations

import sys

import click

from spotctl import doctor, explain, failover, history, hold, redrive, restore, status
from spotctl.cli import spotctl

COMMANDS = (
    status.status,
    explain.explain,
    history.history,
    hold.hold,
    failover.failover,
    restore.restore,
    redrive.redrive,
    doctor.doctor,
)
INTERRUPTED = 130
"""As a shell has it for Ctrl-C."""

__all__ = ["main", "spotctl"]

for command in COMMANDS:
    spotctl.add_command(command)


def main() -> None:
    """Entry point of the installed command."""
    try:
        spotctl.main(prog_name="spotctl", standalone_mode=True)
    except KeyboardInterrupt:
        click.echo("interrupted", err=True)
        sys.exit(INTERRUPTED)
