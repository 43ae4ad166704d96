"""`spotctl history`: what was decided about a service or failed, by the functions' logs, and what its record holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import click

from spot_failover.core.audit import AUDITED
from spot_failover.core.errors import AccessDeniedError, RefusedError
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
_DECISION, _FAILED = "decision", "left to a later delivery or tick"
"""Messages of the functions' log lines about one service."""
_FIXES = {
    AccessDeniedError.__name__: (
        "It fails until the permission is there that the note names: "
        "docs/troubleshooting.md#the-functions-may-not-act-in-an-account"
    ),
    RefusedError.__name__: "It fails until what the note names is mended: docs/operations.md#function-errors",
}
_COMES_AGAIN = "It is tried again by itself. Where it does not end: docs/operations.md#function-errors"
"""What to do about any other error."""


@click.command()
@click.argument("service", type=ServiceName())
@click.option("--since", type=Since(), default="7d", show_default=True, help="90min, 2h, 3d, or an ISO 8601 time.")
@click.option("--all", "everything", is_flag=True, help="Also what was ignored, waiting, and attempts that failed.")
@output.json_option
@click.pass_obj
def history(target: Target, service: ServiceKey, *, since: datetime, everything: bool, json_: bool) -> None:
    """Show what the functions decided about SERVICE, oldest first, from their logs as far as these are kept."""
    installation = target.installation
    record = installation.records.get(service)
    found = decisions(installation, service, since, failed=everything)
    lines = sorted(found, key=lambda line: str(line["timestamp"]))
    told = [line for line in lines if everything or str(line["action"]).removeprefix("would_") in _ACTIONS]
    if json_:
        output.as_json({"since": since, "record": views.of_record(record), "decisions": told})
        return
    for line in told:
        details = "; ".join(f"{name} {line[name]}" for name in _SHOWN if line.get(name))
        click.echo(f"{line['timestamp']}  {line['action']} {line['reason']}{': ' if details else ''}{details}")
    for reason, fix in {line["reason"]: line["fix"] for line in told if "fix" in line}.items():
        click.echo(f"\n{reason}\n  {fix}")
    if not told:
        click.echo(f"{short(service)}: nothing was done since {output.at(since)}")
    if record.version:
        click.echo(f"\nNow: {record.phase} since {output.at(record.phase_since)}, {record.reason or '-'}")


def decisions(
    installation: Installation, key: ServiceKey, since: datetime, *, failed: bool
) -> Iterator[Mapping[str, Any]]:
    """The functions' log lines of decisions about a service; with `failed` also of attempts that failed."""
    wanted = views.of_key(key) if failed else {"message": _DECISION, **views.of_key(key)}
    for function in Plant(installation).functions:
        for line in lines_of(installation, function, wanted, since):
            if line["message"] in {_DECISION, _FAILED}:
                yield {"timestamp": line["timestamp"], "function": function.name, **_fields(line)}


def _fields(line: Mapping[str, Any]) -> dict[str, Any]:
    wanted = ("action", "reason", "event_id", "event_kind", *_SHOWN)
    fields = {name: line[name] for name in wanted if name in line}
    return fields | {"fix": _FIXES.get(line["reason"], _COMES_AGAIN)} if line["message"] == _FAILED else fields
