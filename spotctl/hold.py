"""`spotctl hold`: leave a service where it is until a person releases it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import click

from spot_failover.core.decision import Decision
from spot_failover.core.errors import BusyError, ConflictError
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Record
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.transitions import hold_by_operator, release
from spot_failover.flow.report import Outcome
from spotctl import installation as clock
from spotctl import output, views
from spotctl.cli import Target
from spotctl.exits import Exit, Failure
from spotctl.installation import Installation
from spotctl.output import at
from spotctl.service_name import ServiceName, short
from spotctl.telling import Heard
from spotctl.times import Until

MAX_CONFLICTS = 5


@click.command()
@click.argument("service", type=ServiceName())
@click.option("--until", type=Until(), help="90min, 2h, 3d, a date or time in ISO 8601, or forever.")
@click.option("--release", "free", is_flag=True, help="End the hold.")
@output.changing
@output.json_option
@click.pass_obj
def hold(
    target: Target, service: ServiceKey, *, until: datetime | None, free: bool, dry_run: bool, yes: bool, json_: bool
) -> None:
    """Begin no failover and no restore of SERVICE until a time. What has begun is finished first.

    Releasing ends any hold, also one that the automation left to a person: such a hold stays until then, whatever time
    is given here.
    """
    if (until is None) is not free:
        raise click.UsageError("give either --until or --release")
    installation = target.installation
    before = installation.records.get(service)
    after = change(before, installation.operator, until)
    changed = after is not before
    if not dry_run and changed:
        what = "End the hold of" if until is None else f"Hold until {at(until)}:"
        output.ask(f"{what} {short(service)}?", yes=yes)
        written = write(installation, service, until)
        changed, after = written is not None, written or installation.records.get(service)
        if changed:
            _tell(installation, after, until)
    if json_:
        output.as_json({"dry_run": dry_run, "changed": changed, "record": views.of_record(after)})
        return
    would = "would be " if dry_run else ""
    if not changed:
        click.echo(f"{short(service)}: {_unchanged(after)}")
    elif until is None:
        click.echo(f"{short(service)}: {would}released")
    else:
        click.echo(f"{short(service)}: {would}held until {at(until)}")
    if not after.version and dry_run:
        click.echo("It has no record: a closed one would be written.")


def change(record: Record, operator: str, until: datetime | None) -> Record:
    """The record held until then, or released with None; itself, where nothing holds it."""
    if until is not None:
        return hold_by_operator(record, operator, until, clock.now())
    return release(record, clock.now()) if record.held_until is not None else record


def write(installation: Installation, key: ServiceKey, until: datetime | None) -> Record | None:
    """Write it over what stands there, whoever else writes at the same time; None: there was nothing to change.

    Raises
    ------
    BusyError
        A function changes the service right now: it would lose its confirmation to this write.
    """
    for _ in range(MAX_CONFLICTS):
        record = installation.records.get(key)
        if record.leased(clock.now()):
            raise BusyError(f"{key}: it is being changed right now, for no longer than {_lease_end(record)}")
        changed = change(record, installation.operator, until)
        if changed is record:
            return None
        try:
            return installation.records.put(changed)
        except ConflictError:
            continue
    raise Failure(f"{key}: its record was written by others {MAX_CONFLICTS} times in a row. Try again.", Exit.BUSY)


def _tell(installation: Installation, record: Record, until: datetime | None) -> None:
    action, note = (Action.RELEASE, "released") if until is None else (Action.HOLD, f"held until {at(until)}")
    heard = Heard(installation)
    # No event caused it, least of all the one for which the service was moved.
    of = replace(record, event={})
    heard.outcome(Outcome(record.key, Decision(action, Reason.OPERATOR_REQUEST, note=note), record=of))
    heard.close()


def _unchanged(record: Record) -> str:
    if record.held_until is None:
        return "it is not held"
    return (
        f"the automation holds it already, {at(record.held_until)}, and that stays: {record.reason}. "
        "It ends with --release, or when somebody sets another strategy"
    )


def _lease_end(record: Record) -> str:
    return at(record.lease.expires_at) if record.lease is not None else "-"
