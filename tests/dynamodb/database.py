"""A DynamoDB with an empty state table in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import boto3
from botocore.config import Config

from spot_failover.aws.clients import RETRIED
from spot_failover.aws.state_table import StateTable
from tests.dynamodb.definition import state_table
from tests.handlers.aws_account import REGION

_ONCE = Config(read_timeout=300, retries={"total_max_attempts": 1})
"""Making a table can take seconds; asked for again meanwhile, it would be there already."""


@dataclass(frozen=True)
class Database:
    """Where the table is. No endpoint: in this process, with moto."""

    endpoint: str | None
    table: str

    def connect(self, config: Config = RETRIED) -> Any:
        """A client, with the settings of the functions' own unless others are given."""
        return boto3.client("dynamodb", region_name=REGION, endpoint_url=self.endpoint, config=config)

    def records(self, client: Any = None) -> StateTable:
        """The product's adapter."""
        return StateTable(client or self.connect(), self.table, lambda: str(uuid4()))


def with_state_table(endpoint: str | None) -> Database:
    """Make the table, under a name of its own, as Terraform defines it."""
    database = Database(endpoint, f"state-{uuid4()}")
    client, definition = database.connect(_ONCE), state_table()
    client.create_table(TableName=database.table, **definition.create)
    client.update_time_to_live(
        TableName=database.table,
        TimeToLiveSpecification={"Enabled": True, "AttributeName": definition.ttl_attribute},
    )
    return database
