"""What the functions are granted is read from Terraform as it stands there."""

from __future__ import annotations

from tests.faults.functions import DEPLOYED
from tests.faults.granted import CALLED, NOT_BY_THE_FUNCTION, grants


def test_every_function_has_its_grants() -> None:
    assert {grant.function for grant in grants()} == {function.name for function in DEPLOYED}


def test_a_function_has_what_its_documents_say_and_no_dead_letters_where_it_sends_none() -> None:
    by_function = {
        name: {grant.call for grant in grants() if grant.function == name and grant.sid not in NOT_BY_THE_FUNCTION}
        for name in ("fargate-spot-restore-handler", "fargate-spot-sweep-handler", "fargate-spot-task-state-handler")
    }
    of_all = {"sts:AssumeRole", "dynamodb:GetItem", "dynamodb:PutItem", "events:PutEvents"}
    many = {"dynamodb:BatchGetItem", "dynamodb:Query"}

    assert by_function == {
        "fargate-spot-restore-handler": of_all | many | {"sns:Publish"},
        "fargate-spot-sweep-handler": of_all | many | {"sqs:SendMessage", "sqs:SendMessageBatch"},
        "fargate-spot-task-state-handler": of_all | {"sqs:SendMessage"},
    }


def test_no_excuse_is_without_its_statement() -> None:
    """An excuse whose statement is gone would hide the next one of that name."""
    assert NOT_BY_THE_FUNCTION.keys() | CALLED.keys() <= {grant.sid for grant in grants()}
