"""What the services' owners do meanwhile: releases, and autoscaling by the hour."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import pi, sin
from random import Random

from spotctl.simulation.ecs import Ecs
from spotctl.simulation.ecs_state import Service
from spotctl.simulation.meter import Meter

HOUR = 3600.0
STARTS_WITHIN = 180.0
"""A task that autoscaling asks for counts as missing from then on: any task takes its time to start."""
RETRY = 300.0
"""Scale-in that a deployment in progress holds up (Application Auto Scaling suspends it) is tried again after that."""


@dataclass(frozen=True)
class Owners:
    """How often owners release, in releases a day, and by how much autoscaling moves the desired count."""

    releases: float = 1.0
    swing: float = 0.25
    """Part of the tasks by which the daily wave goes up and down."""


class Ownership:
    """Lets the owners of services do it. Draws all times from its own chance: the same under every policy."""

    def __init__(self, ecs: Ecs, owners: Owners, random: Random, days: float) -> None:
        self._ecs = ecs
        for service in list(ecs.services.values()):
            for _ in range(round(owners.releases * days)):
                ecs.timeline.at(random.uniform(0, days * 86400), partial(self._release, service))
            if service.desired > 1 and owners.swing:
                self._scale_daily(service, owners.swing, random.uniform(0, HOUR), days)

    def _release(self, service: Service) -> None:
        """A new revision on whatever strategy the service has (`ignore_changes`)."""
        self._ecs.deploy(service, service.strategy)

    def _scale_daily(self, service: Service, swing: float, offset: float, days: float) -> None:
        base = service.desired
        for hour in range(round(days * 24)):
            wave = 1 + swing * sin(2 * pi * (hour - 9) / 24)
            self._ecs.timeline.at(hour * HOUR + offset, partial(self._want, service, max(1, round(base * wave))))

    def _want(self, service: Service, desired: int) -> None:
        meter, timeline = service.meter, self._ecs.timeline
        service.wished = desired
        if desired > meter.desired:
            timeline.after(STARTS_WITHIN, partial(self._owe, service, meter, desired))
        else:
            meter.want(timeline.now, desired)
        self._scale(service, desired)

    def _owe(self, service: Service, meter: Meter, desired: int) -> None:
        if service.wished == desired:
            meter.want(self._ecs.timeline.now, desired)

    def _scale(self, service: Service, desired: int) -> None:
        if service.wished != desired or service.desired == desired:
            return
        if desired < service.desired and service.rolling:
            self._ecs.timeline.after(RETRY, partial(self._scale, service, desired))
            return
        self._ecs.scale(service, desired)
