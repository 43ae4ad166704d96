"""What a comparison leaves on the disk: raw figures and the picture."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from spotctl.simulation import plot
from spotctl.simulation.study import Study


def write(done: Study, out: Path) -> None:
    """Write `policy.json` and `policy.html` into a folder, which is made if need be."""
    out.mkdir(parents=True, exist_ok=True)
    raw = {
        "histories": done.histories,
        "goals": [{**asdict(goal), "holds": goal.holds} for goal in done.goals],
        "policies": [asdict(one) for one in done.plain.values()],
        "policies_with_lost_events": [asdict(one) for one in done.lost.values()],
        "worlds": [asdict(one) for one in done.worlds],
        "settings_tried": [asdict(one) for one in done.tried],
        "cost_of_on_demand_by_spot_price": done.prices,
        "runs": [asdict(result) for result in done.results],
    }
    (out / "policy.json").write_text(json.dumps(raw, indent=1) + "\n", encoding="utf-8")
    (out / "policy.html").write_text(plot.page(done), encoding="utf-8")
