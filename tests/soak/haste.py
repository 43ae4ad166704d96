"""Moto answers the same in less time: a month is a million answers, most of them plain dictionaries."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from typing import Any
from unittest.mock import patch

from botocore.auth import SigV4Auth
from botocore.client import ClientCreator
from botocore.endpoint import EndpointCreator
from botocore.hooks import EventAliaser, HierarchicalEmitter, NodeList
from botocore.useragent import UserAgentString
from moto.core import responses, utils
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.serialize import ResponseSerializer
from moto.dynamodb.responses import DynamoHandler
from moto.ecs.responses import EC2ContainerServiceResponse

from tests.soak.quick_tables import quick_tables
from tests.soak.shortcut import PLAIN, Request, short

_ANSWERS = {"ecs": EC2ContainerServiceResponse, "dynamodb": DynamoHandler}
"""By the first label of the host: moto itself tries hundreds of patterns."""


@contextmanager
def hasty() -> Iterator[None]:
    """Skip what costs time and changes nothing."""
    find, value_of = BotocoreStubber.process_request, ResponseSerializer.get_value

    def get_value(self: ResponseSerializer, value: Any, key: str, shape: Any) -> Any:
        plain = type(value) is dict and self.operation_model.service_model.service_name in PLAIN
        return value.get(key) if plain else value_of(self, value, key, shape)

    def process(self: BotocoreStubber, request: Any) -> Any:
        label, _, rest = request.url.removeprefix("https://").partition(".")
        if label not in _ANSWERS or not rest.endswith(".amazonaws.com/"):
            return find(self, request)
        plain = Request(request.method, request.url, request.headers, request.body)
        return _ANSWERS[label].dispatch(plain, plain.raw_url, plain.headers)

    def request_id(headers: dict[str, Any] | None = None) -> str:
        name = f"request-{next(requests)}"
        if headers is not None:
            headers["x-amzn-requestid"] = name
        return name

    # Most of what is made lives on to the end: looking for garbage in it again and again finds little.
    thresholds = gc.get_threshold()
    gc.set_threshold(200_000, 20, 100)
    names, requests = cache(utils.method_names_from_class), count()
    with (
        _quick_clients(),
        short(),
        quick_tables(),
        patch.object(ResponseSerializer, "get_value", get_value),
        patch.object(responses, "method_names_from_class", names),
        patch.object(BotocoreStubber, "process_request", process),
        patch.object(responses, "gen_amzn_requestid_long", request_id),
    ):
        try:
            yield
        finally:
            gc.set_threshold(*thresholds)


class _NoSession:
    """In place of botocore's connections: moto answers every request before one is wanted."""

    def __init__(self, **_named: Any) -> None:
        pass

    @staticmethod
    def send(request: Any) -> Any:
        raise AssertionError(f"nobody here answers {request.url}")

    @staticmethod
    def close() -> None:
        pass


@contextmanager
def _quick_clients() -> Iterator[None]:
    """Botocore makes a client, names its events and signs in less time."""
    aliaser: Any = EventAliaser
    emitter: Any = HierarchicalEmitter()
    new_class, aliased = ClientCreator.create_client_class, aliaser._alias_event_name
    make_endpoint = EndpointCreator.create_endpoint
    classes: dict[str, Any] = {}
    names: dict[str, str] = {}

    def client_class(self: ClientCreator, service: str, *rest: Any, **named: Any) -> Any:
        if service not in classes:
            classes[service] = new_class(self, service, *rest, **named)
        return classes[service]

    def add_auth(self: Any, request: Any) -> None:
        """Who asks, without the proof: nobody here verifies signatures."""
        keys = self.credentials
        scope = f"{keys.access_key}/20260301/{self._region_name}/{self._service_name}/aws4_request"
        for name in ("Authorization", "X-Amz-Security-Token"):
            del request.headers[name]  # of the try before
        request.headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
        if keys.token:
            request.headers["X-Amz-Security-Token"] = keys.token

    def alias(self: Any, name: str) -> str:
        """What an event is called depends on nothing else: one client remembers for all."""
        if name not in names:
            names[name] = str(aliased(self, name))
        return names[name]

    def copy_node(self: Any, node: dict[str, Any]) -> dict[str, Any]:
        """Botocore asks `copy` what to do with each list."""
        return {
            key: NodeList(*map(list, value))
            if type(value) is NodeList
            else copy_node(self, value)
            if type(value) is dict
            else value
            for key, value in node.items()
        }

    def endpoint(self: Any, service: Any, **named: Any) -> Any:
        """No connection is ever made: this machine's certificates and proxies need not be read."""
        return make_endpoint(self, service, **{**named, "proxies": {}, "http_session_cls": _NoSession})

    with (
        patch.object(ClientCreator, "create_client_class", client_class),
        patch.object(SigV4Auth, "add_auth", add_auth),
        patch.object(EventAliaser, "_alias_event_name", alias),
        patch.object(type(emitter._handlers), "_recursive_copy", copy_node),
        patch.object(EndpointCreator, "create_endpoint", endpoint),
        patch.object(UserAgentString, "to_string", lambda _: "soak"),
    ):
        yield
