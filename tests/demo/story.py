"""A short run as the demo gathers it: one service that moves and comes back, one that is left alone."""

from __future__ import annotations

from typing import Any

from demo.evidence import ServiceId

WEB = ServiceId("111111111111", "us-east-1", "shop", "web")
LEGACY = ServiceId("111111111111", "us-east-1", "shop", "legacy")

LOSS = 1_700_000_000.0
RETURN = LOSS + 1500
END = LOSS + 2400
QUEUE = "arn:aws:sqs:us-east-1:123456789012:fargate-spot-placement-failure-queue"
AUTOMATION = "arn:aws:sts::111111111111:assumed-role/CentralSpotAutomationRole/failover"
TEAM = "arn:aws:sts::111111111111:assumed-role/OrganizationAccountAccessRole/team"

SPOT = [{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}]
FALLBACK = [
    {"capacityProvider": "FARGATE_SPOT", "weight": 0, "base": 0},
    {"capacityProvider": "FARGATE", "weight": 10, "base": 0},
]


def raw() -> dict[str, Any]:
    """The run's evidence, fresh each time so that a test may spoil it."""
    return {
        "scenario": "failover",
        "loss_at": LOSS,
        "return_at": RETURN,
        "ended_at": END,
        "target_groups": [],
        "automation_role": "CentralSpotAutomationRole",
        "queues": [QUEUE],
        "timeline": {
            "services": [
                _timeline(
                    WEB,
                    4,
                    [
                        (-300, 0, 0, SPOT),
                        (-200, 4, 0, SPOT),
                        (40, 4, 0, FALLBACK),
                        (90, 4, 3, FALLBACK),
                        (120, 0, 3, FALLBACK),
                        (130, 0, 4, FALLBACK),
                        (420, 0, 4, SPOT),
                        (1530, 4, 4, SPOT),
                        (1560, 4, 0, SPOT),
                    ],
                ),
                _timeline(LEGACY, 2, [(-300, 2, 0, SPOT), (120, 0, 0, SPOT), (1530, 2, 0, SPOT)]),
            ],
            "target_groups": [],
            "interruptions": [],
            "spot": [
                {
                    "account": WEB.account,
                    "region": WEB.region,
                    "provider": "FARGATE_SPOT",
                    "points": [{"t": LOSS, "capacity": 0}, {"t": RETURN, "capacity": None}],
                }
            ],
        },
        "service_updates": [
            _update(-310, WEB, "CreateService", TEAM, SPOT),
            _update(-310, LEGACY, "CreateService", TEAM, SPOT),
            _update(40, WEB, "UpdateService", AUTOMATION, FALLBACK),
            _update(420, WEB, "UpdateService", AUTOMATION, SPOT),
        ],
        "deliveries": [delivery("e1", 35), delivery("e2", 36), delivery("e3", 37)],
        "decisions": [
            decision(WEB, 40, "fail_over", "FAILED_OVER", "e1"),
            decision(WEB, 41, "retry", "BUSY", "e2"),
            decision(LEGACY, 42, "ignore", "OUT_OF_SCOPE", "e3"),
            decision(WEB, 70, "ignore", "STALE_EVENT", "e2"),
            decision(WEB, 420, "restore", "RESTORE_STARTED"),
            decision(WEB, 1620, "close", "RESTORED"),
        ],
        "errors": [],
        "records": [{"id": "111111111111::shop::web", "region": "us-east-1", "phase": "closed"}],
        "dead_letters": {"fargate-spot-placement-failure-queue-dlq (123456789012, us-east-1)": 0},
    }


def decision(service: ServiceId, after: float, action: str, reason: str, event: str | None = None) -> dict[str, Any]:
    """A function's log line about ``service``, so many seconds after the loss."""
    return {
        "time": LOSS + after,
        "function": "placement_failure" if event else "restore",
        "action": action,
        "reason": reason,
        **place(service),
        **({"event_id": event} if event else {}),
    }


def delivery(event: str, after: float, outcome: str = "delivered", target: str = QUEUE) -> dict[str, Any]:
    """An event's arrival at a target."""
    return {
        "time": LOSS + after,
        "target_arn": target,
        "event_id": event,
        "detail_type": "ECS Service Action",
        "outcome": outcome,
        "reason": "",
    }


def _timeline(service: ServiceId, desired: int, points: list[tuple[float, int, int, Any]]) -> dict[str, Any]:
    return {
        **place(service),
        "points": [
            {
                "t": LOSS + after,
                "desired": desired,
                "running": {"FARGATE_SPOT": spot, "FARGATE": on_demand},
                "strategy": strategy,
            }
            for after, spot, on_demand, strategy in points
        ],
    }


def _update(after: float, service: ServiceId, api: str, principal: str, strategy: Any) -> dict[str, Any]:
    return {
        "time": LOSS + after,
        **place(service),
        "api": api,
        "principal_arn": principal,
        "strategy": strategy,
        "force_new_deployment": api == "UpdateService",
        "desired": None,
    }


def place(service: ServiceId) -> dict[str, str]:
    """How local_aws and the log lines name a service."""
    return {
        "account": service.account,
        "region": service.region,
        "cluster": service.cluster,
        "service": service.name,
    }
