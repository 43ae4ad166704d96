"""From botocore's exceptions to what has to be done about them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ParamValidationError,
)

from spot_failover.core.errors import (
    AccessDeniedError,
    GoneError,
    RefusedError,
    SessionExpiredError,
    SpotFailoverError,
    TransientError,
    UnclearError,
)

_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
_THROTTLED = frozenset(
    {
        "ThrottlingException",
        "Throttling",
        "TooManyRequestsException",
        "RequestLimitExceeded",
        "ProvisionedThroughputExceededException",
        "RequestThrottled",
    }
)
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "UnrecognizedClientException", "InvalidClientTokenId"})
"""The last two answer a session whose role was deleted since, though one of its name was made anew."""
_GONE = frozenset({"ServiceNotFoundException", "ServiceNotActiveException", "ClusterNotFoundException"})
_SERVER_ERROR = 500


@dataclass(frozen=True)
class Call:
    """An AWS call, as error messages name it."""

    action: str
    """As IAM writes it: `ecs:UpdateService`."""
    subject: str
    """What it is about: a service with account, Region and cluster, or a table."""
    role: str = "the function's own role"


@contextmanager
def translated(call: Call) -> Iterator[None]:
    """Raise this package's errors in place of botocore's."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise translate(error, call) from error


def translate(error: ClientError | BotoCoreError, call: Call) -> SpotFailoverError:  # noqa: PLR0911 - a table
    """The error that tells what to do."""
    text = f"{call.action} for {call.subject}: {error}"
    if not isinstance(error, ClientError):
        if isinstance(error, ConnectTimeoutError | EndpointConnectionError):
            return TransientError(f"{text}. It never reached AWS; it is tried again.")
        if isinstance(error, ParamValidationError):
            return RefusedError(text)
        return UnclearError(f"{text}. The answer got lost; it is looked at and tried again.")
    code = error.response.get("Error", {}).get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _DENIED:
        return AccessDeniedError(
            f"{text}. Called by {call.role}: check that its policy allows {call.action} here, that its trust policy "
            "and ExternalId match the central account's, and that no permissions boundary or service control policy "
            "denies it."
        )
    if code in _THROTTLED:
        return TransientError(f"{text}. The quota is used up; it is tried again.")
    if code in _EXPIRED:
        return SessionExpiredError(f"{text}. The session has ended; a new one is made for the next try.")
    if code in _GONE:
        return GoneError(text)
    if status >= _SERVER_ERROR:
        return UnclearError(f"{text}. AWS failed; it is looked at and tried again.")
    return RefusedError(f"{text}. AWS refuses it as invalid: it is not tried again by itself.")
