"""`spotctl redrive`: what is in the dead-letter queues and why, and back with it to the queue it was meant for."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import click

from spot_failover.aws.errors import Call, translated
from spotctl import output
from spotctl.cli import Target
from spotctl.exits import Exit, Failure
from spotctl.plant import Plant, Queue

KINDS = ("placement_failure", "interruption", "task_state")
"""Functions whose letters are worth moving back; heartbeats, orders to sweep and ticks are made anew by themselves."""
MOST = 100
"""Letters that are shown of one queue."""
PATIENCE = 60
"""How long a move is waited for, in seconds; it goes on by itself."""
HOPELESS = frozenset({"MALFORMED_EVENT", "FOREIGN_RESOURCE"})
"""Reasons that no retry helps: such a letter comes straight back."""


@dataclass(frozen=True)
class Letter:
    """A message in a dead-letter queue."""

    message_id: str
    reason: str
    note: str
    sent_at: str
    """Epoch milliseconds, when it first reached a queue."""
    body: str

    @classmethod
    def of(cls, message: Mapping[str, Any]) -> Letter:
        """From SQS's answer: the function's own reason, else EventBridge's, else it failed too often."""
        told = {name: str(each.get("StringValue", "")) for name, each in message.get("MessageAttributes", {}).items()}
        reason, note = told.get("reason", ""), told.get("note", "")
        if not reason and "ERROR_CODE" in told:
            reason, note = f"not delivered: {told['ERROR_CODE']}", told.get("ERROR_MESSAGE", "")
        sent_at = str(message.get("Attributes", {}).get("SentTimestamp", ""))
        return cls(
            message["MessageId"], reason or "failed too often, see the function's log", note, sent_at, message["Body"]
        )


def dead_letters_of(queue: Queue) -> str:
    """ARN of its dead-letter queue; empty: it has none."""
    policy = json.loads(queue.attributes.get("RedrivePolicy", "{}"))
    return str(policy.get("deadLetterTargetArn", ""))


def letters(plant: Plant, arn: str) -> list[Letter]:
    """Up to `MOST` letters of a queue. They stay there, and visible: a move that begins right now takes them along.

    So SQS may give the same ones again, and others never: `counted` tells how many there are.
    """
    found: dict[str, Letter] = {}
    for _ in range(MOST):
        with translated(Call("sqs:ReceiveMessage", arn)):
            messages = plant.sqs.receive_message(
                QueueUrl=plant.url(arn),
                MaxNumberOfMessages=10,
                VisibilityTimeout=0,
                WaitTimeSeconds=1,  # asks all servers of the queue: a short poll may overlook letters
                AttributeNames=["All"],
                MessageAttributeNames=["All"],
            ).get("Messages", [])
        new = {each["MessageId"]: Letter.of(each) for each in messages if each["MessageId"] not in found}
        found |= new
        if not new or len(found) >= MOST:
            break
    return sorted(found.values(), key=lambda letter: letter.sent_at)


def counted(plant: Plant, arn: str) -> int:
    """How many letters a queue has, about: SQS counts what its servers have told each other so far."""
    return int((plant.attributes(arn) or {}).get("ApproximateNumberOfMessages", 0))


@click.command()
@click.option("--queue", "kinds", type=click.Choice(KINDS), multiple=True, help="Only this one's letters; repeatable.")
@output.changing
@output.json_option
@click.pass_context
def redrive(context: click.Context, kinds: tuple[str, ...], *, dry_run: bool, yes: bool, json_: bool) -> None:
    """Show the dead letters with their reasons, and move them back to the queue that each was meant for.

    Mend the cause first. A queue is moved as a whole; what is malformed or foreign comes straight back. Heartbeats,
    orders to sweep and ticks are not moved: the next ones do their work.
    """
    target: Target = context.obj
    plant = Plant(target.installation)
    queues = {kind: plant.queues[kind] for kind in kinds or KINDS if kind in plant.queues}
    missing = [kind for kind in kinds if kind not in queues]
    if missing or not queues:
        raise Failure(f"no rule of the event bus leads to a queue of {', '.join(missing or KINDS)}: see spotctl doctor")
    sources = {kind: source for kind, queue in queues.items() if (source := dead_letters_of(queue))}
    found = {kind: letters(plant, source) for kind, source in sources.items()}
    about = {kind: max(counted(plant, source), len(found[kind])) for kind, source in sources.items()}
    full = {kind: queues[kind] for kind in found if about[kind]}
    if not json_:
        _show(found, about)
    moved: dict[str, str] = {}
    if full and not dry_run:
        where = ", ".join(f"{queue.name} (about {about[kind]})" for kind, queue in full.items())
        output.ask(f"Move all letters back to {where}?", yes=yes)
        moved = {kind: _move(plant, queue) for kind, queue in full.items()}
    if json_:
        output.as_json(
            {
                "dry_run": dry_run,
                "letters": {kind: [vars(letter) for letter in each] for kind, each in found.items()},
                "approximate_number": about,
                "moved": moved,
            }
        )
    else:
        for kind, status in moved.items():
            click.echo(f"{queues[kind].name}: {status}")
    context.exit(Exit.DONE if all(status == "COMPLETED" for status in moved.values()) else Exit.NOT_DONE)


def _show(found: Mapping[str, list[Letter]], about: Mapping[str, int]) -> None:
    for kind, each in found.items():
        if len(each) < about[kind]:
            click.echo(f"{kind}: about {about[kind]} dead letters, {len(each)} of them shown")
        else:
            click.echo(f"{kind}: {len(each)}{' or more' if len(each) >= MOST else ''} dead letters")
        for letter in each:
            click.echo(f"  {letter.message_id}  {letter.reason}{': ' if letter.note else ''}{letter.note}")
            click.echo(f"    {letter.body[:200]}")
        hopeless = sum(letter.reason in HOPELESS for letter in each)
        if hopeless:
            click.echo(f"  {hopeless} of these come straight back: delete them when you have seen them")


def _move(plant: Plant, queue: Queue) -> str:
    """Move a queue's letters back, and wait for the end; returns the task's status."""
    source = dead_letters_of(queue)
    with translated(Call("sqs:StartMessageMoveTask", source)):
        plant.sqs.start_message_move_task(SourceArn=source, DestinationArn=queue.arn)
    status = "RUNNING"
    for _ in range(PATIENCE):
        with translated(Call("sqs:ListMessageMoveTasks", source)):
            results = plant.sqs.list_message_move_tasks(SourceArn=source, MaxResults=1).get("Results", [])
        status = str(results[0]["Status"]) if results else status
        if status != "RUNNING":
            break
        time.sleep(1)
    return status
