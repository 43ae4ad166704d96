"""From moto's answer straight to what botocore gives its caller: no JSON in between, which is most of a call's cost.

Of calls of services that speak JSON. What the shape of the answer does not name is left out as on the way through
JSON, and every value becomes what it becomes there; `tests/soak/test_shortcut.py` compares both ways.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from functools import cache, lru_cache
from itertools import count
from typing import Any
from unittest.mock import patch

from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.parsers import JSONParser
from botocore.utils import parse_timestamp
from moto.core.responses import ActionContext, ActionResult
from moto.core.serialize import TimestampSerializer
from requests.structures import CaseInsensitiveDict

PLAIN = frozenset({"ecs", "dynamodb"})
"""Services whose answers are dictionaries with the API's own names: nothing in them is searched for by other names."""
MARK = b"\x00kept "
KEEP = 64
"""Answers that were made and never read: their caller was killed."""

Convert = Callable[[Any], Any]


class NotPlainError(Exception):
    """An answer holds an object of moto's own: it has to go the long way."""


@cache
def converter(shape: Shape) -> Convert:
    """What makes, of a value of moto's, the value that a caller gets."""
    if isinstance(shape, StructureShape):
        return _structure(shape)
    if isinstance(shape, ListShape):
        member = _later(shape.member)
        return lambda value: [convert(item) for convert in (member(),) for item in value]
    if isinstance(shape, MapShape):
        inner = _later(shape.value)
        return lambda value: {str(key): convert(item) for convert in (inner(),) for key, item in value.items()}
    match shape.type_name:
        case "string" | "character":
            return _string
        case "integer" | "long":
            return int
        case "float" | "double":
            return float
        case "boolean":
            return _boolean
        case "timestamp":
            return _timestamp
        case other:
            raise NotPlainError(other)


def _later(shape: Shape) -> Callable[[], Convert]:
    """The same, found when it is first wanted: a shape may hold itself."""
    return cache(lambda: converter(shape))


def _structure(shape: StructureShape) -> Convert:
    if shape.is_document_type or (shape.is_tagged_union and shape.name != "AttributeValue"):
        raise NotPlainError(shape.name)
    members = shape.members
    find = cache(lambda name: converter(members[name]))  # a shape may hold itself

    def convert(value: Any) -> Any:
        if type(value) is not dict:
            raise NotPlainError(f"{shape.name}: {type(value)}")
        # Most items have one attribute of ten; most services have most of theirs.
        if len(value) < len(members):
            return {name: find(name)(item) for name, item in value.items() if item is not None and name in members}
        return {name: find(name)(value[name]) for name in members if value.get(name) is not None}

    return convert


def _string(value: Any) -> Any:
    if isinstance(value, Enum):
        value = value.value
    return value if type(value) is str or value in ({}, []) else str(value)


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise NotPlainError(type(value))
    return value


_SECONDS = TimestampSerializer("unixtimestamp")


@lru_cache(maxsize=100_000)
def _timestamp(value: Any) -> Any:
    # A service tells the same points in time in each of its answers.
    return parse_timestamp(_SECONDS._convert_timestamp_to_str(value, "unixtimestamp"))


class Request:
    """What moto wants to know of a request, without a WSGI environment around it."""

    from_wsgi_server = False
    content_encoding = None
    form: Mapping[str, str] = {}
    files: Mapping[str, str] = {}
    values: Mapping[str, str] = {}
    path = raw_path = "/"

    def __init__(self, method: str, url: str, headers: Mapping[str, Any], body: bytes) -> None:
        self.method = method
        self.url = self.raw_url = url
        self.data = body
        self.headers = CaseInsensitiveDict(
            {name: value.decode() if isinstance(value, bytes) else value for name, value in headers.items()}
        )
        self.headers.setdefault("Host", url.removeprefix("https://").rstrip("/"))
        self.content_type: str = self.headers.get("Content-Type", "")


@contextmanager
def short() -> Iterator[None]:
    """Let answers of these services go the short way."""
    kept: dict[bytes, Any] = {}
    numbers = count()
    parser: Any = JSONParser
    serialize, parse = ActionResult.execute_result, parser._do_parse

    def execute_result(self: ActionResult, context: ActionContext) -> Any:
        shape = context.operation_model.output_shape
        plain = context.service_model.service_name in PLAIN and type(self.result) is dict
        if not plain or shape is None:
            return serialize(self, context)
        try:
            answer = converter(shape)(self.result)
        except NotPlainError:
            return serialize(self, context)
        name = b"%s%d" % (MARK, next(numbers))
        kept[name] = answer
        while len(kept) > KEEP:
            del kept[next(iter(kept))]
        return 200, {"Content-Type": "application/x-amz-json-1.1"}, name

    def do_parse(self: Any, response: Mapping[str, Any], shape: Shape) -> Any:
        if not response["body"].startswith(MARK):
            return parse(self, response, shape)
        parsed = kept.pop(response["body"])
        self._inject_response_metadata(parsed, response["headers"])
        return parsed

    with (
        patch.object(ActionResult, "execute_result", execute_result),
        patch.object(JSONParser, "_do_parse", do_parse),
    ):
        yield
