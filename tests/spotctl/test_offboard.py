"""An account leaves: first everything of it comes back, and only then is it taken off the list."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import boto3
import pytest

from spot_failover.core.errors import TransientError
from spot_failover.core.path import Path
from spot_failover.core.record import Phase
from spotctl import installation as parts
from spotctl.installation import Installation
from tests.doubles.builders import API, OTHER, SPOT, WEB, deployment, failure, service
from tests.handlers.aws_account import TABLE
from tests.spotctl.central import RESTORE, WEB_NAME, Central

ACCOUNT = WEB.account


@pytest.fixture
def known(central: Central, monkeypatch: pytest.MonkeyPatch) -> Central:
    """Two accounts send heartbeats, the first from two Regions; where the command waits, time passes."""
    for account, region in ((ACCOUNT, "us-east-1"), (ACCOUNT, "eu-west-1"), (OTHER.account, OTHER.region)):
        registry(central).put_path(Path(account, region, heard_at=central.clock.now()))
    central.services.add(service(deployment(SPOT)), service(key=API), service(key=OTHER))

    def pause(seconds: float) -> None:
        central.clock.advance(seconds=seconds)
        central.services.settle()

    monkeypatch.setattr(parts, "pause", pause)
    return central


def registry(_central: Central) -> Any:
    return Installation(boto3.Session(region_name="us-east-1"), RESTORE).registry


def fail_over(central: Central, *keys: Any) -> None:
    for key in keys:
        central.deliver(failure(key, event_id=f"failure-{key.service}-{key.account}", synthetic=True))
    central.services.settle()
    central.services.updates.clear()


def on_the_list(central: Central) -> list[tuple[str, str]]:
    return sorted(registry(central).paths())


def test_an_account_with_nothing_on_demand_is_taken_off_at_once(known: Central) -> None:
    known.audited()
    result = known.run("offboard", ACCOUNT, "--yes")
    assert result.exit_code == 0, result.output
    told = known.audited()
    assert {(each["action"], each["reason"], each["region"]) for each in told} == {
        ("close", "ACCOUNT_LEFT", "us-east-1"),
        ("close", "ACCOUNT_LEFT", "eu-west-1"),
    }
    assert all("asked for by arn:aws:" in each["note"] for each in told)
    assert on_the_list(known) == [(OTHER.account, OTHER.region)]
    assert "eu-west-1, us-east-1 taken off the list" in result.stdout
    assert "remove the module blocks of workload-onboarding" in result.stdout
    again = known.run("offboard", ACCOUNT, "--yes")
    assert (again.exit_code, "is not on the list" in again.stderr) == (3, True)


def test_everything_is_restored_and_proven_first(known: Central) -> None:
    fail_over(known, WEB, API, OTHER)
    told = known.run("offboard", ACCOUNT, "--yes")
    assert told.exit_code == 0, told.output
    assert [known.record(key).reason for key in (WEB, API)] == ["RESTORED", "RESTORED"]
    assert {update.key for update in known.services.updates} == {WEB, API}
    assert known.record(OTHER).phase is Phase.FAILED_OVER
    assert on_the_list(known) == [(OTHER.account, OTHER.region)]


def test_it_stays_on_the_list_while_anything_is_on_demand(known: Central) -> None:
    fail_over(known, WEB, API)
    assert known.run("hold", WEB_NAME, "--until", "forever", "--yes").exit_code == 0
    document = known.run("offboard", ACCOUNT, "--yes", "--wait", "1min")
    assert document.exit_code == 3
    assert f"{WEB_NAME}: failed_over (FAILED_OVER): wait HELD" in document.stdout
    assert "stays on the list" in document.stdout
    assert len(on_the_list(known)) == 3
    assert known.record(API).reason == "RESTORED"
    assert known.run("hold", WEB_NAME, "--release", "--yes").exit_code == 0
    told = known.json("offboard", ACCOUNT, "--yes")
    assert (told["removed"], told["open"]) == (["eu-west-1", "us-east-1"], [])


def test_a_restore_that_has_yet_to_prove_itself_keeps_it_there(known: Central) -> None:
    fail_over(known, WEB)
    result = known.run("offboard", ACCOUNT, "--yes", "--wait", "0min")
    assert (result.exit_code, "proving (RESTORE_STARTED)" in result.stdout) == (3, True), result.output
    assert len(on_the_list(known)) == 3


def test_a_dry_run_and_an_unanswered_question_change_nothing(known: Central) -> None:
    fail_over(known, WEB)
    told = known.json("offboard", ACCOUNT, "--dry-run")
    assert [step["reason"] for step in told["would_happen"][WEB_NAME]] == ["RESTORE_STARTED"]
    assert "would be taken off the list, once all of that is back" in known.run("offboard", ACCOUNT, "--dry-run").stdout
    assert known.run("offboard", ACCOUNT).exit_code == 6
    assert (known.services.updates, len(on_the_list(known))) == ([], 3)


def test_the_kill_switch_reaches_who_waits(known: Central, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_over(known, WEB)
    assert known.run("hold", WEB_NAME, "--until", "5min", "--yes").exit_code == 0
    pause = parts.pause

    def pull(seconds: float) -> None:
        known.set_policy(enabled=False)
        pause(seconds)

    monkeypatch.setattr(parts, "pause", pull)
    result = known.run("offboard", ACCOUNT, "--yes")
    assert (result.exit_code, known.services.updates) == (3, [])
    assert f"{WEB_NAME}: failed_over (FAILED_OVER): ignore DISABLED" in result.stdout
    assert len(on_the_list(known)) == 3


def test_the_kill_switch_before_the_answer_stops_every_restore(known: Central, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_over(known, WEB)
    known.answers_late(monkeypatch, lambda: known.set_policy(enabled=False))
    result = known.run("offboard", ACCOUNT, "--wait", "0min")
    assert (result.exit_code, known.services.updates, len(on_the_list(known))) == (3, [], 3)


def test_its_role_is_gone_already(known: Central) -> None:
    fail_over(known, WEB)
    known.services.denied.add(ACCOUNT)
    result = known.run("offboard", ACCOUNT, "--yes")
    assert (result.exit_code, len(on_the_list(known))) == (5, 3)
    assert result.stderr.startswith("Error: describe for service web")


def test_a_service_that_can_not_be_looked_at_keeps_none_of_the_others_waiting(known: Central) -> None:
    hidden = replace(WEB, cluster="aaa")
    known.services.add(service(deployment(SPOT), key=hidden))
    fail_over(known, hidden, WEB)
    known.services.denied_clusters.add("aaa")
    name = f"{ACCOUNT}/us-east-1/aaa/web"
    dry = known.run("offboard", ACCOUNT, "--dry-run", "--json")
    told = json.loads(dry.stdout)
    assert (dry.exit_code, set(told["would_happen"]), set(told["errors"])) == (5, {WEB_NAME}, {name})
    assert f"{name}: describe for" in known.run("offboard", ACCOUNT, "--dry-run").stderr
    result = known.run("offboard", ACCOUNT, "--yes", "--wait", "2min")
    assert (result.exit_code, known.record().reason) == (5, "RESTORED"), result.output
    assert result.stderr.count("warning: describe for") == 1
    assert f"{name}: describe for" in result.stderr
    assert f"{name}: failed_over (FAILED_OVER)" in result.stdout
    assert len(on_the_list(known)) == 3


def test_a_record_that_can_not_be_read_keeps_it_on_the_list_and_none_of_the_others_waiting(known: Central) -> None:
    fail_over(known, API, WEB)
    known.dynamodb.update_item(
        TableName=TABLE,
        Key={"id": {"S": API.record_id}, "region": {"S": API.region}},
        UpdateExpression="SET phase = :unheard",
        ExpressionAttributeValues={":unheard": {"S": "unheard of"}},
    )
    result = known.run("offboard", ACCOUNT, "--yes", "--wait", "2min")
    assert (result.exit_code, known.record().reason) == (5, "RESTORED"), result.output
    assert f"{ACCOUNT}/us-east-1/shop/api: " in result.stderr
    assert len(on_the_list(known)) == 3


def test_it_may_be_taken_back(known: Central) -> None:
    assert known.run("offboard", ACCOUNT, "--undo", "--yes").exit_code == 3
    known.run("offboard", ACCOUNT, "--yes")
    path = registry(known).path(ACCOUNT, "us-east-1")
    assert path.heard(known.clock.now()).heard_at is None
    assert known.json("offboard", ACCOUNT, "--undo", "--dry-run")["regions"] == ["eu-west-1", "us-east-1"]
    assert registry(known).path(ACCOUNT, "us-east-1") == path
    assert known.run("offboard", ACCOUNT, "--undo", "--yes").exit_code == 0
    assert registry(known).path(ACCOUNT, "us-east-1").heard(known.clock.now()).heard_at == known.clock.now()


def test_no_account(known: Central) -> None:
    assert known.run("offboard", "orders").exit_code == 2


def test_a_network_that_is_gone_for_a_while(known: Central) -> None:
    fail_over(known, WEB)
    known.services.faults.before("describe", TransientError("timed out"))
    result = known.run("offboard", ACCOUNT, "--yes")
    assert (result.exit_code, "warning: timed out" in result.stderr) == (0, True), result.output
