"""The environment of a function, read once at its start. Nothing else looks at `os.environ`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from spot_failover.core.errors import SettingsError
from spot_failover.core.notification_format import Format
from spot_failover.core.policy import Policy
from spot_failover.core.policy_parser import parse_policy


@dataclass(frozen=True)
class Settings:
    """What Terraform tells a function."""

    state_table: str
    automation_role: str
    """Name of the role in every workload account, with its path and without a leading slash."""
    external_id: str
    central_account: str
    event_bus: str
    """Name of the central event bus, where audit events go; it is the installation's name in metrics too."""
    policy: Policy
    dead_letter_queue_url: str | None = None
    """Only functions that read a queue have one."""
    sweep_queue_url: str | None = None
    """Only the sweep function has one."""
    topic_arn: str | None = None
    """Where people are told. Only the restore function has one, and it too may have none."""
    notification_format: Format = Format.TEXT

    @classmethod
    def from_env(cls, env: Mapping[str, str], *, reads_queue: bool, sweeps: bool = False) -> Settings:
        """Read the environment.

        Raises
        ------
        SettingsError
            Names the variable that is missing or wrong.
        """
        return cls(
            state_table=_text(env, "STATE_TABLE_NAME", r"[\w.-]{3,255}", "the name of the state table"),
            automation_role=_text(
                env,
                "AUTOMATION_ROLE_NAME",
                r"(?!arn:)([\x21-\x7e]+/)?[\w+=,.@-]{1,64}",
                "a role's name, path included, not its ARN",
            ),
            external_id=_text(
                env, "EXTERNAL_ID", r"[\w+=,.@:/-]{2,1224}", "the ExternalId of the automation role's trust"
            ),
            central_account=_text(env, "CENTRAL_ACCOUNT_ID", r"\d{12}", "12 digits"),
            event_bus=_text(env, "EVENT_BUS_NAME", r"[\w./-]{1,256}", "the name of the central event bus"),
            policy=parse_policy(_text(env, "POLICY", r"(?s).+", "the policy as JSON")),
            dead_letter_queue_url=_text(
                env, "DEAD_LETTER_QUEUE_URL", r"https?://\S+", "the URL of the dead-letter queue"
            )
            if reads_queue
            else None,
            sweep_queue_url=_text(env, "SWEEP_QUEUE_URL", r"https?://\S+", "the URL of the sweep's own queue")
            if sweeps
            else None,
            topic_arn=_text(
                env, "NOTIFICATION_TOPIC_ARN", r"arn:[\w-]+:sns:[\w-]+:\d{12}:[\w.-]+", "the ARN of a topic"
            )
            if "NOTIFICATION_TOPIC_ARN" in env
            else None,
            notification_format=Format(
                _text(env, "NOTIFICATION_FORMAT", "|".join(Format), f"one of {', '.join(Format)}")
                if "NOTIFICATION_FORMAT" in env
                else Format.TEXT
            ),
        )


@dataclass(frozen=True)
class ScaledownSettings:
    """What Terraform tells a function of the controlled scale-down."""

    ledger_table: str
    time_limit: int
    """Seconds that an execution may take before all is put back."""
    longest_step: int
    """Seconds that one invocation may take."""

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> ScaledownSettings:
        """Read the environment.

        Raises
        ------
        SettingsError
            Names the variable that is missing or wrong.
        """
        return cls(
            ledger_table=_text(env, "LEDGER_TABLE_NAME", r"[\w.-]{3,255}", "the name of the ledger's table"),
            time_limit=60 * int(_text(env, "TIME_LIMIT_MINUTES", r"[1-9]\d{0,5}", "a whole number of minutes")),
            longest_step=int(_text(env, "LONGEST_STEP_SECONDS", r"[1-9]\d{0,2}", "a whole number of seconds")),
        )


def _text(env: Mapping[str, str], name: str, pattern: str, right: str) -> str:
    value = env.get(name)
    if value is None:
        raise SettingsError(f"{name}: missing from the function's environment; must be {right}")
    if not re.fullmatch(pattern, value):
        raise SettingsError(f"{name}: got {value!r}; must be {right}")
    return value
