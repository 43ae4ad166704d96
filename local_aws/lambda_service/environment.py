"""The environment variables of a sandbox: those of a Lambda function and no others."""

from __future__ import annotations

import os
from pathlib import Path

from local_aws.iam import Credentials
from local_aws.lambda_service.deployment import Deployment

# What this machine's Python itself may need to start.
_FROM_THIS_MACHINE = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")


def sandbox_environment(
    deployment: Deployment,
    credentials: Credentials,
    *,
    endpoint_url: str,
    log_stream: str,
    task_root: Path,
    runtime: Path,
    scratch: Path,
) -> dict[str, str]:
    """The deployed variables under those that Lambda sets, plus the way to local_aws.

    ``HOME`` and ``TMPDIR`` lie in the sandbox's own folder, so that the SDK finds no profile of this machine's user.
    """
    lambda_variables = {
        "_HANDLER": deployment.handler,
        "LAMBDA_TASK_ROOT": str(task_root),
        "LAMBDA_RUNTIME_DIR": str(runtime),
        "AWS_REGION": deployment.arn.region,
        "AWS_DEFAULT_REGION": deployment.arn.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{deployment.runtime}",
        "AWS_LAMBDA_FUNCTION_NAME": deployment.arn.name,
        "AWS_LAMBDA_FUNCTION_VERSION": deployment.version,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(deployment.memory),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": deployment.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": log_stream,
        "AWS_ACCESS_KEY_ID": credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
        "AWS_SESSION_TOKEN": credentials.session_token,
        "AWS_ENDPOINT_URL": endpoint_url,
    }
    if deployment.logging.format == "JSON":
        lambda_variables["AWS_LAMBDA_LOG_FORMAT"] = "JSON"
        lambda_variables["AWS_LAMBDA_LOG_LEVEL"] = deployment.logging.application_level or "INFO"
    machine = {name: os.environ[name] for name in _FROM_THIS_MACHINE if name in os.environ}
    return {
        **machine,
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        **dict(deployment.environment),
        **lambda_variables,
    }
