"""What a drill shows while it goes on: a line for each hop, and on a terminal a bar below them.

Nothing that happens to a terminal or a pipe may keep a drill from bringing its service back.
"""

from __future__ import annotations

import sys

import click

from spotctl import installation as clock
from spotctl.drill_hops import Hop, Hops, Passed

_CLEAR = "\r\x1b[K"
WIDTH = 27


class Screen:
    """Writes to standard output, the bar and remarks to standard error; silent with `--json`, but for remarks."""

    def __init__(self, *, json_: bool) -> None:
        self._json = json_
        self._bar = not json_ and sys.stderr.isatty()
        self._drawn = False

    def hops(self, path: Hops, new: list[Passed]) -> None:
        """Hops that were passed just now."""
        self._wipe()
        begin = path.passed[0].at if path.passed else clock.now()
        for each in new:
            seconds = (each.at - begin).total_seconds()
            when = f"+{seconds:.1f} s" if each.exact else f"by +{seconds:.1f} s"
            line = f"{each.hop.value:<18}  {when:>12}  {each.note}".rstrip()
            if not self._json:
                self._write(line)
        self.wait(path)

    def wait(self, path: Hops, why: str = "") -> None:
        """Draw the bar anew: how far it is, for how long, and what it waits for."""
        if not self._bar or not path.passed or path.waits_for is None:
            return
        done, hops = len(path.passed), len(Hop)
        filled = WIDTH * done // hops
        seconds = int((clock.now() - path.passed[0].at).total_seconds())
        text = f"[{'#' * filled}{'-' * (WIDTH - filled)}] {done}/{hops}  {seconds // 60}:{seconds % 60:02}  "
        text += f"waits for: {path.waits_for.value}{f' ({why})' if why else ''}"
        self._write(_CLEAR + text, err=True, nl=False)
        self._drawn = True

    def remark(self, text: str) -> None:
        """Something that a person should know."""
        self._wipe()
        self._write(text, err=True)

    def end(self) -> None:
        """Nothing more is drawn."""
        self._wipe()

    def _wipe(self) -> None:
        if self._drawn:
            self._write(_CLEAR, err=True, nl=False)
            self._drawn = False

    @staticmethod
    def _write(text: str, *, err: bool = False, nl: bool = True) -> None:
        try:
            click.echo(text, err=err, nl=nl)
        except (OSError, ValueError):
            return  # the terminal is closed, or the pipe: the drill goes on without it
