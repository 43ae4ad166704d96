"""Work done side by side in copies of this process: what one does to its world, no other sees."""

from __future__ import annotations

import multiprocessing
import traceback
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

_FORK = multiprocessing.get_context("fork")

Work = Callable[[], Iterable[Any]]
"""Yields what it finds, which has to be picklable."""


class CopyFailedError(RuntimeError):
    """A copy of the process raised something, which the message tells, or ended without a word."""


def side_by_side(works: Iterable[Work], most: int) -> Iterator[Any]:
    """What the works find, in whatever order it comes; `most` are under way at once.

    Raises
    ------
    CopyFailedError
        One of them failed. The others are ended.
    """
    running: dict[Connection, BaseProcess] = {}
    try:
        for work in works:
            while len(running) >= most:
                yield from _heard(running)
            running.update([_begun(work)])
        while running:
            yield from _heard(running)
    finally:
        for process in running.values():
            process.terminate()
            process.join()


def _begun(work: Work) -> tuple[Connection, BaseProcess]:
    receiver, sender = _FORK.Pipe(duplex=False)
    process = _FORK.Process(target=_do, args=(work, receiver, sender))
    process.start()
    sender.close()
    return receiver, process


def _do(work: Work, receiver: Connection, sender: Connection) -> None:
    receiver.close()
    try:
        for found in work():
            sender.send((True, found))
        sender.send((None, None))
    except Exception:  # noqa: BLE001  (raised again by whoever waits for it)
        sender.send((False, traceback.format_exc()))


def _heard(running: dict[Connection, BaseProcess]) -> Iterator[Any]:
    """What those under way have told by now; at least one of them has."""
    for connection in wait(list(running)):
        assert isinstance(connection, Connection)
        try:
            good, found = connection.recv()
        except EOFError:
            good, found = False, "it ended in the middle of its work"
        if good:
            yield found
            continue
        process = running.pop(connection)
        connection.close()
        process.join()
        if good is False:
            raise CopyFailedError(found)
