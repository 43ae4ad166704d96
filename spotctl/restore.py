"""`spotctl restore`: try Spot again now, instead of when it would be due."""

from __future__ import annotations

from collections.abc import Iterable

import click

from spot_failover.core.errors import BusyError, ConflictError, SpotFailoverError
from spot_failover.core.reason import Action
from spot_failover.core.record import Phase
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.transitions import bring_forward
from spot_failover.flow.restore_flow import RestoreFlow
from spotctl import installation as clock
from spotctl import judgement, output, views
from spotctl.cli import Target
from spotctl.exits import Exit
from spotctl.explain import step_text, step_view
from spotctl.installation import Installation
from spotctl.judgement import Step
from spotctl.service_name import ServiceName, short
from spotctl.telling import Heard


@click.command()
@click.argument("service", type=ServiceName(), required=False)
@click.option("--all", "everything", is_flag=True, help="Every service that waits for its restore.")
@output.changing
@output.json_option
@click.pass_context
def restore(
    context: click.Context, service: ServiceKey | None, *, everything: bool, dry_run: bool, yes: bool, json_: bool
) -> None:
    """Set the saved strategy of SERVICE again now. It has to prove itself like any other restore.

    Only the time is passed by: a hold, a restore window, the pool's breaker, the day's limit and a deployment that
    could stop healthy tasks stand in the way as always. With --all, what a pool does not let try at the same time is
    tried at the next ticks.
    """
    if (service is None) is not everything:
        raise click.UsageError("give either SERVICE or --all")
    target: Target = context.obj
    installation = target.installation
    if service is not None:
        keys, plans, unknown = [service], {service: plan(installation, service)}, dict[ServiceKey, Exception]()
    else:
        keys, plans, unknown = _everything(installation)
    ready = [key for key, steps in plans.items() if judgement.changing(steps) is not None]
    if dry_run or not ready:
        _planned(plans, unknown, dry_run=dry_run, json_=json_)
        context.exit(_planned_status(plans, ready, unknown))
    output.ask(f"Restore {_names(ready)} by a rolling deployment of all tasks, or another task set?", yes=yes)
    installation.look_again()  # whoever answers may take long
    heard = Heard(installation)
    errors = carry_out(installation, ready, heard) | unknown
    done = {each.key for each in heard.outcomes if each.decision.action is Action.RESTORE and not each.observed}
    if json_:
        output.as_json(
            {
                "dry_run": False,
                "done": [short(key) for key in keys if key in done],
                "decisions": [views.of_outcome(each) for each in heard.outcomes],
                "not_tried": {
                    short(key): [step_view(each) for each in plans[key]] for key in plans if key not in ready
                },
                "errors": {short(key): str(error) for key, error in errors.items()},
            }
        )
    else:
        for outcome in heard.outcomes:
            click.echo(views.line(outcome))
        for key in plans:
            if key not in ready:
                click.echo(f"{short(key)}: not tried: {_why(plans[key])}")
        for key, error in errors.items():
            click.echo(f"{short(key)}: {error}", err=True)
    context.exit(_status(keys, done, errors))


def waiting(installation: Installation) -> tuple[list[ServiceKey], dict[ServiceKey, Exception]]:
    """Services that wait on their fallback, in order of their names, and those of which it can't be read."""
    found, errors = list[ServiceKey](), dict[ServiceKey, Exception]()
    for key in sorted(key for key, _ in installation.records.open()):
        try:
            if installation.records.get(key).phase is Phase.FAILED_OVER:
                found.append(key)
        except SpotFailoverError as error:
            errors[key] = error
    return found, errors


def _everything(
    installation: Installation,
) -> tuple[list[ServiceKey], dict[ServiceKey, list[Step]], dict[ServiceKey, Exception]]:
    """All that waits, what a restore of each would come to, and why that can't be told of some."""
    keys, unreadable = waiting(installation)
    plans, errors = plans_of(installation, keys)
    return sorted([*keys, *unreadable]), plans, unreadable | errors


def plans_of(
    installation: Installation, keys: Iterable[ServiceKey]
) -> tuple[dict[ServiceKey, list[Step]], dict[ServiceKey, Exception]]:
    """What a restore of each would come to; those that can't be looked at keep none of the others waiting."""
    plans, errors = dict[ServiceKey, list[Step]](), dict[ServiceKey, Exception]()
    shut: dict[str, SpotFailoverError] = {}
    for key in keys:
        if key.account in shut:
            errors[key] = shut[key.account]
            continue
        try:
            plans[key] = plan(installation, key)
        except SpotFailoverError as error:
            errors[key] = error
            if error.whole_account:
                shut[key.account] = error
    return plans, errors


def plan(installation: Installation, key: ServiceKey) -> list[Step]:
    """What a restore of it would come to."""
    return judgement.at_tick(installation, judgement.look(installation, key), forward=True)


def carry_out(installation: Installation, keys: list[ServiceKey], heard: Heard) -> dict[ServiceKey, Exception]:
    """Bring their restores forward, and look at them as the restore tick does; returns what could not be done."""
    errors: dict[ServiceKey, Exception] = {}
    try:
        for key in keys:
            try:
                _bring_forward(installation, key)
            except SpotFailoverError as error:
                errors[key] = error
        tick = RestoreFlow(installation.worker(), installation.policy, heard).look_at(
            [key for key in keys if key not in errors]
        )
    finally:
        heard.close()
    errors |= tick.errors
    reached = errors.keys() | {outcome.key for outcome in heard.outcomes}
    left = {key: BusyError(f"{key}: left to the next tick") for key in keys if key not in reached}
    return errors | left


def _bring_forward(installation: Installation, key: ServiceKey) -> None:
    record = installation.records.get(key)
    if record.leased(clock.now()):
        raise BusyError(f"{key}: it is being changed right now")
    if record.phase is Phase.FAILED_OVER:
        installation.records.put(bring_forward(record, clock.now()))


def _planned(
    plans: dict[ServiceKey, list[Step]], errors: dict[ServiceKey, Exception], *, dry_run: bool, json_: bool
) -> None:
    if json_:
        decisions = {short(key): [step_view(each) for each in steps] for key, steps in plans.items()}
        told = {short(key): str(error) for key, error in errors.items()}
        output.as_json({"dry_run": dry_run, "done": [], "would_happen": decisions, "errors": told})
        return
    if not plans and not errors:
        click.echo("No service waits for its restore.")
    for key, steps in plans.items():
        click.echo(f"{short(key)}: {_why(steps)}")
    for key, error in errors.items():
        click.echo(f"{short(key)}: {error}", err=True)


def _planned_status(
    plans: dict[ServiceKey, list[Step]], ready: list[ServiceKey], errors: dict[ServiceKey, Exception]
) -> Exit:
    not_ready = [judgement.not_done(steps) for key, steps in plans.items() if key not in ready]
    return max([_status([], set(), errors), *not_ready])


def _why(steps: list[Step]) -> str:
    return "; ".join(step_text(each) for each in steps) or "it is not failed over: there is nothing to restore"


def _names(keys: list[ServiceKey]) -> str:
    most = 5
    names = ", ".join(short(key) for key in keys[:most])
    return names if len(keys) <= most else f"{names} and {len(keys) - most} more"


def _status(keys: list[ServiceKey], done: set[ServiceKey], errors: dict[ServiceKey, Exception]) -> Exit:
    if any(not isinstance(error, BusyError | ConflictError) for error in errors.values()):
        return Exit.FAILED
    if errors:
        return Exit.BUSY
    return Exit.DONE if done.issuperset(keys) else Exit.NOT_DONE
