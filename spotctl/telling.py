"""What the flows tell, kept for the operator, and told to the audit bus as the functions do."""

from __future__ import annotations

from dataclasses import replace

import click

from spot_failover.core.service_key import ServiceKey
from spot_failover.flow.report import Outcome
from spotctl import installation as clock
from spotctl.installation import LIFE, Installation


class Heard:
    """The port `Reporter`."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self.outcomes: list[Outcome] = []

    def outcome(self, outcome: Outcome) -> None:
        """See `Reporter.outcome`. The audit event names who asked."""
        self.outcomes.append(outcome)
        asked = f"asked for by {self._installation.operator} (spotctl)"
        note = f"{outcome.decision.note}; {asked}" if outcome.decision.note else asked
        self._installation.journal.outcome(replace(outcome, decision=replace(outcome.decision, note=note)))

    def unfinished(self, error: Exception, key: ServiceKey | None = None) -> None:
        """See `Reporter.unfinished`: the flows return their errors as well, and these are told."""

    def close(self) -> None:
        """Let the audit events go out; what could not is told, and undoes nothing."""
        lost, alerts = self._installation.journal.close(clock.now() + LIFE)
        for each in lost:
            click.echo(f"warning: no audit event of {each.event.key}: {each.why}", err=True)
        for alert, error in alerts.items():
            click.echo(f"warning: nobody is told of {alert}: {error}", err=True)
