"""Audit events: what was done is on the central bus, and what can't be put there holds up nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from spot_failover.aws.audit_bus import ATTEMPTS, BATCH, EventBus
from spot_failover.core.audit import AuditEvent, Lost
from spot_failover.core.event_parser import parse_placement_failure
from spot_failover.core.record import Phase
from spot_failover.handlers.queue_function import queue_handler
from spot_failover.handlers.restore_function import restore_handler
from tests.doubles.builders import FALLBACK, OTHER, SPOT, WEB, deployment, service
from tests.doubles.clock import START, Clock
from tests.handlers.functions import Account, Context, batch, failed
from tests.unit.records import ours, record
from tests.unit.samples import body

CONTEXT: Any = Context()
FAILURE = "placement-failure-fargate-spot"


def short_of_spot(account: Account) -> None:
    account.services.add(service(deployment(SPOT)))
    account.services.lose_spot()


def test_a_failover_is_told_with_both_strategies_its_event_and_its_record(account: Account) -> None:
    short_of_spot(account)
    answer = queue_handler(parse_placement_failure)(batch(body(FAILURE)), CONTEXT)
    assert failed(answer) == []
    [event] = account.audit_events()
    assert (event["source"], event["detail-type"]) == ("ecs.spot-failover", "Spot Failover Decision")
    assert event["resources"] == ["arn:aws:ecs:us-east-1:111111111111:service/shop/web"]
    detail = event["detail"]
    assert (detail["account"], detail["region"], detail["cluster"], detail["service"]) == (
        WEB.account,
        WEB.region,
        "shop",
        "web",
    )
    assert (detail["action"], detail["reason"], detail["observed"]) == ("fail_over", "FAILED_OVER", False)
    assert (detail["before"], detail["after"]) == (SPOT.to_api(), FALLBACK.to_api())
    stored = account.record()
    assert (detail["phase"], detail["record_version"]) == ("failed_over", stored.version)
    assert detail["deployment_id"] == stored.deployment_id
    assert detail["event"]["kind"] == "PlacementFailure"
    assert detail["event"]["id"] == stored.event["id"]


def test_what_is_ignored_is_no_audit_event(account: Account) -> None:
    account.services.add(service(deployment(SPOT)))
    queue_handler(parse_placement_failure)(batch(body(FAILURE)), CONTEXT)
    assert account.audit_events() == []


def test_what_is_only_observed_is_told_as_such(account: Account) -> None:
    account.environment({}, mode="observe")
    short_of_spot(account)
    queue_handler(parse_placement_failure)(batch(body(FAILURE)), CONTEXT)
    [event] = account.audit_events()
    assert (event["detail"]["action"], event["detail"]["observed"]) == ("would_fail_over", True)
    assert account.services.updates == []


def test_a_restore_names_the_event_for_which_the_service_was_moved(account: Account) -> None:
    account.services.add(service(ours()))
    account.table.put(replace(record(Phase.FAILED_OVER), version=0))
    restore_handler()({}, CONTEXT)
    [event] = account.audit_events()
    assert (event["detail"]["action"], event["detail"]["event"]["id"]) == ("restore", "failure-0")
    assert (event["detail"]["before"], event["detail"]["after"]) == (FALLBACK.to_api(), SPOT.to_api())


def test_a_bus_that_is_gone_holds_up_no_switch_and_is_told(account: Account) -> None:
    account.environment({"EVENT_BUS_NAME": "no-such-bus"})
    short_of_spot(account)
    account.monkeypatch.setattr(EventBus, "put", _refusing)
    answer = queue_handler(parse_placement_failure)(batch(body(FAILURE)), CONTEXT)
    assert failed(answer) == []
    assert account.services.live[WEB].strategy == FALLBACK
    [line] = [line for line in account.lines() if line["message"] == "audit event lost"]
    assert (line["level"], line["note"]) == ("ERROR", "denied")
    assert line["audit_event"]["action"] == "fail_over"


def _refusing(_self: EventBus, events: Any, _until: Any) -> Any:
    return [Lost(event, "denied") for event in events]


class Events:
    """EventBridge that refuses entries as often as a test says."""

    def __init__(self, *refusals: int | Exception) -> None:
        self.refusals = list(refusals)
        self.calls: list[int] = []

    class meta:  # noqa: N801
        partition = "aws"

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        self.calls.append(len(Entries))
        refused = self.refusals.pop(0) if self.refusals else 0
        if isinstance(refused, Exception):
            raise refused
        bad = {"ErrorCode": "ThrottlingException", "ErrorMessage": "slow down"}
        return {"Entries": [bad if number < refused else {"EventId": "x"} for number in range(len(Entries))]}


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, "PutEvents")


def events(many: int) -> list[AuditEvent]:
    return [AuditEvent(replace(WEB, service=f"s{number}"), START, {}) for number in range(many)]


def bus(client: Events, slept: list[float] | None = None) -> EventBus:
    return EventBus(client, "bus", now=Clock(START).now, sleep=(slept if slept is not None else []).append)


LATER = START + timedelta(minutes=1)


def test_they_go_in_batches_of_ten() -> None:
    client = Events()
    assert bus(client).put(events(2 * BATCH + 1), LATER) == []
    assert client.calls == [10, 10, 1]


def test_only_entries_that_were_refused_are_put_again() -> None:
    client = Events(3, 1)
    slept: list[float] = []
    assert bus(client, slept).put(events(BATCH), LATER) == []
    assert client.calls == [10, 3, 1]
    assert slept == [0.2, 0.4]


def test_what_is_refused_time_and_again_is_lost_and_the_rest_is_not() -> None:
    client = Events(*[2] * ATTEMPTS)
    lost = bus(client).put(events(BATCH + 1), LATER)
    assert [one.event.key.service for one in lost] == ["s0", "s1"]
    assert "ThrottlingException: slow down" in lost[0].why
    assert client.calls == [10, 2, 2, 1]


UNREACHABLE = EndpointConnectionError(endpoint_url="https://events")


def test_a_call_that_failed_is_made_again_once() -> None:
    client = Events(UNREACHABLE)
    assert bus(client).put(events(BATCH + 5), LATER) == []
    assert client.calls == [10, 10, 5]


@pytest.mark.parametrize(
    ("refusals", "calls", "why"),
    [
        ((4, UNREACHABLE, UNREACHABLE), [10, 4, 4], "events:PutEvents for event bus bus"),
        ((4, refusal("AccessDeniedException")), [10, 4], "check that its policy allows"),
    ],
    ids=["unreachable", "denied"],
)
def test_after_calls_that_failed_no_other_is_made(
    refusals: tuple[int | Exception, ...], calls: list[int], why: str
) -> None:
    client = Events(*refusals)
    lost = bus(client).put(events(BATCH + 5), LATER)
    assert len(lost) == 4 + 5
    assert client.calls == calls
    assert why in lost[0].why


def test_a_call_that_is_refused_for_what_is_in_it_loses_nothing_else() -> None:
    client = Events(refusal("ValidationException"))
    lost = bus(client).put(events(BATCH + 5), LATER)
    assert [one.event.key.service for one in lost] == [f"s{number}" for number in range(BATCH)]
    assert client.calls == [10, 5]


def pass_by(clock: Clock) -> None:
    clock.advance(minutes=2)


def test_nothing_is_put_again_when_the_time_is_up() -> None:
    clock, client = Clock(START), Events(2, 2)
    late = EventBus(client, "bus", now=clock.now, sleep=lambda _seconds: pass_by(clock))
    assert len(late.put(events(BATCH + 5), LATER)) == 2 + 5
    assert client.calls == [10]


def test_near_the_end_of_an_invocation_nothing_is_put() -> None:
    client = Events()
    assert len(bus(client).put(events(3), START - timedelta(seconds=1))) == 3
    assert client.calls == []


def test_each_account_of_a_batch_is_in_its_own_event(account: Account) -> None:
    for key in (WEB, OTHER):
        account.services.add(service(ours(), key=key))
        account.table.put(replace(record(Phase.FAILED_OVER), key=key, version=0))
    restore_handler()({}, CONTEXT)
    assert {event["detail"]["account"] for event in account.audit_events()} == {WEB.account, OTHER.account}
