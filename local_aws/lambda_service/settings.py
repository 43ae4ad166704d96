"""Function settings that moto drops, kept beside its function objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from moto.awslambda.exceptions import InvalidParameterValueException
from moto.awslambda.models import LambdaFunction

# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
RESERVED_VARIABLES = frozenset(
    {
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_DEFAULT_REGION",
        "AWS_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_LAMBDA_RUNTIME_API",
        "LAMBDA_TASK_ROOT",
        "LAMBDA_RUNTIME_DIR",
    }
)
ENVIRONMENT_LIMIT = 4096  # bytes of names and values together


@dataclass(frozen=True)
class Logging:
    """A function's LoggingConfig. ``group`` None: /aws/lambda/NAME."""

    format: str = "Text"
    group: str | None = None
    application_level: str | None = None
    system_level: str | None = None

    @classmethod
    def parse(cls, config: Mapping[str, Any] | None) -> Self:
        """Read the API's LoggingConfig."""
        config = config or {}
        json_format = config.get("LogFormat") == "JSON"
        return cls(
            config.get("LogFormat") or "Text",
            config.get("LogGroup") or None,
            config.get("ApplicationLogLevel") or ("INFO" if json_format else None),
            config.get("SystemLogLevel") or ("INFO" if json_format else None),
        )

    def to_api(self, function_name: str) -> dict[str, Any]:
        """The API's LoggingConfig, defaults filled in as Lambda does."""
        levels = {"ApplicationLogLevel": self.application_level, "SystemLogLevel": self.system_level}
        return {
            "LogFormat": self.format,
            "LogGroup": self.group or f"/aws/lambda/{function_name}",
            **{name: level for name, level in levels.items() if level is not None},
        }


@dataclass(frozen=True)
class Settings:
    """What moto's LambdaFunction has no place for. ``dead_letter_arn``: a queue or topic."""

    logging: Logging = Logging()
    dead_letter_arn: str | None = None


_ATTRIBUTE = "local_aws_settings"


def settings_of(function: LambdaFunction) -> Settings:
    """The settings kept with a function (copies of it, as versions are, have them too)."""
    kept = function.__dict__.get(_ATTRIBUTE)
    return kept if isinstance(kept, Settings) else Settings()


def keep_settings(function: LambdaFunction, spec: Mapping[str, Any]) -> None:
    """Take what CreateFunction or UpdateFunctionConfiguration says of them; what it leaves out stays."""
    settings = settings_of(function)
    if "LoggingConfig" in spec:
        settings = replace(settings, logging=Logging.parse(spec["LoggingConfig"]))
    if "DeadLetterConfig" in spec:
        settings = replace(settings, dead_letter_arn=(spec["DeadLetterConfig"] or {}).get("TargetArn") or None)
    function.__dict__[_ATTRIBUTE] = settings


def check_spec(spec: Mapping[str, Any]) -> None:
    """Refuse what Lambda refuses, and what this service can't run.

    Raises
    ------
    InvalidParameterValueException
        As the API has it.
    """
    variables: Mapping[str, str] = (spec.get("Environment") or {}).get("Variables") or {}
    reserved = sorted(RESERVED_VARIABLES & variables.keys())
    if reserved:
        raise InvalidParameterValueException(
            "Lambda was unable to configure your environment variables because the environment variables you have "
            "provided contains reserved keys that are currently not supported for modification. Reserved keys used "
            f"in this request: {', '.join(reserved)}"
        )
    if sum(len(name.encode()) + len(value.encode()) for name, value in variables.items()) > ENVIRONMENT_LIMIT:
        raise InvalidParameterValueException(
            "Lambda was unable to configure your environment variables because the environment variables you have "
            f"provided exceeded the 4KB limit. String measured: {len(str(variables))}"
        )
    if not str(spec.get("Runtime") or "python").startswith("python"):
        raise InvalidParameterValueException(f"local_aws runs Python functions only, not {spec['Runtime']}")
    if spec.get("Layers") or spec.get("PackageType") == "Image":
        raise InvalidParameterValueException("local_aws runs functions from zip files, without layers")
