"""`spotctl drill`: a synthetic shortage on a real service, along the whole path and back."""

from __future__ import annotations

from datetime import timedelta

import click

from spot_failover.core.errors import SpotFailoverError
from spot_failover.core.service_key import ServiceKey
from spotctl import installation as clock
from spotctl import judgement, output
from spotctl.cli import Target
from spotctl.drill_event import Door, Trail, door, put
from spotctl.drill_hops import Hop
from spotctl.drill_rehearsal import Plan, rehearse
from spotctl.drill_run import Drill, Ending, Result
from spotctl.drill_screen import Screen
from spotctl.exits import Exit, Failure
from spotctl.explain import step_text, step_view
from spotctl.installation import Installation
from spotctl.judgement import Look
from spotctl.service_name import ServiceName, short
from spotctl.signals import Signals
from spotctl.times import Span

_BACK = "If it has failed over, the restore tick brings it back, as after any failover: see spotctl status."


@click.command()
@click.argument("service", type=ServiceName())
@click.option(
    "--account-profile",
    metavar="PROFILE",
    help="Put the event on the default bus of SERVICE's account, with this profile's credentials: the forward rule too "
    "is drilled then. Default: the central bus, as the operator role.",
)
@click.option(
    "--patience", type=Span(), default="30min", show_default=True, help="How long it may take until it is proven."
)
@output.changing
@output.json_option
@click.pass_context
def drill(
    context: click.Context,
    service: ServiceKey,
    *,
    account_profile: str | None,
    patience: timedelta,
    dry_run: bool,
    yes: bool,
    json_: bool,
) -> None:
    """Fail SERVICE over by a synthetic event, show each hop of the path with its time, and bring it back.

    Both ways are rolling deployments of all its tasks, and for some minutes it runs on on-demand capacity. Interrupted,
    it brings the service back before it ends; killed, the restore tick does. People are told as of any failover.
    """
    target: Target = context.obj
    installation = target.installation
    way = door(installation, service, account_profile)
    seen = judgement.look(installation, service)
    plan = _rehearsed(installation, seen)
    if dry_run:
        _planned(service, way, plan, json_=json_)
        return
    to = plan.there.decision.target if plan.there is not None else None
    output.ask(
        f"Drill {short(service)} by an event on the {way}: to {to} and back, two rolling deployments of all its tasks. "
        "Go on?",
        yes=yes,
    )
    if not yes:  # whoever answers may take long
        installation.look_again()
        seen = judgement.look(installation, service)
        _rehearsed(installation, seen)
    context.exit(_run(installation, seen, way, patience, json_=json_))


def _rehearsed(installation: Installation, seen: Look) -> Plan:
    """What it would come to, as things stand.

    Raises
    ------
    Failure
        It may not.
    """
    plan = rehearse(installation, seen)
    if plan.refusal is not None:
        raise Failure(f"{short(seen.key)}: no drill: {plan.refusal.text}", plan.refusal.exit_code)
    return plan


def _run(installation: Installation, seen: Look, way: Door, patience: timedelta, *, json_: bool) -> Exit:
    key, screen, trail = seen.key, Screen(json_=json_), Trail(installation)
    with Signals() as signals:
        put_at = clock.now()
        event_id = put(way, installation, key, judgement.spot_of(seen))
        source = installation.policy.synthetic.sources[0]
        made = Drill(installation, key, seen.record, put_at, event_id, source, trail, screen, signals, patience)
        screen.hops(made.path, made.path.reach(Hop.PUT, put_at, f"on the {way}, event {event_id or 'of unknown id'}"))
        try:
            ending = made.run()
        except SpotFailoverError as error:
            raise Failure(f"{str(error).rstrip('.')}. {_BACK}") from error
        finally:
            screen.end()
        _tell(made, ending, json_=json_)
        if ending.result is Result.PROVEN or ending.result is Result.RESTORED:
            return Exit.INTERRUPTED if signals.count else Exit.DONE
        return Exit.NOT_DONE


def _tell(made: Drill, ending: Ending, *, json_: bool) -> None:
    live = made.installation.services.describe([made.key])[made.key]
    document = {
        "dry_run": False,
        "service": short(made.key),
        "event_id": made.event_id,
        "result": str(ending.result),
        "note": ending.why,
        "interrupted": made.signals.count > 0,
        "strategy": live.strategy.to_api() if live is not None else [],
        "hops": made.path.view(),
    }
    strategy = live.strategy if live is not None else "-"
    words = {
        Result.PROVEN: f"back on {strategy}, and proven",
        Result.RESTORED: f"back on {strategy}",
        Result.NOT_ACTED: "not touched",
        Result.LEFT: "left to the automation",
    }
    why = f": {ending.why}" if ending.why else ""
    try:
        if json_:
            output.as_json(document)
        else:
            click.echo(f"{short(made.key)}: {words[ending.result]}{why}")
    except OSError:
        return  # nobody reads any more


def _planned(service: ServiceKey, way: Door, plan: Plan, *, json_: bool) -> None:
    steps = [step for step in (plan.there, plan.back) if step is not None]
    if json_:
        output.as_json(
            {
                "dry_run": True,
                "service": short(service),
                "event_bus": way.bus,
                "account": way.account,
                "would_happen": [step_view(each) for each in steps],
            }
        )
        return
    click.echo(f"{short(service)}: would be drilled by an event on the {way}")
    for each in steps:
        click.echo(f"  {step_text(each)}")
