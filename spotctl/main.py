"""The whole program: the group with every command."""

from __future__ import annotations

from spotctl import (
    doctor,
    drill,
    explain,
    failover,
    history,
    hold,
    offboard,
    redrive,
    report,
    restore,
    simulate,
    status,
)
from spotctl.cli import spotctl

COMMANDS = (
    status.status,
    explain.explain,
    history.history,
    hold.hold,
    failover.failover,
    report.report,
    restore.restore,
    drill.drill,
    offboard.offboard,
    redrive.redrive,
    doctor.doctor,
    simulate.simulate,
)
__all__ = ["main", "spotctl"]

for command in COMMANDS:
    spotctl.add_command(command)


def main() -> None:
    """Entry point of the installed command."""
    spotctl.main(prog_name="spotctl")
