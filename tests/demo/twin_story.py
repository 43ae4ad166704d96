"""A short run as the demo gathers it: a service behind a load balancer whose on-demand twin carries what it lacks."""

from __future__ import annotations

from typing import Any

from demo.evidence import ServiceId
from demo.expectations import CARRIED, Expectation
from tests.demo import story

WEB = story.WEB
TWIN = ServiceId(WEB.account, WEB.region, WEB.cluster, "web-twin")
EXPECTED = Expectation(WEB, "a twin", twin=TWIN, carries=3, reasons=CARRIED, failover_within=60)

LOSS, RETURN, END = story.LOSS, story.RETURN, story.LOSS + 3600
GROUP = "arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/shop-web/1"
MIXED = [
    {"capacityProvider": "FARGATE", "weight": 1, "base": 1},
    {"capacityProvider": "FARGATE_SPOT", "weight": 3, "base": 0},
]
ON_DEMAND = [{"capacityProvider": "FARGATE", "weight": 1, "base": 0}]
STEPS = ((5.0, 3), (2200.0, 2), (2500.0, 1), (2800.0, 0))
"""Seconds after the loss, and the count that the twin is asked for."""


def raw() -> dict[str, Any]:
    """The run's evidence, fresh each time so that a test may spoil it."""
    told = story.raw()
    counts = [_update(after, desired) for after, desired in STEPS]
    reasons = ("TWIN_RAISED", *["TWIN_STEPPED_DOWN"] * 3)
    return {
        **told,
        "ended_at": END,
        "target_groups": [{**story.place(name), "target_group": GROUP} for name in (WEB, TWIN)],
        "timeline": {
            "services": [_primary(), _twin()],
            "spot": told["timeline"]["spot"],
            "target_groups": [{"target_group": GROUP, "points": [_targets(*point) for point in COURSE]}],
            "interruptions": [{**story.place(WEB), "t": LOSS, "tasks": 3}],
        },
        "service_updates": counts,
        "deliveries": [story.delivery("e1", 4)],
        "decisions": [
            story.decision(WEB, after, "scale_twin", reason, None if position else "e1")
            for position, ((after, _), reason) in enumerate(zip(STEPS, reasons, strict=True))
        ],
        "records": [],
    }


COURSE = (
    (-300, 5, 0, 0),
    (0.001, 2, 0, 3),
    (35, 2, 3, 3),
    (45, 5, 0, 3),
    (60, 5, 0, 0),
    (1531, 5, 3, 0),
    (1541, 8, 0, 0),
    (2200, 7, 0, 1),
    (2500, 6, 0, 1),
    (2800, 5, 0, 1),
)
"""Seconds after the loss; healthy, not yet healthy, draining."""


def _targets(after: float, healthy: int, initial: int, draining: int) -> dict[str, Any]:
    return {"t": LOSS + after, "healthy": healthy, "initial": initial, "unhealthy": 0, "draining": draining}


def _primary() -> dict[str, Any]:
    points = [(-300, 3), (120, 0), (1531, 3)]
    return {
        **story.place(WEB),
        "points": [
            {"t": LOSS + after, "desired": 5, "running": {"FARGATE": 2, "FARGATE_SPOT": spot}, "strategy": MIXED}
            for after, spot in points
        ],
    }


def _twin() -> dict[str, Any]:
    points = [(-300, 0, 0), (5, 3, 0), (35, 3, 3), (2200, 2, 2), (2500, 1, 1), (2800, 0, 0)]
    return {
        **story.place(TWIN),
        "points": [
            {"t": LOSS + after, "desired": desired, "running": {"FARGATE": running}, "strategy": ON_DEMAND}
            for after, desired, running in points
        ],
    }


def _update(after: float, desired: int) -> dict[str, Any]:
    return {
        "time": LOSS + after,
        **story.place(TWIN),
        "api": "UpdateService",
        "principal_arn": story.AUTOMATION,
        "strategy": ON_DEMAND,
        "force_new_deployment": False,
        "desired": desired,
    }
