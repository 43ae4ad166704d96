"""The tests' table is the one that Terraform makes."""

from __future__ import annotations

from typing import Any

import pytest
from moto import mock_aws

from spot_failover.aws.record_codec import DUE_PARTITION, encode
from spot_failover.aws.table import DUE_INDEX
from tests.dynamodb.database import Database
from tests.dynamodb.definition import FILE, state_table
from tests.dynamodb.full_record import full_record
from tests.handlers.aws_account import TABLE, make_table, use_made_up_credentials


def test_the_table_stands_as_it_is_defined(database: Database) -> None:
    client, defined = database.connect(), state_table()
    assert described(client, database.table) == comparable(defined.create)
    ttl = client.describe_time_to_live(TableName=database.table)["TimeToLiveDescription"]
    assert ttl == {"TimeToLiveStatus": "ENABLED", "AttributeName": defined.ttl_attribute}


def test_the_functions_tests_use_the_same_table(monkeypatch: pytest.MonkeyPatch) -> None:
    use_made_up_credentials(monkeypatch)
    with mock_aws():
        assert described(make_table(), TABLE) == comparable(state_table().create)


def test_an_item_has_what_the_table_and_its_index_and_its_time_to_live_read() -> None:
    item, defined = encode(full_record()), state_table()
    for attribute in defined.create["AttributeDefinitions"]:
        assert set(item[attribute["AttributeName"]]) == {attribute["AttributeType"]}
    assert [index["IndexName"] for index in defined.create["GlobalSecondaryIndexes"]] == [DUE_INDEX]
    assert item["due_partition"] == {"S": DUE_PARTITION}
    record = full_record()
    assert record.expires_at is not None
    assert item[defined.ttl_attribute] == {"N": str(int(record.expires_at.timestamp()))}


@pytest.mark.parametrize(
    ("there", "instead", "complaint"),
    [
        ("billing_mode ", 'table_class = "STANDARD"\n  billing_mode ', "table_class"),
        ('projection_type = "KEYS_ONLY"', 'projection_type = "INCLUDE"\n non_key_attributes = ["x"]', "non_key_attri"),
        ("  ttl {", "  local_secondary_index {\n  }\n\n  ttl {", "local_secondary_index"),
        ('hash_key                    = "id"', "hash_key = var.key", "no literal string"),
        ('resource "aws_dynamodb_table" "state"', 'resource "aws_dynamodb_table_item" "state"', "0 tables"),
        ("  attribute {", '  dynamic "attribute" {', "neither an argument nor a block"),
    ],
)
def test_a_definition_that_says_more_is_refused(there: str, instead: str, complaint: str) -> None:
    text = FILE.read_text()
    assert there in text
    with pytest.raises(ValueError, match=complaint):
        state_table(text.replace(there, instead, 1))


def described(client: Any, table: str) -> dict[str, Any]:
    description = client.describe_table(TableName=table)["Table"]
    return comparable(description | {"BillingMode": description["BillingModeSummary"]["BillingMode"]})


def comparable(table: dict[str, Any]) -> dict[str, Any]:
    return {
        "billing": table["BillingMode"],
        "keys": table["KeySchema"],
        "attributes": sorted((one["AttributeName"], one["AttributeType"]) for one in table["AttributeDefinitions"]),
        "indexes": [
            (index["IndexName"], index["KeySchema"], index["Projection"]) for index in table["GlobalSecondaryIndexes"]
        ],
    }
