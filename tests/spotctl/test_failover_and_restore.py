"""An operator moves a service, by the functions' own decisions, leases and versions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from spot_failover.aws.state_table import StateTable
from spot_failover.core.errors import AccessDeniedError, TransientError
from spot_failover.core.record import Lease, Phase, Record
from spotctl import installation as parts
from tests.doubles.builders import API, FALLBACK, OTHER, SPOT, WEB, deployment, failure, service
from tests.handlers.aws_account import TABLE
from tests.spotctl.central import WEB_NAME, Central

API_NAME = "111111111111/us-east-1/shop/api"


def strategies(central: Central) -> list[Any]:
    return [update.strategy for update in central.services.updates]


def on_fallback(central: Central, *keys: Any) -> None:
    central.services.add(*(service(deployment(SPOT, running=1), key=key) for key in keys))
    for key in keys:
        central.deliver(failure(key, event_id=f"failure-{key.service}"))
    central.services.settle()
    central.services.updates.clear()


def test_a_whole_service_is_moved_and_who_asked_is_remembered(central: Central) -> None:
    central.services.add(service(deployment(SPOT)))
    central.audited()
    result = central.run("failover", WEB_NAME, "--yes")
    assert result.exit_code == 0, result.output
    assert strategies(central) == [FALLBACK]
    record = central.record()
    assert (record.phase, record.reason, record.baseline) == (Phase.FAILED_OVER, "OPERATOR_REQUEST", SPOT)
    assert record.event["cause"].startswith("arn:aws:")
    assert record.lease is None
    (told,) = central.audited()
    assert (told["action"], told["reason"], told["event"]["source"]) == ("fail_over", "OPERATOR_REQUEST", "spotctl")


def test_a_dry_run_and_an_unanswered_question_change_nothing(central: Central) -> None:
    central.services.add(service(deployment(SPOT)))
    result = central.run("failover", WEB_NAME, "--dry-run")
    assert result.exit_code == 0
    assert "FARGATE weight 10" in result.stdout
    assert central.run("failover", WEB_NAME).exit_code == 6
    assert (strategies(central), central.record().version) == ([], 0)


@pytest.mark.parametrize(
    ("tags", "policy", "reason"),
    [
        ({"spot-failover:hold-until": "2030-01-01"}, {}, "HELD"),
        ({}, {"enabled": False}, "DISABLED"),
        ({"spot-failover:enabled": "false"}, {}, "OUT_OF_SCOPE"),
        ({}, {"mode": "observe"}, "OPERATOR_REQUEST"),
    ],
)
def test_what_stands_in_the_way_is_told(
    central: Central, tags: dict[str, str], policy: dict[str, Any], reason: str
) -> None:
    central.services.add(service(deployment(SPOT), tags=tags))
    central.set_policy(**policy)
    result = central.run("failover", WEB_NAME, "--yes")
    assert (result.exit_code, strategies(central)) == (3, [])
    assert reason in result.stdout


def test_a_function_with_the_lease_goes_first(central: Central) -> None:
    central.services.add(service(deployment(SPOT)))
    lease = Lease("request-of-a-function", central.clock.now() + timedelta(seconds=30))
    central.table.put(replace(central.record(), lease=lease))
    result = central.run("failover", WEB_NAME, "--yes")
    assert (result.exit_code, strategies(central)) == (4, [])
    assert "BUSY" in result.stdout


def test_a_twin_is_left_to_itself(central: Central) -> None:
    tags = {"spot-failover:method": "failover_service", "spot-failover:twin": "web-on-demand"}
    central.services.add(service(deployment(SPOT), tags=tags))
    result = central.run("failover", WEB_NAME, "--yes")
    assert (result.exit_code, strategies(central)) == (3, [])
    assert "failover_service" in result.stderr


def test_a_permission_that_is_missing_is_named_without_a_traceback(central: Central) -> None:
    central.services.denied.add(WEB.account)
    result = central.run("failover", WEB_NAME, "--yes")
    assert result.exit_code == 5
    assert isinstance(result.exception, SystemExit)
    assert not isinstance(result.exception.__context__, AccessDeniedError)
    assert result.stderr.startswith("Error: describe for service web")


def test_a_restore_is_tried_before_its_time_and_has_to_prove_itself(central: Central) -> None:
    on_fallback(central, WEB)
    central.audited()
    result = central.run("restore", WEB_NAME, "--yes")
    assert result.exit_code == 0, result.output
    assert strategies(central) == [SPOT]
    assert central.record().phase is Phase.PROVING
    (told,) = central.audited()
    assert (told["action"], told["reason"]) == ("restore", "RESTORE_STARTED")
    assert told["note"].startswith("asked for by arn:aws:")


@pytest.mark.parametrize("command", ["failover", "restore"])
def test_the_kill_switch_before_the_answer_stops_it(
    central: Central, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    central.services.add(service(deployment(SPOT)))
    if command == "restore":
        on_fallback(central, WEB)
    central.answers_late(monkeypatch, lambda: central.set_policy(enabled=False))
    result = central.run(command, WEB_NAME)
    assert (result.exit_code, strategies(central)) == (3, []), result.output
    assert "DISABLED" in result.stdout


def test_a_restore_s_dry_run_changes_nothing(central: Central) -> None:
    on_fallback(central, WEB)
    before = central.record()
    told = central.json("restore", WEB_NAME, "--dry-run")
    assert [step["reason"] for step in told["would_happen"][WEB_NAME]] == ["RESTORE_STARTED"]
    assert (central.record(), strategies(central)) == (before, [])


def test_all_are_restored_and_a_held_one_is_not(central: Central) -> None:
    on_fallback(central, WEB, API)
    assert central.run("hold", API_NAME, "--until", "forever", "--yes").exit_code == 0
    told = central.run("restore", "--all", "--yes", "--json")
    assert told.exit_code == 3
    document = json.loads(told.stdout)
    assert document["done"] == [WEB_NAME]
    assert [step["reason"] for step in document["not_tried"][API_NAME]] == ["HELD"]
    assert [update.key for update in central.services.updates] == [WEB]


FAR = replace(OTHER, service="aaa")
FAR_NAME = f"{FAR.account}/{FAR.region}/{FAR.cluster}/aaa"


@pytest.mark.parametrize("whole", [True, False], ids=["its account", "its cluster"])
def test_one_that_can_not_be_looked_at_keeps_none_of_the_others_waiting(central: Central, *, whole: bool) -> None:
    far = FAR if whole else replace(WEB, cluster="another", service="aaa")
    far_name = f"{far.account}/{far.region}/{far.cluster}/aaa"
    on_fallback(central, far, WEB)
    if whole:
        central.services.denied.add(far.account)
    else:
        central.services.denied_clusters.add(far.cluster)
    told = central.run("restore", "--all", "--dry-run", "--json")
    document = json.loads(told.stdout)
    assert (told.exit_code, set(document["would_happen"]), set(document["errors"])) == (5, {WEB_NAME}, {far_name})
    assert f"{far_name}: describe for" in central.run("restore", "--all", "--dry-run").stderr
    result = central.run("restore", "--all", "--yes", "--json")
    assert result.exit_code == 5, result.output
    document = json.loads(result.stdout)
    assert (document["done"], set(document["errors"]), document["not_tried"]) == ([WEB_NAME], {far_name}, {})
    assert [update.key for update in central.services.updates] == [WEB]


def test_nobody_gets_into_any_account(central: Central) -> None:
    on_fallback(central, FAR, API, WEB)
    central.services.denied |= {FAR.account, WEB.account}
    central.services.calls.clear()
    result = central.run("restore", "--all", "--yes")
    assert (result.exit_code, strategies(central)) == (5, [])
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == [API_NAME, WEB_NAME, FAR_NAME]
    assert "No service waits" not in result.stdout
    assert [account for _, account in central.services.calls] == [WEB.account, FAR.account]


def test_a_record_that_can_not_be_read_keeps_none_of_the_others_waiting(central: Central) -> None:
    on_fallback(central, API, WEB)
    item = {"id": {"S": API.record_id}, "region": {"S": API.region}}
    central.dynamodb.update_item(
        TableName=TABLE,
        Key=item,
        UpdateExpression="SET phase = :unheard",
        ExpressionAttributeValues={":unheard": {"S": "unheard of"}},
    )
    result = central.run("restore", "--all", "--yes", "--json")
    document = json.loads(result.stdout)
    assert (result.exit_code, document["done"], set(document["errors"])) == (5, [WEB_NAME], {API_NAME})


def test_a_record_that_can_not_be_brought_forward_keeps_none_of_the_others_waiting(
    central: Central, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_fallback(central, API, WEB)
    put = StateTable.put

    def refused(table: StateTable, record: Record) -> Record:
        if record.key == API:
            raise TransientError("timed out")
        return put(table, record)

    monkeypatch.setattr(StateTable, "put", refused)
    result = central.run("restore", "--all", "--yes", "--json")
    document = json.loads(result.stdout)
    assert (result.exit_code, document["done"], document["errors"]) == (5, [WEB_NAME], {API_NAME: "timed out"})


def test_what_was_not_reached_is_told(central: Central, monkeypatch: pytest.MonkeyPatch) -> None:
    on_fallback(central, WEB, API)
    monkeypatch.setattr(parts, "LIFE", timedelta())
    result = central.run("restore", "--all", "--yes", "--json")
    assert result.exit_code == 4, result.output
    document = json.loads(result.stdout)
    assert (document["done"], document["decisions"]) == ([], [])
    assert set(document["errors"]) == {WEB_NAME, API_NAME}
    assert document["errors"][API_NAME].endswith("left to the next tick")
    assert strategies(central) == []


def test_a_service_that_was_never_moved(central: Central) -> None:
    central.services.add(service(deployment(SPOT)))
    result = central.run("restore", WEB_NAME, "--yes")
    assert (result.exit_code, strategies(central)) == (3, [])
    assert "not failed over" in result.stdout


@pytest.mark.parametrize("arguments", [(), (WEB_NAME, "--all")])
def test_either_one_or_all(central: Central, arguments: Sequence[str]) -> None:
    assert central.run("restore", *arguments).exit_code == 2
