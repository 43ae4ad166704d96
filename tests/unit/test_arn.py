"""Amazon Resource Names as AWS writes them."""

from __future__ import annotations

import pytest

from spot_failover.core.arn import Arn
from spot_failover.core.errors import MalformedEventError

SERVICE = "arn:aws:ecs:us-east-1:111111111111:service/shop/web"


def test_the_parts() -> None:
    arn = Arn.parse(SERVICE)
    assert (arn.partition, arn.service, arn.region, arn.account) == ("aws", "ecs", "us-east-1", "111111111111")
    assert (arn.kind, arn.path, arn.name) == ("service", ("shop", "web"), "web")


@pytest.mark.parametrize(
    "text",
    [
        SERVICE,
        "arn:aws:iam::111111111111:role/spot-failover",
        "arn:aws:s3:::bucket",
        "arn:aws:logs:us-east-1:111111111111:log-group:/aws/lambda/sweep:*",
    ],
)
def test_it_reads_as_it_was_written(text: str) -> None:
    assert str(Arn.parse(text)) == text


def test_a_resource_may_hold_colons() -> None:
    assert Arn.parse("arn:aws:ecs:us-east-1:111111111111:task-definition/web:7").name == "web:7"


@pytest.mark.parametrize(
    "text",
    [
        "urn:aws:ecs:us-east-1:111111111111:service/shop/web",
        "arn::ecs:us-east-1:111111111111:service/shop/web",
        "arn:aws::us-east-1:111111111111:service/shop/web",
        "arn:aws:ecs:us-east-1:111111111111:",
        "arn:aws:ecs:us-east-1:111111111111",
        "arn",
        "",
        None,
        7,
    ],
)
def test_anything_else_is_none(text: object) -> None:
    with pytest.raises(MalformedEventError, match="not an ARN"):
        Arn.parse(text)
