"""Reads what moto has made of a request: the API, its parameters, the access key."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, unquote

from local_aws.iam.actions import PREFIXES, Call

_CREDENTIAL = re.compile(
    r"Credential=(?P<key>[^/,]+)/(?P<date>\d{8})/(?P<region>[^/,]+)/(?P<service>[^/,]+)/aws4_request"
)


def signed_by(response: Any) -> tuple[str, str] | None:
    """Return access key and service of the request's signature (SigV4); None without one."""
    match = _CREDENTIAL.search(response.headers.get("Authorization", ""))
    return (match["key"], match["service"]) if match else None


def session_token(response: Any) -> str | None:
    """Return the session token that came with the request."""
    token: str | None = response.headers.get("X-Amz-Security-Token")
    return token


def read_call(response: Any, service: str) -> Call:
    """Read the API call of a request. `response` is moto's handler, with the request set up in it."""
    api = response._get_action() or "UnknownOperation"
    return Call(
        PREFIXES.get(service, service),
        str(api),
        response.current_account,
        response.region,
        response.partition,
        _parameters(response),
    )


def _parameters(response: Any) -> Mapping[str, Any]:
    """Parameters by the names of the API model: from a JSON body, the path and the query, or as moto parsed them."""
    if _is_json(response):
        # DynamoDB's handler has its body parsed already.
        body = response.body if isinstance(response.body, dict) else json.loads(response.body or "{}")
        query = parse_qs(response.parsed_url.query)
        path = {name: unquote(str(value)) for name, value in (response.uri_match or {}).items()}
        return {name: values[0] for name, values in query.items()} | (body if isinstance(body, dict) else {}) | path
    if response.automated_parameter_parsing:
        params = response.params
        return params if isinstance(params, dict) else dict(params.original_dict())
    return {name: values[0] for name, values in response.querystring.items() if isinstance(values, list)}


def _is_json(response: Any) -> bool:
    """REST APIs send GETs without body or type; AWS's JSON has a type of its own."""
    kind: str = response.headers.get("Content-Type") or ""
    if "json" in kind:
        return True
    return not kind.startswith("application/x-www-form-urlencoded") and response.boto3_service_name == "lambda"
