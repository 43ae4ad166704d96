"""What a function does in a recursive loop, which moto has not: kept as it was put. No loop is detected here."""

from __future__ import annotations

import json

from moto.awslambda import urls
from moto.awslambda.exceptions import InvalidParameterValueException
from moto.awslambda.models import LambdaFunction
from moto.awslambda.responses import LambdaResponse

_CONFIG = r"{0}/(?P<api_version>[^/]+)/functions/(?P<function_name>[\w_:%-]+)/recursion-config$"
_WAYS = ("Allow", "Terminate")
_KEPT = "recursive_loop"


def install() -> None:
    """Answer PutFunctionRecursionConfig and GetFunctionRecursionConfig (Lambda API reference)."""
    urls.url_paths.setdefault(_CONFIG, LambdaResponse.dispatch)
    LambdaResponse.put_function_recursion_config = _put  # type: ignore[attr-defined]
    LambdaResponse.get_function_recursion_config = _get  # type: ignore[attr-defined]


def _put(self: LambdaResponse) -> str:
    way = json.loads(self.body).get("RecursiveLoop")
    if way not in _WAYS:
        raise InvalidParameterValueException(f"RecursiveLoop is {way!r}, none of {', '.join(_WAYS)}")
    setattr(_function(self), _KEPT, way)
    return _get(self)


def _get(self: LambdaResponse) -> str:
    return json.dumps({"RecursiveLoop": getattr(_function(self), _KEPT, "Terminate")})


def _function(self: LambdaResponse) -> LambdaFunction:
    return self.backend.get_function(self.path.split("/")[-2])
