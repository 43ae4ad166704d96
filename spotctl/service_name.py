"""How a service is named on the command line."""

from __future__ import annotations

import re
from typing import Any

import click

from spot_failover.core.arn import Arn
from spot_failover.core.errors import MalformedEventError
from spot_failover.core.service_key import ServiceKey

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_ACCOUNT = re.compile(r"\d{12}")
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d+")


class ServiceName(click.ParamType[ServiceKey]):
    """A service's ARN in its long form, or `account/region/cluster/service`."""

    name = "service"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> ServiceKey:
        """Read it, or end with what is wrong with it."""
        if isinstance(value, ServiceKey):
            return value
        key = _from_arn(value) if value.startswith("arn:") else _from_path(value)
        if key is None:
            self.fail(
                f"{value!r} names no service: give account/region/cluster/service, such as "
                "123456789012/us-east-1/shop/web, or the service's ARN with its cluster, such as "
                "arn:aws:ecs:us-east-1:123456789012:service/shop/web",
                param,
                ctx,
            )
        return key


def _from_arn(text: str) -> ServiceKey | None:
    try:
        arn = Arn.parse(text)
    except MalformedEventError:
        return None
    long_form = 2
    if arn.service != "ecs" or arn.kind != "service" or len(arn.path) != long_form:
        return None
    return _checked(arn.account, arn.region, *arn.path)


def _from_path(text: str) -> ServiceKey | None:
    parts = text.split("/")
    return _checked(*parts) if len(parts) == 4 else None


def _checked(account: str, region: str, cluster: str, service: str) -> ServiceKey | None:
    fits = _ACCOUNT.fullmatch(account) and _REGION.fullmatch(region)
    fits = fits and _NAME.fullmatch(cluster) and _NAME.fullmatch(service)
    return ServiceKey(account, region, cluster, service) if fits else None


def short(key: ServiceKey) -> str:
    """The name in the form that every command takes."""
    return f"{key.account}/{key.region}/{key.cluster}/{key.service}"
