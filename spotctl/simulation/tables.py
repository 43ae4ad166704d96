"""The figures as tables: for the screen and for the documentation."""

from __future__ import annotations

from collections.abc import Sequence

from spot_failover.core.profiles import PROFILES, Profile
from spotctl.simulation.figures import Figures
from spotctl.simulation.goals import verdict
from spotctl.simulation.study import Study, settings

Row = Sequence[str]
POLICIES: Row = (
    "policy",
    "time missing",
    "no task at all",
    "cost / on-demand",
    "cost / optimum, mean (worst)",
    "deployments a day",
    "per shortage",
    "task starts a day",
)
WORLDS: Row = ("`balanced` where", "missing, of doing nothing's", "cost / optimum", "deployments per shortage")


def percent(value: float) -> str:
    """A share, as short as its size allows."""
    return (
        f"{100 * value:.3f} %" if value < 0.001 else f"{100 * value:.2f} %" if value < 0.1 else f"{100 * value:.0f} %"
    )


def _policy(one: Figures) -> Row:
    over = f"{one.over_bound:.2f} ({one.over_bound_worst:.2f})" if one.all_work_done else "(work not done)"
    return (
        one.policy,
        percent(one.missing),
        percent(one.zero),
        f"{one.of_on_demand:.2f}",
        over,
        f"{one.deployments_a_day:.1f}",
        f"{one.per_shortage:.2f}",
        f"{one.starts_a_day:.0f}",
    )


def _world(one: Figures) -> Row:
    return one.scenario, percent(one.of_nothing), f"{one.over_bound:.3f}", f"{one.per_shortage:.2f}"


def tables(done: Study) -> list[tuple[str, list[Row]]]:
    """Every table with its heading; the first row names the columns."""
    profiles = [[str(which), settings(PROFILES[which])] for which in Profile]
    found: list[tuple[str, list[Row]]] = [
        ("Policies", [POLICIES, *map(_policy, done.plain.values())]),
        (
            "The same with 30 % of all events lost",
            [POLICIES, *map(_policy, done.lost.values())],
        ),
        ("Claims", [("claim", "figure", "bound", "holds"), *(goal.row for goal in done.goals)]),
        ("The profiles", [("profile", "restores after"), *profiles]),
    ]
    if done.worlds:
        found.append(("What it hangs on (the two shortest histories)", [WORLDS, *map(_world, done.worlds)]))
    if done.tried:
        rows = [
            (one.policy, f"{one.over_bound:.3f}", f"{one.over_bound_worst:.3f}", f"{one.per_shortage:.2f}")
            for one in sorted(done.tried, key=lambda one: one.per_shortage)
        ]
        heading = ("setting", "cost / optimum, mean", "worst", "deployments per shortage")
        found.append(("Settings that were tried (the histories that tune, five days of each)", [heading, *rows]))
    prices = [
        (f"{price:g}", *(f"{shares[name]:.2f}" for name in done.prices[price])) for price, shares in done.prices.items()
    ]
    names = next(iter(done.prices.values())).keys()
    found.append(("Cost / on-demand at other prices of Spot", [("Spot price", *names), *prices]))
    return found


def as_text(done: Study) -> str:
    """For the screen; the last line is the verdict."""
    parts = []
    for heading, rows in tables(done):
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        parts.append("\n".join([heading, "-" * len(heading), *lines]))
    return "\n\n".join([*parts, f"Judged on {', '.join(done.histories)}.\n{verdict(done.goals)}"])


def as_markdown(done: Study) -> str:
    """For the documentation."""
    parts = []
    for heading, rows in tables(done):
        lines = [f"| {' | '.join(row)} |" for row in rows]
        lines.insert(1, "|" + "---|" * len(rows[0]))
        parts.append("\n".join([f"### {heading}", "", *lines]))
    histories = ", ".join(f"`{name}`" for name in done.histories)
    return "\n\n".join([*parts, f"Judged on {histories}. {verdict(done.goals)}"]) + "\n"
