"""Whether a run ended as it should, and where not, a sentence for each thing that is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from demo.accounting import Accounts
from demo.balance import Balance
from demo.expectations import Expectation
from demo.outcome import Outcome
from demo.strategy import Strategy, same, text
from demo.twins import TwinOutcome
from demo.words import clock, duration, plural


@dataclass(frozen=True)
class Verdict:
    """An outcome with what was expected of it and what is wrong with it."""

    expected: Expectation
    outcome: Outcome
    failures: tuple[str, ...]


def judge(expected: Expectation, outcome: Outcome) -> Verdict:
    """Hold ``outcome`` against what was ``expected`` of it."""
    found = list(
        _untouched(expected, outcome) if expected.during is None else _moved(expected.during, expected, outcome)
    )
    if outcome.redeployments != expected.redeployments:
        found.append(
            f"was redeployed {outcome.redeployments} times on an unchanged strategy, not {expected.redeployments}"
        )
    if outcome.twin is not None:
        found += _carried(outcome.twin, expected, outcome)
    if outcome.balance is not None:
        found += _balanced(outcome.balance)
    if expected.during is None or outcome.during is not None:
        found += _unexplained(expected, outcome)
    if not same(outcome.after, outcome.before):
        found.append(f"ended on {text(outcome.after)}, not on its own {text(outcome.before)}")
    return Verdict(expected, outcome, tuple(f"{outcome.service} {sentence}." for sentence in found))


def judge_events(accounts: Accounts) -> list[str]:
    """What is wrong with the events as a whole."""
    found = []
    if not accounts.total:
        found.append("No event reached the automation's queues.")
    if accounts.unaccounted:
        found.append(
            f"{len(accounts.unaccounted)} events reached a queue, and no function logged a decision about them: "
            f"{_list(accounts.unaccounted[:5])}."
        )
    if accounts.dead_letters:
        found.append(f"{accounts.dead_letters} messages are in dead-letter queues; there should be none.")
    if accounts.undelivered:
        found.append(
            f"{accounts.undelivered} deliveries of events were refused or dropped; see deliveries in timeline.json."
        )
    return found


def explain(errors: Iterable[str]) -> list[str]:
    """The errors that the functions logged most often: likely why something failed, not failures by themselves."""
    often = Counter(errors).most_common(3)
    return [f"The functions logged {plural(count, 'time')}: {error}" for error, count in often]


def _moved(during: Strategy, expected: Expectation, outcome: Outcome) -> Iterable[str]:
    if outcome.during is None or outcome.to_failover is None:
        yield f"should have failed over to {text(during)}, but the automation never changed its strategy"
        return
    if not same(outcome.during, during):
        yield f"failed over to {text(outcome.during)}, not to {text(during)}"
    if outcome.to_failover > expected.failover_within:
        limit = duration(expected.failover_within)
        yield f"failed over {duration(outcome.to_failover)} after the loss, not within {limit}"
    yield from _repeated(outcome)
    if outcome.restore_at is None:
        yield f"was never restored to {text(outcome.before)}"
    elif outcome.proven_at is None:
        yield "was restored, but the restore was never proven"
    elif outcome.to_restore is None or outcome.to_restore > expected.restore_within:
        yield f"was not proven back within {duration(expected.restore_within)} of the return of Spot"
    if outcome.restore_at is not None and outcome.steady_at is None:
        yield "does not run its desired tasks on the same capacity as before the loss"
    if outcome.phase != "closed":
        yield f"has a record in phase {outcome.phase or 'none'} at the end, not closed"


def _repeated(outcome: Outcome) -> Iterable[str]:
    switches = [text(update.strategy) for update in outcome.updates if update.strategy]
    for one, other in pairwise(switches):
        if one == other:
            yield f"was set to {one} twice in a row"


def _untouched(expected: Expectation, outcome: Outcome) -> Iterable[str]:
    if len(outcome.updates) > expected.redeployments:
        changes = "; ".join(text(update.strategy) for update in outcome.updates)
        yield f"({expected.story}) was to be left alone, but the automation updated it: {changes}"


def _carried(twin: TwinOutcome, expected: Expectation, outcome: Outcome) -> Iterable[str]:
    name = twin.service.name
    if twin.to_raise is None:
        yield f"should have been carried by {name}, but the automation never gave it a task"
        return
    if twin.to_raise > expected.failover_within:
        limit = duration(expected.failover_within)
        yield f"was carried by {name} {duration(twin.to_raise)} after the loss, not within {limit}"
    if twin.peak != expected.carries:
        yield f"has a twin {name} that was asked for {plural(twin.peak, 'task')}, not for {expected.carries}"
    for each in twin.carried:
        if each.carried != each.lacking:
            yield f"lacked {plural(each.lacking, 'task')} of Spot at the end of a shortage; {name} had {each.carried}"
    if any(update.forced for update in twin.counts):
        yield f"has a twin {name} that the automation redeployed"
    steps = [update for update in twin.counts if outcome.return_at and update.at > outcome.return_at]
    if twin.zero_at is None or twin.left:
        yield f"has a twin {name} that was not brought back to 0: {plural(twin.left, 'task')} left"
    elif twin.to_zero is None or twin.to_zero > expected.restore_within:
        yield f"has a twin {name} that was not back at 0 within {duration(expected.restore_within)}"
    elif len(steps) < min(2, expected.carries):
        yield f"has a twin {name} that went to 0 at once, not in steps"


def _balanced(balance: Balance) -> Iterable[str]:
    """The load balancer had fewer healthy targets than desired, less the tasks that an interruption just took."""
    for point in balance.broken[:1]:
        since = clock(point.at - balance.points[0].at)
        yield (
            f"had {plural(point.healthy, 'healthy target')} at {since}, less than the least allowed, {point.least}: "
            f"{point.desired} desired, {point.lost} lost to an interruption in the two minutes before"
        )


def _unexplained(expected: Expectation, outcome: Outcome) -> Iterable[str]:
    for reasons in expected.reasons:
        if not reasons & outcome.reasons:
            wanted = " or ".join(sorted(reasons))
            yield f"has no decision with the reason {wanted} about it; it has {_list(outcome.reasons)}"


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"
