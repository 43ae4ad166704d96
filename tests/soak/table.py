"""What a run led to, as tables for a narrow terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from rich.table import Table

from tests.soak.ledger import QueueAccount
from tests.soak.run import Run

IGNORED = frozenset({"ignore", "wait", "report"})
Count = Callable[[QueueAccount], int]


def tables(run: Run) -> Iterator[Table]:
    """All of them."""
    yield _messages(run)
    for title, counts in (
        ("Switches", run.switches),
        ("Decisions of scheduled functions", _named(run.ledger.scheduled)),
        ("What happened", run.happened),
        ("Faults", run.faults),
        ("Invocations", {f"{name}: {end}": many for (name, end), many in run.ledger.invocations.items()}),
    ):
        yield _counts(f"{title}, {run.title}", counts)


def _messages(run: Run) -> Table:
    """What was delivered on one side, how it ended on the other."""
    accounts = run.ledger.queues
    made = Table(title=f"Messages, {run.title}", padding=(0, 0))
    made.add_column("", overflow="fold")
    for name in accounts:
        made.add_column(name.removeprefix("fargate-spot-").removesuffix("-queue").replace("-", "\n"), justify="right")
    made.add_column("all", justify="right")

    def row(title: str, count: Count, *, bold: bool = False, end: bool = False) -> None:
        counts = [count(account) for account in accounts.values()]
        cells = [str(one) for one in (*counts, sum(counts))]
        made.add_row(title, *cells, style="bold" if bold else None, end_section=end)

    made.add_row("forwarded to the central bus", *[""] * len(accounts), str(run.ledger.forwarded))
    row("lost on the way to the queue", lambda one: one.lost)
    row("delivered by EventBridge", lambda one: one.delivered)
    row("sent by hand", lambda one: one.by_hand)
    row("sent by the function to itself", lambda one: one.orders)
    row("messages", lambda one: one.came, bold=True, end=True)
    endings = Counter[tuple[str, str]]()
    for account in accounts.values():
        endings.update(account.endings)
    for title, chosen in _kinds(endings).items():
        row(title, partial(_ends, chosen), bold=True)
        for each in sorted(chosen, key=lambda each: -endings[each]):
            row(f"  {each[0]} {each[1]}", partial(_ends, [each]))
    row("handled again (not among them)", lambda one: -one.again)
    row("dead-lettered by SQS", lambda one: one.only_buried)
    row("left", lambda one: one.left)
    row("ended", lambda one: one.endings.total() - one.again + one.only_buried + one.left, bold=True, end=True)
    row("received", lambda one: one.receives)
    row("  given back to the queue", lambda one: one.failed)
    row("  by invocations that were cut off", lambda one: one.interrupted)
    return made


def _ends(chosen: Sequence[tuple[str, str]], account: QueueAccount) -> int:
    return sum(account.endings[each] for each in chosen)


def _kinds(endings: Mapping[tuple[str, str], int]) -> dict[str, list[tuple[str, str]]]:
    kinds: dict[str, list[tuple[str, str]]] = {"acted on": [], "ignored": [], "dead-lettered by the function": []}
    for action, reason in endings:
        kind = "ignored" if action in IGNORED else "acted on"
        kinds["dead-lettered by the function" if action == "dead_letter" else kind].append((action, reason))
    return kinds


def _named(counts: Mapping[tuple[str, str], int]) -> dict[str, int]:
    return {f"{action} {reason}": many for (action, reason), many in counts.items()}


def _counts(title: str, counts: Mapping[str, int]) -> Table:
    made = Table(title=title, padding=(0, 0), show_header=False)
    made.add_column(overflow="fold")
    made.add_column(justify="right")
    for name, many in sorted(counts.items(), key=lambda each: (-each[1], each[0])):
        if many:
            made.add_row(name, str(many))
    return made
