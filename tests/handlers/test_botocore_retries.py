"""How often botocore itself sends a request: never twice where that could change a service twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from spot_failover.aws.clients import ONCE, ONCE_TAKES, QUICK, RETRIED
from spot_failover.aws.ecs import EcsServices
from spot_failover.core.errors import UnclearError
from tests.doubles.builders import WEB
from tests.doubles.clock import START
from tests.handlers.aws_account import use_made_up_credentials
from tests.handlers.stubbed_clients import StubbedClients


@pytest.mark.parametrize(("config", "attempts"), [(ONCE, 1), (QUICK, 1), (RETRIED, 4)])
def test_how_often_botocore_itself_tries(monkeypatch: pytest.MonkeyPatch, config: Any, attempts: int) -> None:
    use_made_up_credentials(monkeypatch)
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _seconds: None)
    client, sent = boto3.client("ecs", region_name="us-east-1", config=config), []

    def fail(request: Any, **_: Any) -> AWSResponse:
        sent.append(request)
        raw: Any = type("Raw", (), {"stream": lambda *_a, **_k: iter([b"{}"]), "read": lambda *_a: b""})()
        return AWSResponse(request.url, 503, HTTPHeaders(), raw)

    hooks: Any = client.meta.events
    hooks.register("before-send.ecs", fail)
    clients = StubbedClients(client)
    services = EcsServices(clients, sleep=lambda _seconds: None, chance=lambda: 0.0)
    with pytest.raises(UnclearError):
        services.redeploy(WEB, START + timedelta(minutes=1))
    assert len(sent) == attempts


def test_how_long_one_call_takes_at_most() -> None:
    config: Any = ONCE
    assert timedelta(seconds=config.connect_timeout + config.read_timeout) == ONCE_TAKES
