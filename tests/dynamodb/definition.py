"""The state table as Terraform defines it: read from the module's text, so that tests can't know another one.

The reader knows what the resource says today and refuses anything else: who adds an argument decides here whether it
changes what items may be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tools import paths

FILE = paths.ROOT / "modules" / "central" / "state.tf"
_RESOURCE = re.compile(r'^resource "aws_dynamodb_table" "\w+" \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)
_ARGUMENT = re.compile(r"(\w+)\s*=\s*(.+)")
_BLOCK = re.compile(r"(\w+) \{")
_LITERAL = re.compile(r'"([^"$]*)"')
# Names, protection, encryption and backups change nothing about what a write or a read does.
_WITHOUT_EFFECT = frozenset({"name", "deletion_protection_enabled", "tags"})
_BLOCKS_WITHOUT_EFFECT = frozenset({"point_in_time_recovery", "server_side_encryption"})


@dataclass(frozen=True)
class Block:
    """Arguments as they are written, blocks in their order."""

    name: str
    arguments: dict[str, str] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)

    def literal(self, name: str) -> str:
        """A string that stands there as it is, taken out: what is left at the end was not understood."""
        found = _LITERAL.fullmatch(self.arguments.pop(name))
        if found is None:
            raise ValueError(f"{name} of {self.name} is no literal string")
        return found[1]

    def finish(self, *without_effect: str) -> None:
        """Refuse what nobody has read."""
        unknown = sorted(set(self.arguments) - set(without_effect))
        if unknown:
            raise ValueError(f"{self.name} has arguments that the tests' table does not follow: {', '.join(unknown)}")


@dataclass(frozen=True)
class Definition:
    """What makes the table in DynamoDB."""

    create: dict[str, Any]
    """CreateTable's parameters but the name."""
    ttl_attribute: str


def state_table(text: str | None = None) -> Definition:
    """Read the definition.

    Raises
    ------
    ValueError
        It says something that this reader does not know.
    """
    found = _RESOURCE.findall(FILE.read_text() if text is None else text)
    if len(found) != 1:
        raise ValueError(f"{FILE.name} holds {len(found)} tables, not one")
    table = _read("the table", iter(found[0].splitlines()))
    attributes, indexes, ttls = [], [], []
    for block in table.blocks:
        match block.name:
            case "attribute":
                attributes.append({"AttributeName": block.literal("name"), "AttributeType": block.literal("type")})
            case "global_secondary_index":
                indexes.append(_index(block))
            case "ttl":
                assert block.arguments.pop("enabled") == "true"
                ttls.append(block.literal("attribute_name"))
            case name if name in _BLOCKS_WITHOUT_EFFECT:
                block.arguments.clear()
            case name:
                raise ValueError(f"the table has a block that the tests' table does not follow: {name}")
        block.finish()
    create = {
        "BillingMode": table.literal("billing_mode"),
        "KeySchema": _keys(table),
        "AttributeDefinitions": attributes,
        "GlobalSecondaryIndexes": indexes,
    }
    table.finish(*_WITHOUT_EFFECT)
    [ttl] = ttls
    return Definition(create, ttl)


def _index(block: Block) -> dict[str, Any]:
    return {
        "IndexName": block.literal("name"),
        "KeySchema": _keys(block),
        "Projection": {"ProjectionType": block.literal("projection_type")},
    }


def _keys(block: Block) -> list[dict[str, str]]:
    return [
        {"AttributeName": block.literal("hash_key"), "KeyType": "HASH"},
        {"AttributeName": block.literal("range_key"), "KeyType": "RANGE"},
    ]


def _read(name: str, lines: Iterator[str]) -> Block:
    block = Block(name)
    for line in (line.strip() for line in lines):
        if line == "}":
            break
        if opened := _BLOCK.fullmatch(line):
            block.blocks.append(_read(opened[1], lines))
        elif argument := _ARGUMENT.fullmatch(line):
            block.arguments[argument[1]] = argument[2]
        elif line and not line.startswith("#"):
            raise ValueError(f"{name} holds a line that is neither an argument nor a block: {line}")
    return block
