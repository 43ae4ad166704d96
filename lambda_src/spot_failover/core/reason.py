"""Reason codes and actions: the same words in logs, metrics, records and tests."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why a decision was made."""

    MALFORMED_EVENT = "MALFORMED_EVENT"
    FOREIGN_RESOURCE = "FOREIGN_RESOURCE"
    DISABLED = "DISABLED"
    EVENT_TOO_OLD = "EVENT_TOO_OLD"
    STALE_EVENT = "STALE_EVENT"
    NOT_SPOT = "NOT_SPOT"
    STANDALONE_TASK = "STANDALONE_TASK"
    OUT_OF_SCOPE = "OUT_OF_SCOPE"
    HELD = "HELD"
    SERVICE_GONE = "SERVICE_GONE"
    BUSY = "BUSY"
    UNSUPPORTED_CONTROLLER = "UNSUPPORTED_CONTROLLER"
    SCALED_TO_ZERO = "SCALED_TO_ZERO"
    NO_ACTIVE_SPOT = "NO_ACTIVE_SPOT"
    NOT_SHORT = "NOT_SHORT"
    FALLBACK_PROVIDER_MISSING = "FALLBACK_PROVIDER_MISSING"
    FALLBACK_IMPOSSIBLE = "FALLBACK_IMPOSSIBLE"
    FALLBACK_SHORT = "FALLBACK_SHORT"
    FALLBACK_STARTING = "FALLBACK_STARTING"
    FAILED_OVER = "FAILED_OVER"
    FAILOVER_ROLLED_BACK = "FAILOVER_ROLLED_BACK"
    INTERRUPTED_SHORT = "INTERRUPTED_SHORT"
    REDEPLOYED = "REDEPLOYED"
    REDEPLOY_TOO_SOON = "REDEPLOY_TOO_SOON"
    ALREADY_REPLACING = "ALREADY_REPLACING"
    RESPONSE_NONE = "RESPONSE_NONE"
    RESTORE_STARTED = "RESTORE_STARTED"
    RESTORE_WAITING = "RESTORE_WAITING"
    RESTORE_FAILED = "RESTORE_FAILED"
    RESTORE_DEPLOYMENT_FAILED = "RESTORE_DEPLOYMENT_FAILED"
    RESTORE_LIMIT = "RESTORE_LIMIT"
    RESTORE_WINDOW = "RESTORE_WINDOW"
    POOL_OPEN = "POOL_OPEN"
    POOL_BUSY = "POOL_BUSY"
    FAILOVER_LIMIT = "FAILOVER_LIMIT"
    STUCK = "STUCK"
    RESTORE_OVERRULED = "RESTORE_OVERRULED"
    RESTORED = "RESTORED"
    RESTORED_AT_ZERO = "RESTORED_AT_ZERO"
    DEPLOYMENT_IN_PROGRESS = "DEPLOYMENT_IN_PROGRESS"
    UNSAFE_TO_RESTORE = "UNSAFE_TO_RESTORE"
    SUPERSEDED = "SUPERSEDED"
    NOT_DUE = "NOT_DUE"


class Action(StrEnum):
    """What a decision asks for. Only the first three change an ECS service."""

    FAIL_OVER = "fail_over"
    RESTORE = "restore"
    REDEPLOY = "redeploy"
    CONFIRM = "confirm"
    """Write down that an intent's call has taken effect."""
    GIVE_UP = "give_up"
    """Take an intent to restore back: the service stays on the fallback."""
    CLOSE = "close"
    """The record has done its work."""
    HOLD = "hold"
    """Leave the service alone until an operator releases it."""
    WAIT = "wait"
    RETRY = "retry"
    ALERT = "alert"
    IGNORE = "ignore"
    DEAD_LETTER = "dead_letter"

    @property
    def changes_service(self) -> bool:
        """Whether carrying it out calls UpdateService."""
        return self in {Action.FAIL_OVER, Action.RESTORE, Action.REDEPLOY}
