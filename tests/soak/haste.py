"""Moto answers the same in less time: a month is a million answers, most of them plain dictionaries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch

from botocore.client import ClientCreator
from botocore.useragent import UserAgentString
from moto.core import responses, utils
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.request import normalize_request
from moto.core.serialize import ResponseSerializer
from moto.dynamodb.models.dynamo_type import LimitedSizeDict
from moto.dynamodb.responses import DynamoHandler
from moto.ecs.responses import EC2ContainerServiceResponse

PLAIN = frozenset({"ecs", "dynamodb"})
"""Services whose answers are dictionaries with the API's own names: nothing in them is searched for by other names."""
_ANSWERS = {"ecs": EC2ContainerServiceResponse, "dynamodb": DynamoHandler}
"""By the first label of the host: moto itself tries hundreds of patterns."""


@contextmanager
def hasty() -> Iterator[None]:
    """Skip what costs time and changes nothing."""
    find, value_of = BotocoreStubber.process_request, ResponseSerializer.get_value
    new_class = ClientCreator.create_client_class
    classes: dict[str, Any] = {}

    def get_value(self: ResponseSerializer, value: Any, key: str, shape: Any) -> Any:
        plain = type(value) is dict and self.operation_model.service_model.service_name in PLAIN
        return value.get(key) if plain else value_of(self, value, key, shape)

    def client_class(self: ClientCreator, service: str, *rest: Any, **named: Any) -> Any:
        if service not in classes:
            classes[service] = new_class(self, service, *rest, **named)
        return classes[service]

    def process(self: BotocoreStubber, request: Any) -> Any:
        label, _, rest = request.url.removeprefix("https://").partition(".")
        if label not in _ANSWERS or not rest.endswith(".amazonaws.com/"):
            return find(self, request)
        normalized = normalize_request(request)
        return _ANSWERS[label].dispatch(normalized, normalized.raw_url, normalized.headers)

    def set_item(self: LimitedSizeDict, key: str, value: Any) -> None:
        dict.__setitem__(self, key, value)  # no record comes near DynamoDB's 400 KB

    names = cache(utils.method_names_from_class)
    with (
        patch.object(ResponseSerializer, "get_value", get_value),
        patch.object(ClientCreator, "create_client_class", client_class),
        patch.object(responses, "method_names_from_class", names),
        patch.object(BotocoreStubber, "process_request", process),
        patch.object(LimitedSizeDict, "__setitem__", set_item),
        patch.object(UserAgentString, "to_string", lambda _: "soak"),
    ):
        yield
