"""What the commands write: tables for people, one JSON document with `--json`. Questions and errors go to stderr."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from datetime import MAXYEAR, datetime, timedelta
from io import StringIO
from typing import Any

import click

from spotctl.exits import Exit, Failure


def as_json(document: Any) -> None:
    """Write one document; times in ISO 8601."""
    click.echo(json.dumps(document, indent=2, default=_plain))


def json_line(document: Any) -> str:
    """A document in one line, for what tells many of them one after another."""
    return json.dumps(document, default=_plain)


@contextmanager
def captured() -> Iterator[StringIO]:
    """What is written to standard output meanwhile."""
    text = StringIO()
    with redirect_stdout(text):
        yield text


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as they need to be, so that lines can be cut and grepped."""
    lines = [list(head), *[list(row) for row in rows]]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for line in lines:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def at(time: datetime | None) -> str:
    """A time for people, to the second, in UTC."""
    if time is None:
        return "-"
    return "for good" if time.year == MAXYEAR else time.strftime("%Y-%m-%dT%H:%M:%SZ")


def ago(time: datetime | None, now: datetime) -> str:
    """How long ago, or how soon."""
    if time is None:
        return "-"
    if time.year == MAXYEAR:
        return "for good"
    passed = now - time
    return f"in {_span(-passed)}" if passed < timedelta() else f"{_span(passed)} ago"


def _span(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"


def ask(question: str, *, yes: bool) -> None:
    """Go on only with a yes; where there is nobody to ask, `--yes` is needed."""
    if yes:
        return
    try:
        agreed = click.confirm(question, err=True)
    except click.Abort as error:
        if isinstance(error.__context__, KeyboardInterrupt):
            raise error.__context__ from None
        raise Failure(
            "nobody answered: nothing was changed. Give --yes to go on without a question.", Exit.DECLINED
        ) from error
    if not agreed:
        raise Failure("nothing was changed.", Exit.DECLINED)


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option that every command has."""
    return click.option("--json", "json_", is_flag=True, help="Write one JSON document.")(command)


def changing(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every command that changes something."""
    command = click.option("--yes", is_flag=True, help="Don't ask.")(command)
    return click.option("--dry-run", is_flag=True, help="Show what would be done, and change nothing.")(command)
