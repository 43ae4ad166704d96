"""Worlds beside the plain one: what a result hangs on."""

from __future__ import annotations

from dataclasses import replace

from spotctl.simulation.ecs import Times
from spotctl.simulation.owners import Owners
from spotctl.simulation.product import Installation
from spotctl.simulation.run import Scenario

BASE = Scenario()
LOST = replace(BASE, name="30 % of all events lost", installation=Installation(lost=0.3))
SENSITIVITY = (
    BASE,
    LOST,
    replace(BASE, name="no placement failure is told", installation=Installation(lost_failures=1.0)),
    replace(BASE, name="the same, looked at 60 s after a notice", installation=Installation(60.0, lost_failures=1.0)),
    replace(BASE, name="no event at all: the sweep alone", installation=Installation(lost=1.0)),
    replace(BASE, name="slow starts: healthy after 120 to 180 s", times=Times(running=(90.0, 150.0))),
    replace(BASE, name="tasks drain for 5 minutes", times=Times(drain=330.0)),
    replace(BASE, name="ten releases a day", owners=Owners(releases=10.0)),
    replace(BASE, name="no releases, no autoscaling", owners=Owners(releases=0.0, swing=0.0)),
    replace(BASE, name="one service of 16 tasks", sizes=(16,)),
    replace(BASE, name="16 services of one task", sizes=(1,) * 16),
)
CROWD = replace(BASE, name="60 services of two tasks: quotas count", sizes=(2,) * 60)
"""A storm for the API quotas; it takes long, so only the shortest history gets it."""
