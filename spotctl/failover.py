"""`spotctl failover`: move a service to on-demand capacity, whether or not it is short."""

from __future__ import annotations

import click

from spot_failover.core.errors import SpotFailoverError
from spot_failover.core.reason import Action
from spot_failover.core.service_key import ServiceKey
from spot_failover.flow.event_flow import EventFlow
from spot_failover.flow.twin_flow import by_twin
from spotctl import installation as clock
from spotctl import judgement, output, views
from spotctl.cli import Target
from spotctl.exits import Exit, Failure
from spotctl.explain import step_text, step_view
from spotctl.service_name import ServiceName, short
from spotctl.telling import Heard


@click.command()
@click.argument("service", type=ServiceName())
@output.changing
@output.json_option
@click.pass_context
def failover(context: click.Context, service: ServiceKey, *, dry_run: bool, yes: bool, json_: bool) -> None:
    """Move SERVICE to its on-demand providers now, whether or not it is short of Spot.

    The functions bring it back like any other; hold it first or afterwards if it is to stay. Kill switch, observe mode,
    scope, holds and a lease that somebody else has stand in the way as always.
    """
    target: Target = context.obj
    installation = target.installation
    seen = judgement.look(installation, service)
    if by_twin(seen.live, seen.record, seen.policy, clock.now()):
        raise Failure(
            f"{service}: its method is failover_service: its twin follows it by itself, and it is never switched",
            Exit.NOT_DONE,
        )
    event = judgement.operator_failover(seen, installation.operator)
    steps = judgement.on_event(seen, event)
    step = judgement.changing(steps)
    if dry_run or step is None:
        if json_:
            output.as_json({"dry_run": dry_run, "done": False, "decisions": [step_view(each) for each in steps]})
        else:
            click.echo(f"{short(service)}: {'would be' if dry_run and step else 'nothing to do, or not allowed'}")
            for each in steps:
                click.echo(f"  {step_text(each)}")
        context.exit(Exit.DONE if step is not None else judgement.not_done(steps))
    before = seen.live.strategy if seen.live else "-"
    how = "another task set" if seen.live and seen.live.external else "a rolling deployment of all its tasks"
    output.ask(f"{short(service)}: from {before} to {step.decision.target}, by {how}. Go on?", yes=yes)
    # Asked anew: the answer may have taken a while, and the kill switch may be on since.
    installation.look_again()
    event = judgement.operator_failover(seen, installation.operator)
    heard = Heard(installation)
    try:
        (error,) = EventFlow(installation.worker(), installation.policy, heard).handle([event])
    finally:
        heard.close()
    if error is not None:
        raise error if isinstance(error, SpotFailoverError) else Failure(f"{service}: {error!r}")
    done = any(each.decision.action is Action.FAIL_OVER and not each.observed for each in heard.outcomes)
    if json_:
        output.as_json(
            {"dry_run": False, "done": done, "decisions": [views.of_outcome(each) for each in heard.outcomes]}
        )
    else:
        for outcome in heard.outcomes:
            click.echo(views.line(outcome))
    context.exit(Exit.DONE if done else Exit.NOT_DONE)
