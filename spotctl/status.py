"""`spotctl status`: who is on on-demand capacity, since when, why, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import click

from spot_failover.core.errors import RefusedError
from spot_failover.core.path import Path
from spot_failover.core.pool import Pool, PoolKey
from spot_failover.core.record import Record
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.twin_state import TwinState
from spot_failover.flow.pool_book import pool_keys
from spotctl import installation as clock
from spotctl import output, views
from spotctl.cli import Target
from spotctl.installation import Installation
from spotctl.output import ago, at
from spotctl.service_name import ServiceName, short
from spotctl.watch import watch


@dataclass
class Overview:
    """What the state table tells."""

    records: list[Record] = field(default_factory=list)
    pools: list[Pool] = field(default_factory=list)
    twins: list[TwinState] = field(default_factory=list)
    paths: list[Path] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)


def overview(installation: Installation, keys: Sequence[ServiceKey] = ()) -> Overview:
    """Read the open records, or those of these services, with their pools; all in order of their names."""
    found = Overview()
    for key in sorted(keys or [key for key, _ in installation.records.open()]):
        try:
            record = installation.records.get(key)
        except RefusedError as error:
            found.unreadable.append(str(error))
            continue
        if keys or record.phase.open:
            found.records.append(record)
    wanted: set[PoolKey] = set()
    for record in found.records:
        wanted |= set(pool_keys(record, installation.policy.of(record.key)))
    now = clock.now()
    found.pools = [installation.shared.pool(key).at(now) for key in sorted(wanted)]
    if not keys:
        found.twins = [installation.twins.get(key) for key in sorted(installation.twins.due())]
        found.paths = [installation.registry.path(*names) for names in sorted(installation.registry.paths())]
    return found


@click.command()
@click.argument("services", metavar="[SERVICE]...", type=ServiceName(), nargs=-1)
@click.option("--watch", "watched", is_flag=True, help="Look again and again, until Ctrl-C.")
@click.option(
    "--interval",
    type=click.IntRange(1, 3600),
    default=5,
    show_default=True,
    metavar="SECONDS",
    help="With --watch: how long between two looks.",
)
@output.json_option
@click.pass_obj
def status(target: Target, services: tuple[ServiceKey, ...], *, watched: bool, interval: int, json_: bool) -> None:
    """Show who is on on-demand capacity since when, why, and when Spot is tried again.

    Without SERVICE: every open record, the breakers of their pools, twins at work, and the accounts that are known.
    With SERVICE: its record, open or not, with a hold if there is one.
    """
    installation = target.installation
    if not watched:
        found = overview(installation, services)
        if json_:
            output.as_json(_document(installation, found))
        else:
            _page(installation, found, all_services=not services)
        return

    def look() -> str:
        installation.look_again()
        found = overview(installation, services)
        if json_:
            return output.json_line(_document(installation, found))
        with output.captured() as text:
            _page(installation, found, all_services=not services)
        return text.getvalue()

    watch(look, interval, json_=json_)


def _document(installation: Installation, found: Overview) -> dict[str, Any]:
    policy = installation.policy
    return {
        "time": clock.now(),
        "enabled": policy.enabled,
        "mode": str(policy.mode),
        "services": [views.of_record(record) for record in found.records],
        "pools": [views.of_pool(pool) for pool in found.pools],
        "twins": [views.of_twin(twin) for twin in found.twins],
        "accounts": [views.of_path(path) for path in found.paths],
        "unreadable": found.unreadable,
    }


def _page(installation: Installation, found: Overview, *, all_services: bool) -> None:
    policy = installation.policy
    if not policy.enabled:
        click.echo("The kill switch is on (enabled = false): nothing is changed anywhere.\n")
    elif policy.mode != "act":
        click.echo("The installation observes: it decides and reports, and changes nothing.\n")
    _text(found, clock.now(), all_services=all_services)


def _text(found: Overview, now: datetime, *, all_services: bool) -> None:
    if found.records:
        head = ("SERVICE", "PHASE", "SINCE", "REASON", "NEXT RESTORE", "FAILED", "HELD", "")
        output.table(head, [_row(record, now) for record in found.records])
    elif all_services:
        click.echo("No service is on on-demand capacity by failover.")
    if found.pools:
        click.echo()
        columns = ("POOL", "BREAKER", "FAILED", "NEXT CANARY", "PROVING")
        output.table(columns, [_pool_row(pool, now) for pool in found.pools])
    if found.twins:
        click.echo()
        rows = [(short(twin.primary), twin.twin, str(twin.wanted), ago(twin.raised_at, now)) for twin in found.twins]
        output.table(("SERVICE", "ON-DEMAND TWIN", "TASKS", "RAISED"), rows)
    if all_services:
        click.echo()
        rows = [(path.account, path.region, ago(path.heard_at, now), _path_note(path)) for path in found.paths]
        output.table(("ACCOUNT", "REGION", "HEARTBEAT", ""), rows)
    for problem in found.unreadable:
        click.echo(f"\nUnreadable: {problem}")


def _row(record: Record, now: datetime) -> tuple[str, ...]:
    waits = record.restore_at if record.phase.open and not record.phase.intent else None
    held = record.held_until if record.held_until is not None and now < record.held_until else None
    notes = ["STUCK"] if record.stuck else []
    notes += sorted(map(str, record.alerted))
    notes += ["being changed"] if record.leased(now) else []
    return (
        short(record.key),
        "no record" if not record.version else str(record.phase),
        ago(record.phase_since, now),
        record.reason or "-",
        ago(waits, now) if record.phase == "failed_over" else "-",
        str(record.failures),
        "-" if held is None else f"until {at(held)} by {record.held_by or 'the automation'}",
        ", ".join(notes),
    )


def _pool_row(pool: Pool, now: datetime) -> tuple[str, ...]:
    key = pool.key
    name = "/".join(part for part in (key.account, key.region, key.cluster, key.provider) if part)
    breaker = f"open for {ago(pool.opened_at, now).removesuffix(' ago')}" if pool.open else "closed"
    return name, breaker, str(pool.failures), ago(pool.next_canary_at, now), str(len(pool.proving))


def _path_note(path: Path) -> str:
    notes = ["SILENT"] if path.silent else []
    notes += [f"ROLE REFUSED since {at(path.refused_since)}"] if path.refused_since is not None else []
    notes += [f"{len(path.findings)} findings of the sweep"] if path.findings else []
    return ", ".join(notes)
