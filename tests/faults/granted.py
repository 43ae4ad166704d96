"""What Terraform lets each function call, read from the text of its modules: a fault is tried at every one of these."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tools import paths

_CENTRAL, _HANDLER = paths.ROOT / "modules" / "central", paths.ROOT / "modules" / "handler"
_STRING = re.compile(r'"([^"]+)"')

NOT_BY_THE_FUNCTION: Mapping[str, str] = {
    "ReadOwnQueue": "the Lambda service reads the queue",
    "WriteOwnLogs": "the Lambda service writes what a function prints",
    "SendTraces": "Lambda's own X-Ray daemon sends them",
    "UseKeyOfQueuesTableAndEnvironment": "SQS, DynamoDB and Lambda use the key",
    "UseKeyOfTopic": "SNS uses the key",
    "LambdaManagesNetworkInterfaces": "the Lambda service makes them",
}
"""Statements that stand for no call of a function's own code, by Sid, and who calls instead."""
CALLED: Mapping[str, str] = {"SendSweepMessages": "sqs:SendMessageBatch"}
"""What a function calls, where the API has another name than the action in its policy."""


@dataclass(frozen=True)
class Grant:
    """One action of one statement."""

    function: str
    sid: str
    action: str

    @property
    def call(self) -> str:
        """The call that it is for, as it is recorded."""
        return CALLED.get(self.sid, self.action)


def grants() -> tuple[Grant, ...]:
    """All that the central functions are granted.

    Raises
    ------
    LookupError
        The text is not written as this reads it.
    """
    text = "\n".join(path.read_text() for path in sorted(_CENTRAL.glob("*.tf")))
    of_all = list(_statements((_HANDLER / "role.tf").read_text(), "this"))
    found = [grant for module in _modules(text) for grant in _granted(text, module, of_all)]
    if not found:
        raise LookupError(f"no module of {_CENTRAL} is made of {_HANDLER}")
    return tuple(found)


def _modules(text: str) -> Iterator[str]:
    blocks: list[str] = re.findall(r'^module "\w+" \{\n(.*?)^\}', text, re.MULTILINE | re.DOTALL)
    return (block for block in blocks if re.search(r'source\s*= "../handler"', block))


def _granted(text: str, module: str, of_all: list[tuple[str, str]]) -> Iterator[Grant]:
    name = _found(r"^  name\s*= local\.names\.(\w+)$", module)
    function = _found(rf'^\s+{name}\s*= optional\(string, "([^"]+)"\)', text)
    listed = _found(r"^  policy_documents = \[(.*?)^  \]", module)
    documents = re.findall(r"data\.aws_iam_policy_document\.(\w+)", listed)
    sends = _found(r"^  sends_dead_letters\s*= (true|false)$", module) == "true"
    own = [(sid, action) for sid, action in of_all if sends or sid != "SendToOwnDeadLetterQueue"]
    for sid, action in [*own, *(each for document in documents for each in _statements(text, document))]:
        yield Grant(function, sid, action)


def _statements(text: str, document: str) -> Iterator[tuple[str, str]]:
    """(Sid, action) of all that a policy document allows; what it denies is no grant."""
    block = _found(rf'^data "aws_iam_policy_document" "{document}" \{{\n(.*?)^\}}', text)
    for part in re.split(r"^\s+sid\s*= ", block, flags=re.MULTILINE)[1:]:
        if not re.search(r'effect\s*= "Deny"', part):
            actions = re.search(r"^\s+actions\s*= (.*?)(?=^\s+resources)", part, re.MULTILINE | re.DOTALL)
            if actions is None:
                raise LookupError(f"a statement of {document} without actions: {part}")
            sid = _found(r'^"(\w+)"', part)
            yield from ((sid, action) for action in _STRING.findall(actions[1]))


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text, re.MULTILINE | re.DOTALL)
    if match is None:
        raise LookupError(f"{pattern} is not in: {text[:200]}")
    return match[1]
