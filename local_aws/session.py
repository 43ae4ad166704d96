"""Clients of one account and Region, with credentials of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config

_NO_RETRIES = Config(retries={"total_max_attempts": 1, "mode": "standard"})


@dataclass(frozen=True)
class Session:
    """Like boto3's session: credentials of one account, in one Region."""

    endpoint_url: str | None
    boto: boto3.Session

    def client(self, service: str, **options: Any) -> Any:
        """A boto3 client for the service."""
        return self.boto.client(service, endpoint_url=self.endpoint_url, **{"config": _NO_RETRIES, **options})  # type: ignore[call-overload]


def variables(given: Mapping[str, str]) -> dict[str, str]:
    """Credentials as STS gives them, as environment variables."""
    return {
        "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
        "AWS_SESSION_TOKEN": given["SessionToken"],
    }
