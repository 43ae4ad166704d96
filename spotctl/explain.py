"""`spotctl explain`: what would happen to a service right now, and why."""

from __future__ import annotations

from typing import Any

import click

from spot_failover.core.service_key import ServiceKey
from spot_failover.flow.twin_flow import by_twin
from spotctl import installation as clock
from spotctl import judgement, output, views
from spotctl.checks import State, checks
from spotctl.cli import Target
from spotctl.installation import Installation
from spotctl.judgement import Look, Step
from spotctl.service_name import ServiceName, short

_MARKS = {State.PASSES: "ok", State.STOPS: "STOP", State.TELLS: ""}


def questions(installation: Installation, seen: Look) -> dict[str, list[Step]]:
    """What would be decided, by what would ask."""
    found = {
        "placement_failure": judgement.on_event(seen, judgement.placement_failure(seen)),
        "sweep": judgement.on_event(seen, judgement.sweep(seen)),
    }
    if by_twin(seen.live, seen.record, seen.policy, clock.now()):
        found = {}
    if seen.record.phase.open:
        found["restore_tick"] = judgement.at_tick(installation, seen)
    return found


_TITLES = {
    "placement_failure": "If ECS told now that it finds no Spot capacity for a task",
    "sweep": "If the sweep looked now",
    "restore_tick": "If the restore tick looked now",
}


@click.command()
@click.argument("service", type=ServiceName())
@output.json_option
@click.pass_obj
def explain(target: Target, service: ServiceKey, *, json_: bool) -> None:
    """Show what would happen to SERVICE now and why, with every check. Changes nothing."""
    installation = target.installation
    seen = judgement.look(installation, service)
    made, found = checks(seen, clock.now()), questions(installation, seen)
    if json_:
        output.as_json(
            {
                "time": clock.now(),
                **views.of_key(service),
                "strategy": seen.live.strategy.to_api() if seen.live is not None else [],
                "record": views.of_record(seen.record),
                "checks": [{"check": one.name, "state": str(one.state), "text": one.text} for one in made],
                "would_happen": {name: [step_view(step) for step in steps] for name, steps in found.items()},
            }
        )
        return
    click.echo(f"{short(service)}\n")
    output.table(("CHECK", "", "FOUND"), [(one.name, _MARKS[one.state], one.text) for one in made])
    for name, steps in found.items():
        click.echo(f"\n{_TITLES[name]}:")
        for step in steps:
            click.echo(f"  {step_text(step)}")
    if "placement_failure" not in found:
        click.echo("\nIts method is failover_service: an on-demand twin carries what it lacks, it is never switched.")


def step_view(step: Step) -> dict[str, Any]:
    """A step as a JSON document."""
    decision = step.decision
    target = decision.target.to_api() if decision.target is not None else None
    return {"action": step.action, "reason": str(decision.reason), "note": decision.note, "strategy": target}


def step_text(step: Step) -> str:
    """A step in a line."""
    decision = step.decision
    parts = [f"{step.action} {decision.reason}"]
    parts += [f"to {decision.target}"] if decision.target is not None else []
    parts += [decision.note] if decision.note else []
    return ": ".join(parts)
