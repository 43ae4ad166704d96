"""The whole comparison, in a few seconds: a made-up pool, every policy, and what is written about it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.policy import documentation
from benchmarks.policy.__main__ import main
from spotctl.simulation.figures import Figures
from spotctl.simulation.goals import goals, verdict

HISTORY = "capacity,seconds\n1,20000\n0,6000\n1,24000\n0,12000\n1,24400\n"
GOOD = Figures(
    policy="balanced",
    scenario="base",
    missing=0.0001,
    missing_at_notice=0.005,
    of_nothing=0.0005,
    of_nothing_worst=0.0008,
    zero=0.0,
    of_on_demand=0.7,
    over_bound=1.08,
    over_bound_worst=1.15,
    deployments_a_day=14.0,
    per_shortage=2.4,
    per_shortage_worst=2.6,
    starts_a_day=200.0,
    undone=0,
)
PROFILES = {
    "balanced": GOOD,
    "cheapest": replace(GOOD, over_bound=1.05, per_shortage=2.8),
    "calm": replace(GOOD, over_bound=1.2, per_shortage=1.4),
}


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Path]:
    """Exit status, and where the figures are."""
    folder = tmp_path_factory.mktemp("policy")
    (folder / "traces").mkdir()
    (folder / "traces" / "mine.csv").write_text(HISTORY, encoding="utf-8")
    (folder / "page.md").write_text(
        f"Before\n{documentation.BEGIN}\nfigures of before\n{documentation.END}\nafter\n", "utf-8"
    )
    out = str(folder / "out")
    traces, docs = str(folder / "traces"), str(folder / "page.md")
    return main(["--traces", traces, "--quick", "--out", out, "--docs", docs]), folder


def test_every_policy_is_compared_and_the_raw_figures_are_kept(compared: tuple[int, Path]) -> None:
    status, folder = compared
    raw = json.loads((folder / "out" / "policy.json").read_text(encoding="utf-8"))
    assert status == (0 if all(goal["holds"] for goal in raw["goals"]) else 1)
    assert raw["histories"] == ["mine"]
    assert len(raw["policies"]) == 12
    assert len(raw["runs"]) == 12 + 4
    assert all(one["undone"] == 0 for one in raw["policies"])


def test_counts_and_ratios_of_the_profiles_keep_to_their_bounds(compared: tuple[int, Path]) -> None:
    raw = json.loads((compared[1] / "out" / "policy.json").read_text(encoding="utf-8"))
    held = {goal["claim"]: goal["holds"] for goal in raw["goals"]}
    del held["calm: deployments per shortage, against the next profile's"]  # two shortages tell nothing of it
    del held["cheapest: cost over the optimum, against the next profile's"]
    assert len(held) == 5
    assert all(held.values()), held


def test_the_picture_and_the_page_are_written_anew(compared: tuple[int, Path]) -> None:
    page = (compared[1] / "page.md").read_text(encoding="utf-8")
    assert page.startswith(f"Before\n{documentation.BEGIN}\n\n### Policies\n")
    assert page.endswith(f"{documentation.END}\nafter\n")
    assert "figures of before" not in page
    picture = (compared[1] / "out" / "policy.html").read_text(encoding="utf-8")
    assert picture.count('class="ours"') == 4
    assert "restore at every 5 min tick" in picture


def test_a_page_without_the_marks_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("nothing of it", encoding="utf-8")
    with pytest.raises(ValueError, match="it must hold the lines"):
        documentation.put(page, "figures")
    assert page.read_text(encoding="utf-8") == "nothing of it"


def test_a_folder_without_histories_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--traces", str(tmp_path)]) == 2
    assert "no *.csv there" in capsys.readouterr().err


def test_goals_that_hold() -> None:
    found = goals(PROFILES, PROFILES)
    assert [goal.holds for goal in found] == [True] * 7
    assert verdict(found) == "All 7 goals hold."


@pytest.mark.parametrize(
    ("profile", "changed", "claim"),
    [
        ("balanced", replace(GOOD, of_nothing=0.0011), "balanced: time missing, of what doing nothing misses"),
        (
            "balanced",
            replace(GOOD, over_bound=1.101),
            "balanced: cost over the clairvoyant optimum, mean of the histories",
        ),
        ("balanced", replace(GOOD, over_bound_worst=1.21), "balanced: the same, worst history"),
        ("balanced", replace(GOOD, per_shortage=2.51), "balanced: deployments per shortage"),
        ("cheapest", replace(GOOD, over_bound=1.09), "cheapest: cost over the optimum, against the next profile's"),
        ("calm", replace(GOOD, per_shortage=2.45), "calm: deployments per shortage, against the next profile's"),
    ],
)
def test_a_goal_that_does_not_hold_is_named(profile: str, changed: Figures, claim: str) -> None:
    assert verdict(goals({**PROFILES, profile: changed}, PROFILES)) == f"1 of 7 goals do NOT hold: {claim}."


def test_lost_events_have_a_bound_of_their_own() -> None:
    lost = {**PROFILES, "balanced": replace(GOOD, of_nothing=0.021)}
    assert verdict(goals(PROFILES, lost)) == ("1 of 7 goals do NOT hold: balanced, 30 % of all events lost: the same.")
