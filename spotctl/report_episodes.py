"""From log lines and a record to the times that a service was on on-demand capacity by failover."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from spot_failover.core.reason import RESTORE_FAILURES, Reason
from spot_failover.core.record import Record
from spot_failover.core.strategy import NO_STRATEGY, Strategy
from spotctl.times import moved_at

ACTIONS = ("fail_over", "confirm", "restore", "give_up", "close")
"""Actions of log lines that tell when a service changed."""
_ON_ITS_WAY = RESTORE_FAILURES | {Reason.FAILOVER_ROLLED_BACK}
"""Reasons of failovers that go on with one that is under way."""
_ITEM = re.compile(r"(\S+) weight (\d+)(?: base (\d+))?")


@dataclass(frozen=True)
class Episode:
    """From a failover to its proven restore. Until that is proven on-demand tasks may still run: it counts in whole.

    Where its begin or end is not known, the first or last time at which it is known to be on the fallback stands there.
    """

    begin: datetime
    end: datetime | None = None
    """None: it lasts."""
    begin_known: bool = True
    end_known: bool = True
    reason: str = ""
    baseline: Strategy = NO_STRATEGY
    tasks: int | None = None
    """Desired count at the failover; None: nothing tells."""
    failed_restores: int = 0
    shortfall: float | None = None
    """Seconds from the event to the switch: the service was short for at least as long. None: nothing tells."""


def strategy_of(text: str) -> Strategy:
    """Read a strategy as log lines write it."""
    found = [_ITEM.fullmatch(part) for part in text.split(", ")]
    return Strategy.of(*((each[1], int(each[2]), int(each[3] or 0)) for each in found if each))


def episodes(lines: Iterable[Mapping[str, Any]], record: Record) -> list[Episode]:
    """All of them, oldest first.

    Parameters
    ----------
    lines
        Decisions about one service, of any of the functions.
    record
        As it stands now: it tells what no function has logged, such as what an operator did last.
    """
    found: list[Episode] = []
    last: datetime | None = None
    for line in sorted(lines, key=lambda line: str(line["timestamp"])):
        at = datetime.fromisoformat(str(line["timestamp"]))
        _add(found, line, at, last)
        last = at
    return _with_record(found, record, last)


def _add(found: list[Episode], line: Mapping[str, Any], at: datetime, last: datetime | None) -> None:
    current = found[-1] if found and found[-1].end is None else None
    action, reason = str(line["action"]), str(line["reason"])
    if action == "fail_over" or (action == "confirm" and reason == Reason.FAILED_OVER):
        _failed_over(found, current, line, at, last)
    elif action == "restore":
        # To a service that wants no task the strategy is given back at once, and nothing is left to prove.
        end = at if reason == Reason.RESTORED_AT_ZERO else None
        if current is None:
            baseline = strategy_of(str(line.get("after", "")))
            found.append(Episode(at, end, begin_known=False, baseline=baseline))
        elif end is not None:
            found[-1] = replace(current, end=end)
    elif action == "give_up" and reason in RESTORE_FAILURES and current is not None:
        found[-1] = replace(current, failed_restores=current.failed_restores + 1)
    elif action == "close" and current is not None:
        found[-1] = replace(current, end=at)
    elif action == "close" and reason == Reason.RESTORED:
        found.append(Episode(at, at, begin_known=False))


def _failed_over(
    found: list[Episode], current: Episode | None, line: Mapping[str, Any], at: datetime, last: datetime | None
) -> None:
    reason, again = str(line["reason"]), line["action"] == "confirm"
    if current is not None and (again or reason in _ON_ITS_WAY):
        failed = current.failed_restores + (reason in RESTORE_FAILURES and not again)
        found[-1] = replace(current, failed_restores=failed)
        return
    if current is not None:
        # Somebody brought it back, and no function logged that.
        found[-1] = replace(current, end=last or at, end_known=False)
    known = reason not in _ON_ITS_WAY
    shortfall = None
    if line.get("event_time") and reason != Reason.OPERATOR_REQUEST and known:
        shortfall = max(0.0, (at - datetime.fromisoformat(str(line["event_time"]))).total_seconds())
    tasks = line.get("desired")
    baseline = strategy_of(str(line.get("before", ""))) if known and not again else NO_STRATEGY
    found.append(
        Episode(
            at,
            begin_known=known,
            reason=reason,
            baseline=baseline,
            tasks=int(tasks) if tasks is not None else None,
            failed_restores=int(reason in RESTORE_FAILURES),
            shortfall=shortfall,
        )
    )


def _with_record(found: list[Episode], record: Record, last: datetime | None) -> list[Episode]:
    since = record.phase_since
    if not record.version or since is None:
        return found
    current = found[-1] if found and found[-1].end is None else None
    if record.phase.open and current is None:
        began = moved_at(record)
        tasks = record.desired_at_switch or None
        found.append(
            Episode(
                began or since,
                begin_known=began is not None,
                reason=record.reason,
                baseline=record.baseline,
                tasks=tasks,
                failed_restores=record.failures,
            )
        )
    elif not record.phase.open and current is not None:
        known = since >= current.begin
        found[-1] = replace(current, end=since if known else last or current.begin, end_known=known)
    if found and not found[-1].begin_known:
        found[-1] = _begun(found[-1], record, found[-2].end if len(found) > 1 else None)
    return [each if each.baseline else replace(each, baseline=record.baseline) for each in found]


def _begun(episode: Episode, record: Record, not_before: datetime | None) -> Episode:
    """The last one's begin, where the record still holds the event that it was moved for."""
    began = moved_at(record)
    if began is None or began > episode.begin or (not_before is not None and began < not_before):
        return episode
    return replace(episode, begin=began, begin_known=True)
