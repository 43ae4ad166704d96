"""`spotctl history`: what was decided about a service, from the functions' logs, and what its record holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import click

from spot_failover.core.audit import AUDITED
from spot_failover.core.service_key import ServiceKey
from spotctl import output, views
from spotctl.cli import Target
from spotctl.installation import Installation
from spotctl.logs import lines_of
from spotctl.plant import Plant
from spotctl.service_name import ServiceName, short
from spotctl.times import Since

_ACTIONS = frozenset(str(action) for action in AUDITED)
_SHOWN = ("before", "after", "deployment_id", "note")


@click.command()
@click.argument("service", type=ServiceName())
@click.option("--since", type=Since(), default="7d", show_default=True, help="90min, 2h, 3d, or an ISO 8601 time.")
@click.option("--all", "everything", is_flag=True, help="Also what was ignored, and waiting.")
@output.json_option
@click.pass_obj
def history(target: Target, service: ServiceKey, *, since: datetime, everything: bool, json_: bool) -> None:
    """Show what the functions decided about SERVICE, oldest first, from their logs as far as these are kept."""
    installation = target.installation
    record = installation.records.get(service)
    lines = sorted(decisions(installation, service, since), key=lambda line: str(line["timestamp"]))
    told = [line for line in lines if everything or str(line["action"]).removeprefix("would_") in _ACTIONS]
    if json_:
        output.as_json({"since": since, "record": views.of_record(record), "decisions": told})
        return
    for line in told:
        details = "; ".join(f"{name} {line[name]}" for name in _SHOWN if line.get(name))
        click.echo(f"{line['timestamp']}  {line['action']} {line['reason']}{': ' if details else ''}{details}")
    if not told:
        click.echo(f"{short(service)}: nothing was done since {output.at(since)}")
    if record.version:
        click.echo(f"\nNow: {record.phase} since {output.at(record.phase_since)}, {record.reason or '-'}")


def decisions(installation: Installation, key: ServiceKey, since: datetime) -> Iterator[Mapping[str, Any]]:
    """The functions' log lines of decisions about a service."""
    wanted = {"message": "decision", **views.of_key(key)}
    for function in Plant(installation).functions:
        for line in lines_of(installation, function, wanted, since):
            yield {"timestamp": line["timestamp"], "function": function.name, **_fields(line)}


def _fields(line: Mapping[str, Any]) -> dict[str, Any]:
    wanted = ("action", "reason", "event_id", "event_kind", *_SHOWN)
    return {name: line[name] for name in wanted if name in line}
