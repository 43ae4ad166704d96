"""Dead letters: each with its reason, and back to the queue it was meant for."""

from __future__ import annotations

import json

import pytest

from tests.spotctl.central import Central
from tests.spotctl.plumbing import QUEUES, Plumbing, queue_arn, with_move_tasks

FAILURES = QUEUES["placement_failure"]


def mapped_off(central: Central) -> None:
    """moto would hand moved letters to a function at once: here they are to be looked at."""
    for mapping in central.functions.list_event_source_mappings()["EventSourceMappings"]:
        central.functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)


def test_each_letter_is_shown_with_its_reason_and_moved_to_the_queue_named(
    central: Central, monkeypatch: pytest.MonkeyPatch
) -> None:
    plumbing = Plumbing(central)
    moving = with_move_tasks(monkeypatch, plumbing)
    mapped_off(central)
    plumbing.bury("placement_failure", "{}", reason="MALFORMED_EVENT", note="not an event")
    plumbing.bury("placement_failure", '{"id": "1"}', ERROR_CODE="SDK_CLIENT_ERROR", ERROR_MESSAGE="denied")
    plumbing.bury("placement_failure", '{"id": "2"}')
    result = central.run("redrive", answer="y\n")
    assert result.exit_code == 0, result.output
    for told in (
        "placement_failure: 3 dead letters",
        "MALFORMED_EVENT: not an event",
        "not delivered: SDK_CLIENT_ERROR: denied",
        "failed too often",
        "1 of these come straight back",
        "interruption: 0 dead letters",
        f"{FAILURES}: COMPLETED",
    ):
        assert told in result.output
    assert moving.started == [(queue_arn(f"{FAILURES}-dlq"), queue_arn(FAILURES))]
    assert plumbing.bodies(FAILURES) == sorted(["{}", '{"id": "1"}', '{"id": "2"}'])


def test_a_dry_run_and_no_answer_leave_them_there(central: Central, monkeypatch: pytest.MonkeyPatch) -> None:
    plumbing = Plumbing(central)
    moving = with_move_tasks(monkeypatch, plumbing)
    plumbing.bury("interruption", "{}", reason="FOREIGN_RESOURCE", note="another account")
    told = json.loads(central.run("redrive", "--dry-run", "--json").stdout)
    assert [letter["reason"] for letter in told["letters"]["interruption"]] == ["FOREIGN_RESOURCE"]
    assert central.run("redrive").exit_code == 6
    assert moving.started == []
    assert plumbing.bodies(f"{QUEUES['interruption']}-dlq") == ["{}"]


def test_those_that_sqs_does_not_show_are_counted_before_they_are_moved(
    central: Central, monkeypatch: pytest.MonkeyPatch
) -> None:
    plumbing = Plumbing(central)
    moving = with_move_tasks(monkeypatch, plumbing)
    mapped_off(central)
    for number in range(13):
        plumbing.bury("interruption", json.dumps({"id": str(number)}))
    first = plumbing.sqs.receive_message(
        QueueUrl=plumbing.url(f"{QUEUES['interruption']}-dlq"), MaxNumberOfMessages=10, VisibilityTimeout=0
    )
    monkeypatch.setattr(moving, "receive_message", lambda **_request: first, raising=False)
    result = central.run("redrive", "--queue", "interruption", "--dry-run")
    assert "interruption: about 13 dead letters, 10 of them shown" in result.stdout
    told = central.json("redrive", "--queue", "interruption", "--dry-run")
    assert (told["approximate_number"], len(told["letters"]["interruption"])) == ({"interruption": 13}, 10)
    assert (
        f"{QUEUES['interruption']} (about 13)" in central.run("redrive", "--queue", "interruption", answer="y\n").stderr
    )
    assert len(plumbing.bodies(QUEUES["interruption"])) == 13


def test_only_the_queue_that_is_asked_for(central: Central, monkeypatch: pytest.MonkeyPatch) -> None:
    plumbing = Plumbing(central)
    moving = with_move_tasks(monkeypatch, plumbing)
    mapped_off(central)
    plumbing.bury("interruption", "{}")
    plumbing.bury("placement_failure", "{}")
    assert central.run("redrive", "--queue", "interruption", "--yes").exit_code == 0
    assert [source for source, _ in moving.started] == [queue_arn(f"{QUEUES['interruption']}-dlq")]


def test_heartbeats_are_never_moved_back(central: Central, monkeypatch: pytest.MonkeyPatch) -> None:
    plumbing = Plumbing(central)
    moving = with_move_tasks(monkeypatch, plumbing)
    plumbing.bury("sweep", "{}")
    assert central.run("redrive", "--yes").exit_code == 0
    assert moving.started == []
    assert central.run("redrive", "--queue", "sweep").exit_code == 2


def test_a_queue_that_is_not_there(central: Central) -> None:
    result = central.run("redrive", "--queue", "task_state")
    assert result.exit_code == 5
    assert "spotctl doctor" in result.stderr
