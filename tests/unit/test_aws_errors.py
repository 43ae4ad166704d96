"""What botocore raises, told apart by what has to be done about it."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)

from spot_failover.aws.errors import Call, translate, translated
from spot_failover.core.errors import (
    AccessDeniedError,
    GoneError,
    RefusedError,
    SessionExpiredError,
    SpotFailoverError,
    TransientError,
    UnclearError,
)
from tests.doubles.builders import WEB

CALL = Call("ecs:UpdateService", str(WEB), "arn:aws:iam::111111111111:role/CentralSpotAutomationRole")


def client_error(code: str, status: int = 400) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "UpdateService")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (client_error("AccessDeniedException"), AccessDeniedError),
        (client_error("AccessDenied", 403), AccessDeniedError),
        (client_error("ThrottlingException"), TransientError),
        (client_error("ProvisionedThroughputExceededException"), TransientError),
        (client_error("ThrottlingException", 503), TransientError),
        (client_error("ExpiredTokenException"), SessionExpiredError),
        (client_error("UnrecognizedClientException"), SessionExpiredError),
        (client_error("InvalidClientTokenId", 403), SessionExpiredError),
        (client_error("ServiceNotFoundException"), GoneError),
        (client_error("ServiceNotActiveException"), GoneError),
        (client_error("ClusterNotFoundException"), GoneError),
        (client_error("InvalidParameterException"), RefusedError),
        (client_error("UnsupportedFeatureException"), RefusedError),
        (client_error("ServerException", 500), UnclearError),
        (client_error("503", 503), UnclearError),
        (ReadTimeoutError(endpoint_url="https://ecs"), UnclearError),
        (ConnectTimeoutError(endpoint_url="https://ecs"), TransientError),
        (EndpointConnectionError(endpoint_url="https://ecs"), TransientError),
        (ParamValidationError(report="x"), RefusedError),
    ],
)
def test_each_error_says_what_to_do(error: ClientError | BotoCoreError, kind: type[SpotFailoverError]) -> None:
    assert type(translate(error, CALL)) is kind


@pytest.mark.parametrize("error", [client_error("AccessDenied"), client_error("X"), NoCredentialsError()])
def test_each_names_the_call_the_account_the_region_the_cluster_and_the_service(
    error: ClientError | BotoCoreError,
) -> None:
    text = str(translate(error, CALL))
    for name in ("ecs:UpdateService", "111111111111", "us-east-1", "shop", "web"):
        assert name in text


def test_a_denial_names_the_role_and_what_to_check() -> None:
    text = str(translate(client_error("AccessDeniedException"), CALL))
    for name in ("role/CentralSpotAutomationRole", "ExternalId", "permissions boundary", "service control policy"):
        assert name in text


def test_other_exceptions_are_left_alone() -> None:
    with pytest.raises(KeyError), translated(CALL):
        raise KeyError("service")


def test_the_cause_is_kept() -> None:
    cause = client_error("InvalidParameterException")
    with pytest.raises(RefusedError) as caught, translated(CALL):
        raise cause
    assert caught.value.__cause__ is cause
