"""Refusals in the words and the wire format of the service that was called."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

from moto.core.utils import get_service_model
from werkzeug.exceptions import HTTPException

from local_aws.iam.actions.rows import Call

_FORBIDDEN, _BAD_REQUEST = 403, 400


class RefusalError(Exception):
    """An answer instead of the one that was asked for. `json_code` and `xml_code`: AWS's names for it, by protocol.

    `status` is for REST APIs, whose refusals are 403 if nothing else is said.
    """

    def __init__(self, json_code: str, xml_code: str, message: str, status: int = _FORBIDDEN) -> None:
        super().__init__(message)
        self.json_code, self.xml_code, self.message, self.status = json_code, xml_code, message, status


def unknown_credentials() -> RefusalError:
    """Make the answer to an access key that nobody issued, or a session token that is not its own."""
    text = "The security token included in the request is invalid."
    return RefusalError("UnrecognizedClientException", "InvalidClientTokenId", text)


def expired_credentials() -> RefusalError:
    """Make the answer to a session that is over."""
    return RefusalError(
        "ExpiredTokenException", "ExpiredToken", "The security token included in the request is expired"
    )


def missing_credentials() -> RefusalError:
    """Make the answer to a request without a signature."""
    text = "Request is missing Authentication Token"
    return RefusalError("MissingAuthenticationTokenException", "MissingAuthenticationToken", text)


def denied(message: str) -> RefusalError:
    """Make the answer to a request that the policies do not allow."""
    return RefusalError("AccessDeniedException", "AccessDenied", message)


def invalid(message: str) -> RefusalError:
    """Make the answer to an allowed request with parameters that cannot be."""
    return RefusalError("ValidationException", "ValidationError", message)


def key_refused(call: Call, message: str) -> RefusalError:
    """Make the answer to a call that would need a customer key which it may not use, as the called service has it."""
    match call.service:
        case "sqs":
            return RefusalError("KmsAccessDenied", "KMS.AccessDeniedException", message)
        case "logs" if call.api == "CreateLogGroup":
            group = call.arn(f"log-group:{call.text('logGroupName')}")
            return denied(f"The specified KMS key does not exist or is not allowed to be used with Arn '{group}'")
        case "lambda":
            text = (
                "Lambda was unable to configure access to your environment variables because the KMS key is invalid "
                "for CreateGrant. Please check your KMS key settings. KMS Exception: AccessDeniedException "
                f"KMS Message: {message}"
            )
            return RefusalError("InvalidParameterValueException", "InvalidParameterValue", text, _BAD_REQUEST)
    return denied(message)


def http_error(response: Any, refusal: RefusalError) -> HTTPException:
    """Write a refusal as the protocol of the called service has it. `response` is moto's handler of the request."""
    model = get_service_model(response.boto3_service_name)
    protocol = response.determine_response_protocol(model)
    status, headers, body = _WRITERS[protocol](refusal)
    if protocol == "json":
        headers["Content-Type"] = f"application/x-amz-json-{model.metadata.get('jsonVersion', '1.0')}"
        if model.is_query_compatible:
            # SQS: SDKs take the code that the service had in its XML days from this header.
            headers["x-amzn-query-error"] = f"{refusal.xml_code};Sender"
    response.response_headers.update(headers)
    return _AnsweredError(status, headers, body)


class _AnsweredError(HTTPException):
    """Carries the answer: moto takes its description or, where it does not handle it (S3), asks for the body."""

    def __init__(self, status: int, headers: dict[str, str], body: str) -> None:
        super().__init__(description=body)
        self.code = status
        self._answer_headers, self._answer_body = headers, body

    def get_body(self, *_: Any, **__: Any) -> str:
        """Return the body of the answer."""
        return self._answer_body

    def get_headers(self, *_: Any, **__: Any) -> list[tuple[str, str]]:
        """Return the headers of the answer."""
        return list(self._answer_headers.items())


_Answer = tuple[int, dict[str, str], str]


def _json(refusal: RefusalError) -> _Answer:
    headers = {"x-amzn-ErrorType": refusal.json_code}
    return _BAD_REQUEST, headers, json.dumps({"__type": refusal.json_code, "message": refusal.message})


def _rest_json(refusal: RefusalError) -> _Answer:
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": refusal.json_code}
    return refusal.status, headers, json.dumps({"Message": refusal.message})


def _xml(template: str) -> Callable[[RefusalError], _Answer]:
    def write(refusal: RefusalError) -> _Answer:
        body = template.format(code=refusal.xml_code, message=escape(refusal.message))
        return _FORBIDDEN, {"Content-Type": "text/xml"}, body

    return write


_ERROR = "<Code>{code}</Code><Message>{message}</Message>"
_REQUEST = "<RequestId>00000000-0000-0000-0000-000000000000</RequestId>"

_WRITERS: dict[str, Callable[[RefusalError], _Answer]] = {
    "json": _json,
    "rest-json": _rest_json,
    "query": _xml(f"<ErrorResponse><Error><Type>Sender</Type>{_ERROR}</Error>{_REQUEST}</ErrorResponse>"),
    "query-json": _json,
    "ec2": _xml(f"<Response><Errors><Error>{_ERROR}</Error></Errors>{_REQUEST}</Response>"),
    "rest-xml": _xml(f"<Error>{_ERROR}{_REQUEST}</Error>"),
}
