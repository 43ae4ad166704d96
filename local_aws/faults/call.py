"""Which AWS call a request is: service and action, read off the request itself."""

from __future__ import annotations

import re
from urllib.parse import parse_qs

from local_aws.world import Environ

_SCOPE = re.compile(r"Credential=[^/,]+/\d{8}/[^/,]+/(?P<service>[^/,]+)/aws4_request")
_RPC_PATH = re.compile(r"^/service/[^/]+/operation/(?P<api>[^/]+)$")


def action(environ: Environ) -> str:
    """The call as IAM writes it (`ecs:UpdateService`); for a REST API method and path in place of the action."""
    return f"{_service(environ)}:{_api(environ)}"


def attempt_of(environ: Environ) -> str:
    """What all attempts of one call have in common: SDKs send it, so that AWS can tell retries from calls."""
    return str(environ.get("HTTP_AMZ_SDK_INVOCATION_ID", ""))


def speaks_xml(environ: Environ) -> bool:
    """Whether the call is of a query API, whose errors are XML."""
    return str(environ.get("CONTENT_TYPE", "")).startswith("application/x-www-form-urlencoded")


def _service(environ: Environ) -> str:
    match = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    return match["service"] if match else "unsigned"


def _api(environ: Environ) -> str:
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        return str(target).rpartition(".")[2]
    if match := _RPC_PATH.match(environ["PATH_INFO"]):
        return str(match["api"])
    if speaks_xml(environ):
        names = parse_qs(environ["wsgi.input"].getvalue().decode(errors="replace")).get("Action")
        if names:
            return str(names[0])
    return f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
