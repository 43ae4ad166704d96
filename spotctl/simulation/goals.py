"""What is claimed of the profiles, and whether it holds on histories that did not choose their numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from spot_failover.core.profiles import Profile
from spotctl.simulation.figures import Figures


@dataclass(frozen=True)
class Goal:
    """A claim with its figure and its bound."""

    claim: str
    figure: float
    bound: float
    unit: str = ""
    """`%` for shares."""

    @property
    def holds(self) -> bool:
        """Whether the figure keeps to the bound."""
        return self.figure <= self.bound

    @property
    def row(self) -> tuple[str, str, str, str]:
        """Claim, figure, bound, verdict."""
        return self.claim, self._text(self.figure), f"at most {self._text(self.bound)}", "yes" if self.holds else "NO"

    def _text(self, value: float) -> str:
        return f"{100 * value:.3g} %" if self.unit == "%" else f"{value:.3f}".rstrip("0").rstrip(".")


def goals(plain: Mapping[str, Figures], lost: Mapping[str, Figures]) -> list[Goal]:
    """All of them, from the figures of each policy where events arrive, and where 30 % of them get lost."""
    balanced = plain[Profile.BALANCED]
    others = [plain[Profile.BALANCED], plain[Profile.CALM]]
    dearer = min(one.over_bound for one in others)
    busier = min(one.per_shortage for one in (balanced, plain[Profile.CHEAPEST]))
    return [
        Goal("balanced: time missing, of what doing nothing misses", balanced.of_nothing, 0.001, "%"),
        Goal("balanced, 30 % of all events lost: the same", lost[Profile.BALANCED].of_nothing, 0.02, "%"),
        Goal("balanced: cost over the clairvoyant optimum, mean of the histories", balanced.over_bound, 1.10),
        Goal("balanced: the same, worst history", balanced.over_bound_worst, 1.20),
        Goal("balanced: deployments per shortage", balanced.per_shortage, 2.5),
        Goal("cheapest: cost over the optimum, against the next profile's", plain[Profile.CHEAPEST].over_bound, dearer),
        Goal("calm: deployments per shortage, against the next profile's", plain[Profile.CALM].per_shortage, busier),
    ]


def verdict(found: list[Goal]) -> str:
    """The last line that is printed."""
    unmet = [goal for goal in found if not goal.holds]
    if not unmet:
        return f"All {len(found)} goals hold."
    return f"{len(unmet)} of {len(found)} goals do NOT hold: " + "; ".join(goal.claim for goal in unmet) + "."
