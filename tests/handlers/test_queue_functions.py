"""The functions behind the queues: every message ends somewhere, and the log tells where."""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

import pytest

from spot_failover.core.errors import SettingsError
from spot_failover.core.event_parser import parse_interruption, parse_placement_failure
from spot_failover.core.record import Phase
from spot_failover.handlers.queue_function import queue_handler
from tests.doubles.builders import FALLBACK, SPOT, WEB, deployment, service
from tests.handlers.functions import Account, Context, batch, failed
from tests.unit.samples import body, sample

CONTEXT: Any = Context()
POLICY_ON = {"enabled": True, "sources": ["test.aws.ecs"], "act_from_central": False}


def short(account: Account) -> None:
    account.services.add(service(deployment(SPOT)))
    account.services.lose_spot()


def test_a_placement_failure_fails_the_service_over_and_is_told_in_one_line(account: Account) -> None:
    short(account)
    answer = queue_handler(parse_placement_failure)(batch(body("placement-failure-fargate-spot")), CONTEXT)
    assert failed(answer) == []
    assert account.record().phase is Phase.FAILED_OVER
    [line] = account.lines()
    wanted = {
        "level": "INFO",
        "message": "decision",
        "action": "fail_over",
        "reason": "FAILED_OVER",
        "account": "111111111111",
        "region": "us-east-1",
        "cluster": "shop",
        "service": "web",
        "event_id": sample("placement-failure-fargate-spot")["id"],
        "before": "FARGATE_SPOT weight 1",
        "after": "FARGATE_SPOT weight 0, FARGATE weight 10",
        "deployment_id": "ecs-svc/new-1",
        "request_id": "request-1",
        "function_name": CONTEXT.function_name,
    }
    assert {name: line.get(name) for name in wanted} == wanted


def test_a_line_that_ignores_has_no_target(account: Account) -> None:
    account.services.add(service())
    queue_handler(parse_interruption)(batch(body("interruption-notice")), CONTEXT)
    [line] = account.lines()
    assert (line["action"], line["reason"]) == ("ignore", "NOT_SHORT")
    assert line["task_arn"] == sample("interruption-notice")["detail"]["taskArn"]
    assert {"after", "deployment_id", "note"} & line.keys() == set()


@pytest.mark.parametrize(
    ("name", "parse"),
    [
        ("lambda-console-placement-failure", parse_placement_failure),
        ("lambda-console-interruption", parse_interruption),
    ],
)
def test_the_console_s_test_events_are_batches(account: Account, name: str, parse: Any) -> None:
    short(account)
    answer = queue_handler(parse)(json.loads(body(name)), CONTEXT)
    assert failed(answer) == []
    assert account.services.live[WEB].strategy == FALLBACK


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("malformed-no-service", "MALFORMED_EVENT"),
        ("malformed-steady-state", "MALFORMED_EVENT"),
        ("synthetic-placement-failure", "MALFORMED_EVENT"),
        ("foreign-account", "FOREIGN_RESOURCE"),
        ("foreign-region", "FOREIGN_RESOURCE"),
    ],
)
def test_what_no_retry_can_help_goes_to_the_dead_letters_at_once(account: Account, name: str, reason: str) -> None:
    answer = queue_handler(parse_placement_failure)(batch(body(name)), CONTEXT)
    assert failed(answer) == []
    [letter] = account.dead_letters()
    assert letter["Body"] == body(name)
    assert letter["MessageAttributes"]["reason"]["StringValue"] == reason
    [line] = account.lines()
    assert (line["message"], line["level"], line["action"]) == ("decision", "WARNING", "dead_letter")
    assert (line["reason"], line["event_id"], line["message_id"]) == (reason, sample(name)["id"], "message-0")
    assert account.services.calls == []


