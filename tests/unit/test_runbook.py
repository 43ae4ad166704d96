"""Every alarm's description names a part of the runbook that exists."""

from __future__ import annotations

import re
from pathlib import Path

from spot_failover.core.record import Phase

ROOT = Path(__file__).parents[2]
OPERATIONS = ROOT / "docs" / "operations.md"


def anchors() -> set[str]:
    return {
        title.lower().replace(" ", "-") for title in re.findall(r"^## ([\w ]+)$", OPERATIONS.read_text(), re.MULTILINE)
    }


def test_what_alarms_point_to_is_there() -> None:
    texts = [file.read_text() for file in (ROOT / "modules").glob("*/*.tf")]
    named = {anchor for text in texts for anchor in re.findall(r"docs/operations\.md#([a-z-]+)", text)}
    named |= {anchor for text in texts for anchor in re.findall(r'runbook\s+= "([a-z-]+)"', text)}
    alarms = (ROOT / "modules" / "central" / "alarms.tf").read_text()
    own = set(re.findall(r'name += "([a-z-]+)", metric', alarms))
    assert len(own) == 7
    assert named | own == anchors()


def test_what_is_said_of_stuck_records_tells_how_each_ends() -> None:
    text = OPERATIONS.read_text()
    part = text[text.index("\n## Stuck records\n") : text.index("\n## Silent paths\n")]
    for said in ("FAILOVER_ROLLED_BACK", "RESTORE_OVERRULED", *(phase for phase in Phase if phase.open)):
        assert f"`{said}`" in part
    alarm = (ROOT / "modules" / "central" / "stuck_records.tf").read_text()
    for each in (part, alarm):
        assert "spotctl hold SERVICE --release" in each
    (description,) = re.findall(r"alarm_description +=(.*)", alarm)
    assert len(description) < 900  # CloudWatch takes 1024 characters, and names may be long


def test_the_runbook_links_to_its_own_parts() -> None:
    assert set(re.findall(r"\]\(#([a-z-]+)\)", OPERATIONS.read_text())) == anchors()
