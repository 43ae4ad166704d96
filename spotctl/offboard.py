"""`spotctl offboard`: bring everything of an account back, and only then take it off the list."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import click

from spot_failover.core.decision import Decision
from spot_failover.core.errors import BusyError, ConflictError, RefusedError, SpotFailoverError, TransientError
from spot_failover.core.reason import Action, Reason
from spot_failover.core.record import Phase, Record
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.twin_state import TwinState
from spot_failover.flow.registry import update
from spot_failover.flow.watch_flow import path_outcome
from spotctl import installation as clock
from spotctl import judgement, output, restore, views
from spotctl.cli import Target
from spotctl.exits import Exit, Failure
from spotctl.explain import step_text, step_view
from spotctl.installation import Installation
from spotctl.judgement import Step
from spotctl.service_name import short
from spotctl.telling import Heard
from spotctl.times import Span

LOOK = 15.0
"""Seconds between two looks at what is on its way back."""
_ACCOUNT = re.compile(r"\d{12}")


class AccountId(click.ParamType[str]):
    """An account's number."""

    name = "account"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read it, or end with what is wrong with it."""
        if not _ACCOUNT.fullmatch(str(value)):
            self.fail(f"{value!r} is no account: give its 12 digits", param, ctx)
        return str(value)


@dataclass
class Holdings:
    """What the state table has of an account."""

    account: str
    regions: list[str] = field(default_factory=list)
    """On the list: the sweep visits them."""
    open: list[Record] = field(default_factory=list)
    twins: list[TwinState] = field(default_factory=list)
    """On-demand twins at work."""
    unreadable: dict[ServiceKey, Exception] = field(default_factory=dict)
    """What may be open, or at work, and can't be read."""

    @property
    def bare(self) -> bool:
        """Whether nothing of it is on on-demand capacity by failover, or on its way."""
        return not self.open and not self.twins and not self.unreadable


@click.command()
@click.argument("account", type=AccountId())
@click.option(
    "--wait", type=Span(), default="15min", show_default=True, help="How long to wait for restores; 0min: not at all."
)
@click.option("--undo", is_flag=True, help="Let its heartbeats make it known again.")
@output.changing
@output.json_option
@click.pass_context
def offboard(
    context: click.Context, account: str, *, wait: timedelta, undo: bool, dry_run: bool, yes: bool, json_: bool
) -> None:
    """Restore everything of ACCOUNT, and then take it off the list, so that no sweep visits it any more.

    It stays on the list while anything of it is on on-demand capacity by failover or has yet to prove itself. Restores
    are those of `spotctl restore`. Afterwards remove its workload-onboarding blocks: for a day its heartbeats are
    ignored, then they make it known again.
    """
    target: Target = context.obj
    installation = target.installation
    if undo:
        _undo(installation, account, dry_run=dry_run, yes=yes, json_=json_)
        return
    found = holdings(installation, account)
    if not found.regions and found.bare:
        text = f"account {account} is not on the list, and nothing of it is open: see spotctl status"
        raise Failure(text, Exit.NOT_DONE)
    if dry_run:
        plans, unknown = _plans(installation, found)
        _planned(found, plans, unknown, json_=json_)
        context.exit(Exit.FAILED if unknown else Exit.DONE)
    what = f"Restore {len(found.open)} services of account {account}, and then take" if found.open else "Take"
    output.ask(f"{what} {account} ({', '.join(found.regions) or 'no Region'}) off the list?", yes=yes)
    installation.look_again()  # whoever answers may take long
    found = holdings(installation, account)
    errors: dict[ServiceKey, Exception] = {}
    if not found.bare:
        found, errors = _bring_back(installation, found, wait, quiet=json_)
    removed = _remove(installation, found) if found.bare else []
    plans, unknown = _plans(installation, found)
    _tell(found, removed, plans, errors | unknown, json_=json_)
    context.exit(Exit.DONE if found.bare else Exit.FAILED if unknown else Exit.NOT_DONE)


def holdings(installation: Installation, account: str) -> Holdings:
    """Read it."""
    found = Holdings(account, sorted(region for each, region in installation.registry.paths() if each == account))
    for key in sorted(key for key, _ in installation.records.open() if key.account == account):
        try:
            record = installation.records.get(key)
        except RefusedError as error:
            found.unreadable[key] = error
            continue
        if record.phase.open:
            found.open.append(record)
    for key in sorted(key for key in installation.twins.due() if key.account == account):
        try:
            found.twins.append(installation.twins.get(key))
        except RefusedError as error:
            found.unreadable[key] = error
    return found


def _plans(
    installation: Installation, found: Holdings
) -> tuple[dict[ServiceKey, list[Step]], dict[ServiceKey, Exception]]:
    """What a restore of each would come to right now, and why that can't be told of some."""
    plans, errors = restore.plans_of(installation, [record.key for record in found.open])
    return plans, found.unreadable | errors


def _bring_back(
    installation: Installation, found: Holdings, wait: timedelta, *, quiet: bool
) -> tuple[Holdings, dict[ServiceKey, Exception]]:
    """Restore as pools, windows and holds allow, until all have proven themselves or the time is over."""
    ends_at, told = clock.now() + wait, ""
    errors: dict[ServiceKey, Exception] = {}
    warned: set[str] = set()
    while True:
        try:
            installation.look_again()  # the kill switch reaches who waits, too
            plans, unknown = _plans(installation, found)
            _warn(unknown, warned)
            ready = [key for key, steps in plans.items() if _goes(found, key, steps)]
            errors = restore.carry_out(installation, ready, Heard(installation)) if ready else {}
            found = holdings(installation, found.account)
        except (BusyError, ConflictError, TransientError) as error:
            click.echo(f"warning: {error}", err=True)
        if found.bare or clock.now() >= ends_at:
            return found, errors
        counts = ", ".join(f"{len(found_in)} {phase}" for phase, found_in in _by_phase(found).items())
        now = f"still open: {counts or 'no record'}, {len(found.twins)} twins at work"
        if now != told and not quiet:
            click.echo(now, err=True)
        told = now
        clock.pause(LOOK)


