"""Shows something again and again: over itself on a terminal, one below the other in a file or a pipe."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable

import click

from spot_failover.core.errors import TransientError
from spotctl import installation as clock
from spotctl.output import at
from spotctl.signals import Signals

_HOME, _REST_OF_LINE, _REST_OF_SCREEN = "\x1b[H", "\x1b[K", "\x1b[J"
_OTHER_SCREEN, _OWN_SCREEN = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"
SLICE = 0.2
"""Seconds after which a Ctrl-C is noticed."""


def watch(look: Callable[[], str], interval: float, *, json_: bool) -> None:
    """Show what `look` gives, every `interval` seconds, until SIGINT or SIGTERM: that is its ordinary end.

    What passes by itself, such as a network that is gone for a while, is told in its place; any other error ends it.
    """
    screen = sys.stdout.isatty() and not json_
    with Signals() as signals:
        if screen:
            click.echo(_OTHER_SCREEN, nl=False)
        try:
            while not signals.count:
                _show(_look(look, json_=json_), interval, screen=screen, json_=json_)
                _wait(interval, signals)
        finally:
            if screen:
                click.echo(_OWN_SCREEN, nl=False)


def _look(look: Callable[[], str], *, json_: bool) -> str:
    try:
        return look()
    except TransientError as error:
        if json_:
            click.echo(f"warning: {error}", err=True)
            return ""
        return f"Could not be read: {error}. Tried again."


def _show(text: str, interval: float, *, screen: bool, json_: bool) -> None:
    if json_:
        click.echo(text, nl=bool(text))
        return
    head = at(clock.now())
    if not screen:
        click.echo(f"{head}\n{text.rstrip()}\n")
        return
    columns, rows = shutil.get_terminal_size()
    lines = [f"{head}, every {interval:g} s, Ctrl-C ends it", "", *text.rstrip().splitlines()]
    if len(lines) > rows:
        lines = [*lines[: rows - 1], f"... {len(lines) - rows + 1} more lines: the window is too small"]
    shown = "\n".join(line[:columns] + _REST_OF_LINE for line in lines)
    click.echo(_HOME + shown + _REST_OF_SCREEN, nl=False)


def _wait(seconds: float, signals: Signals) -> None:
    until = clock.now().timestamp() + seconds
    while not signals.count and (left := until - clock.now().timestamp()) > 0:
        clock.pause(min(SLICE, left))
