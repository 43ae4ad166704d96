"""The POLICY setting as Terraform writes it, complete and right."""

from __future__ import annotations

from typing import Any


def policy_object() -> dict[str, Any]:
    """Fresh each time, so that a test may spoil it."""
    return {
        "enabled": True,
        "mode": "act",
        "enrollment": "opt_out",
        "fallback_pairs": {"FARGATE_SPOT": "FARGATE"},
        "fallback_weight": 10,
        "scope": {
            "accounts": [],
            "exclude_accounts": [],
            "clusters": [],
            "exclude_clusters": [],
            "services": [],
            "exclude_services": [],
        },
        "account_overrides": {},
        "max_event_age_minutes": 15,
        "failover_deadline_minutes": 15,
        "spot_interruption": {
            "response": "auto",
            "min_interval_minutes": 10,
            "failover_after": 3,
            "failover_percent": 50,
            "window_minutes": 10,
        },
        "max_failovers_per_hour": 0,
        "restore": {
            "profile": "balanced",
            "initial_delay_minutes": 5,
            "factor": 2,
            "max_delay_minutes": 60,
            "patience_minutes": 120,
            "stable_for_minutes": 60,
            "max_per_day": 48,
            "max_proving": 10,
            "max_postpone_minutes": 60,
            "allow_disruption": False,
            "probe_minutes": 10,
        },
        "sweep": {"threshold_minutes": 10, "silent_after_minutes": 15},
        "failover_service": {
            "enabled": False,
            "max_tasks": 100,
            "whole_for_minutes": 10,
            "step_percent": 25,
            "step_wait_minutes": 2,
        },
        "task_set": {
            "enabled": False,
            "state_machine_name": "controlled-scaledown",
            "wait_for_service_seconds": 600,
            "scaledown_decrement": 10,
            "scaledown_wait_seconds": 60,
        },
        "synthetic_events": {"enabled": False, "sources": ["test.aws.ecs"], "act_from_central": False},
    }
