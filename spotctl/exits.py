"""Exit statuses, and the errors that end the program with them. Click itself exits with 2 on a wrong command line."""

from __future__ import annotations

from enum import IntEnum

import click


class Exit(IntEnum):
    """What a script can tell from the exit status; `docs/spotctl.md` has the same list."""

    DONE = 0
    FINDINGS = 1
    """`doctor` has found something that is broken; a goal of `simulate` does not hold."""
    USAGE = 2
    NOT_DONE = 3
    """A check stands in the way: nothing was changed, or not all of it."""
    BUSY = 4
    """Somebody else changes the service right now, or AWS is short of something: try again."""
    FAILED = 5
    """The installation or the service was not found, a permission is missing, or AWS refused."""
    DECLINED = 6
    """The question was answered with no, or there was nobody to ask."""
    INTERRUPTED = 130
    """Ctrl-C, as a shell has it."""


class Failure(click.ClickException):
    """Ends the program with a message that says what to do."""

    def __init__(self, message: str, exit_code: Exit = Exit.FAILED) -> None:
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc] # click reads it off the instance