def _warn(unknown: Mapping[ServiceKey, Exception], warned: set[str]) -> None:
    """Tell each once; the others go on.

    Raises
    ------
    SpotFailoverError
        Nobody gets into the account: there are no others.
    """
    for error in unknown.values():
        if isinstance(error, SpotFailoverError) and error.whole_account:
            raise error
        if str(error) not in warned:
            warned.add(str(error))
            click.echo(f"warning: {error}", err=True)


def _goes(found: Holdings, key: ServiceKey, steps: list[Step]) -> bool:
    """Whether looking at a record now moves it on: nothing is in its way, or it is on its way already."""
    phase = next(record.phase for record in found.open if record.key == key)
    return phase is not Phase.FAILED_OVER or judgement.changing(steps) is not None


def _by_phase(found: Holdings) -> dict[str, list[Record]]:
    phases: dict[str, list[Record]] = {}
    for record in found.open:
        phases.setdefault(str(record.phase), []).append(record)
    return phases


def _remove(installation: Installation, found: Holdings) -> list[str]:
    """Take it off the list, Region by Region, and tell the audit bus."""
    heard = Heard(installation)
    try:
        for region in found.regions:
            path = update(installation.registry, found.account, region, lambda path: path.offboarded(clock.now()))
            left = Decision(Action.CLOSE, Reason.ACCOUNT_LEFT, note="taken off the list, with nothing open")
            heard.outcome(path_outcome(path, left))
    finally:
        heard.close()
    return found.regions


def _undo(installation: Installation, account: str, *, dry_run: bool, yes: bool, json_: bool) -> None:
    regions = sorted(region for each, region in installation.registry.offboarded() if each == account)
    if not regions:
        raise Failure(f"account {account} was not offboarded lately: nothing keeps its heartbeats", Exit.NOT_DONE)
    if not dry_run:
        output.ask(f"Let the next heartbeat make account {account} known again in {', '.join(regions)}?", yes=yes)
        for region in regions:
            update(installation.registry, account, region, lambda path: path.known_again())
    if json_:
        output.as_json({"dry_run": dry_run, "account": account, "regions": regions})
    else:
        would = "would be " if dry_run else ""
        click.echo(f"account {account}: {', '.join(regions)} {would}known again with the next heartbeat")


def _planned(
    found: Holdings,
    plans: Mapping[ServiceKey, list[Step]],
    errors: Mapping[ServiceKey, Exception],
    *,
    json_: bool,
) -> None:
    if json_:
        decisions = {short(key): [step_view(each) for each in steps] for key, steps in plans.items()}
        told = {short(key): str(error) for key, error in errors.items()}
        output.as_json(_document(found, [], dry_run=True) | {"would_happen": decisions, "errors": told})
        return
    for key, error in errors.items():
        click.echo(f"{short(key)}: {error}", err=True)
    for line in _what_is_left(found, plans):
        click.echo(line)
    after = "" if found.bare else ", once all of that is back and proven"
    click.echo(f"account {found.account}: {', '.join(found.regions) or 'no Region'} would be taken off the list{after}")


def _tell(
    found: Holdings,
    removed: list[str],
    plans: Mapping[ServiceKey, list[Step]],
    errors: Mapping[ServiceKey, Exception],
    *,
    json_: bool,
) -> None:
    if json_:
        told = {short(key): str(error) for key, error in errors.items()}
        why = {short(key): [step_view(each) for each in steps] for key, steps in plans.items()}
        output.as_json(_document(found, removed, dry_run=False) | {"in_the_way": why, "errors": told})
        return
    for key, error in errors.items():
        click.echo(f"{short(key)}: {error}", err=True)
    if not found.bare:
        for line in _what_is_left(found, plans):
            click.echo(line)
        click.echo(
            f"account {found.account} stays on the list, and its onboarding has to stay: nothing else brings these "
            "back. Mend what is in the way, or wait for the restore tick, and run this again."
        )
        return
    click.echo(f"account {found.account}: {', '.join(removed) or 'nothing of it'} taken off the list")
    click.echo(
        f"Next: remove the module blocks of workload-onboarding with the provider of account {found.account}, those "
        "with create_roles = false first, and apply (where it is the central account itself: the block of the root "
        "module). Until then its events are still acted on; its heartbeats are ignored for a day."
    )


def _what_is_left(found: Holdings, plans: Mapping[ServiceKey, list[Step]]) -> list[str]:
    lines = []
    for record in found.open:
        why = "; ".join(step_text(each) for each in plans.get(record.key, []))
        lines.append(f"{short(record.key)}: {record.phase} ({record.reason or '-'}){f': {why}' if why else ''}")
    lines += [
        f"{short(twin.primary)}: its twin {twin.twin} has {twin.wanted} tasks, and goes down by itself"
        for twin in found.twins
    ]
    return lines


def _document(found: Holdings, removed: list[str], *, dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "account": found.account,
        "regions": found.regions,
        "removed": removed,
        "open": [views.of_record(record) for record in found.open],
        "twins": [views.of_twin(twin) for twin in found.twins],
    }