@pytest.mark.parametrize("text", ["", "not JSON", "[]", '{"id": "\\u0000\\ud800", "account": "\\u0001"}'])
def test_not_even_an_event(account: Account, text: str) -> None:
    answer = queue_handler(parse_placement_failure)(batch(text or " "), CONTEXT)
    assert failed(answer) == []
    assert len(account.dead_letters()) == 1
    assert account.lines()[0]["reason"] == "MALFORMED_EVENT"


def test_an_interrupted_task_of_no_service_is_told(account: Account) -> None:
    queue_handler(parse_interruption)(batch(body("interruption-standalone-task")), CONTEXT)
    [line] = account.lines()
    assert (line["action"], line["reason"], line["cluster"]) == ("ignore", "STANDALONE_TASK", "shop")
    assert "task_arn" in line


def test_one_bad_message_holds_up_none_of_the_others(account: Account) -> None:
    short(account)
    account.services.denied = {"222222222222"}
    foreign = sample("placement-failure-fargate-spot")
    text = json.dumps(foreign).replace("111111111111", "222222222222")
    good = body("placement-failure-fargate-spot")
    answer = queue_handler(parse_placement_failure)(batch("nonsense", text, good), CONTEXT)
    assert failed(answer) == ["message-1"]
    assert account.services.live[WEB].strategy == FALLBACK
    by_message = {line["action"]: line for line in account.lines()}
    assert set(by_message) == {"dead_letter", "retry", "fail_over"}
    retry = by_message["retry"]
    assert (retry["level"], retry["reason"]) == ("ERROR", "AccessDeniedError")
    assert (retry["account"], retry["service"], retry["message_id"]) == ("222222222222", "web", "message-1")


def test_a_dead_letter_queue_that_refuses_leaves_the_message_in_its_queue(account: Account) -> None:
    account.environment({"DEAD_LETTER_QUEUE_URL": account.dead_letter_queue + "-missing"})
    short(account)
    good = body("placement-failure-fargate-spot")
    answer = queue_handler(parse_placement_failure)(batch("nonsense", good), CONTEXT)
    assert failed(answer) == ["message-0"]
    assert account.services.live[WEB].strategy == FALLBACK


def test_a_batch_of_failures_does_not_fail_the_function(account: Account) -> None:
    account.services.denied = {"111111111111"}
    good = body("placement-failure-fargate-spot")
    answer = queue_handler(parse_placement_failure)(batch(good, good), CONTEXT)
    assert failed(answer) == ["message-0", "message-1"]


def test_a_service_somebody_works_on_is_told_as_busy(account: Account) -> None:
    short(account)
    handler = queue_handler(parse_placement_failure)
    good = body("placement-failure-fargate-spot")
    answers: list[Any] = []
    account.services.faults.before("switch", lambda: answers.append(handler(batch(good), CONTEXT)))
    handler(batch(good), CONTEXT)
    assert failed(answers[0]) == ["message-0"]
    busy = account.lines()[0]
    assert (busy["message"], busy["action"], busy["reason"]) == ("decision", "retry", "BUSY")
    assert (busy["level"], busy["service"]) == ("INFO", "web")


def test_synthetic_events_where_they_are_on(account: Account) -> None:
    account.environment({}, synthetic_events=POLICY_ON)
    account.services.add(service())
    handler = queue_handler(parse_placement_failure)
    handler(batch(body("synthetic-placement-failure-from-central")), CONTEXT)
    assert [line["action"] for line in account.lines()] == ["would_fail_over"]
    assert account.record().version == 0
    handler(batch(body("synthetic-placement-failure")), CONTEXT)
    assert [line["action"] for line in account.lines()] == ["fail_over"]


@pytest.mark.parametrize("module", ["placement_failure", "interruption", "restore"])
def test_a_function_that_is_set_up_wrongly_says_so_at_its_start(account: Account, module: str) -> None:
    account.environment({"EXTERNAL_ID": None})
    sys.modules.pop(f"spot_failover.handlers.{module}", None)
    with pytest.raises(SettingsError, match=r"^EXTERNAL_ID: missing"):
        importlib.import_module(f"spot_failover.handlers.{module}")
