"""A drill: a synthetic shortage, every hop of its path, and back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import boto3
import pytest

from spot_failover.core.pool import PoolKey
from spot_failover.core.record import Lease
from spotctl import drill_event
from spotctl.drill_hops import Hop
from tests.doubles.builders import FALLBACK, SPOT, WEB, deployment, failure, service
from tests.spotctl.central import WEB_NAME, Central
from tests.spotctl.drilled import QUEUE, SYNTHETIC, World, as_it_was, strategies

HOPS = [hop.value for hop in Hop]


@pytest.fixture
def world(central: Central, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(central, monkeypatch)


def test_every_hop_in_its_order_with_its_time(world: World) -> None:
    result = world.central.run("drill", WEB_NAME, "--yes", "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["result"], told["interrupted"], told["strategy"]) == ("proven", False, SPOT.to_api())
    assert [hop["hop"] for hop in told["hops"]] == HOPS
    seconds = [hop["seconds"] for hop in told["hops"]]
    assert seconds == sorted(seconds)
    assert (seconds[0], seconds[-1] > 0) == (0, True)
    exact = {hop["hop"] for hop in told["hops"] if not hop["at_the_latest"]}
    assert exact >= {"event put", "UpdateService", "on-demand running", "restore", "proven"}
    assert told["event_id"] == world.central.record().event["id"]
    as_it_was(world)


def test_people_read_a_line_for_each_hop(world: World) -> None:
    result = world.central.run("drill", WEB_NAME, "--yes")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert [line.split("  ")[0] for line in lines[:-1]] == HOPS
    assert lines[-1].startswith(f"{WEB_NAME}: back on FARGATE_SPOT weight 1, and proven")
    assert result.stderr == ""


def test_on_a_terminal_there_is_a_bar(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _self: True)
    result = world.central.run("drill", WEB_NAME, "--yes", color=True)
    assert "[###------------------------] 1/9  0:00  waits for: event bus" in result.stderr
    assert "8/9" in result.stderr
    assert result.stderr.endswith("\r\x1b[K")
    assert result.stdout.splitlines()[0].startswith("event put")


def test_who_asked_for_the_way_back_is_told(world: World) -> None:
    world.central.audited()
    assert world.central.run("drill", WEB_NAME, "--yes").exit_code == 0
    told = [each for each in world.central.audited() if each.get("action") in {"restore", "close"}]
    assert [each["reason"] for each in told] == ["RESTORE_STARTED", "RESTORED"]
    assert all(each["note"].startswith("asked for by arn:aws:") for each in told)


def test_nothing_is_put_before_the_answer(world: World) -> None:
    assert world.central.run("drill", WEB_NAME).exit_code == 6
    result = world.central.run("drill", WEB_NAME, "--dry-run")
    assert result.exit_code == 0
    assert "fail_over FAILED_OVER: to FARGATE_SPOT weight 0, FARGATE weight 10" in result.stdout
    assert "restore RESTORE_STARTED: to FARGATE_SPOT weight 1" in result.stdout
    steps = world.central.json("drill", WEB_NAME, "--dry-run")["would_happen"]
    assert [step["action"] for step in steps] == ["fail_over", "restore"]
    assert (world.waits(), strategies(world)) == (0, [])


REFUSED: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"synthetic_events": SYNTHETIC | {"enabled": False, "act_from_central": False}}, {}, "synthetic events are off"),
    ({"synthetic_events": SYNTHETIC | {"act_from_central": False}}, {}, "--account-profile"),
    ({"enabled": False}, {}, "DISABLED"),
    ({"mode": "observe"}, {}, "would_fail_over"),
    ({}, {"tags": {"spot-failover:mode": "observe"}}, "would_fail_over"),
    ({}, {"tags": {"spot-failover:hold-until": "2040-01-01"}}, "HELD"),
    ({}, {"tags": {"spot-failover:enabled": "false"}}, "OUT_OF_SCOPE"),
    ({}, {"tags": {"spot-failover:method": "failover_service", "spot-failover:twin": "w"}}, "failover_service"),
    ({}, {"controller": "CODE_DEPLOY"}, "UNSUPPORTED_CONTROLLER"),
    ({}, {"controller": "EXTERNAL"}, "its controller is EXTERNAL"),
    ({}, {"desired": 0}, "SCALED_TO_ZERO"),
    ({}, {"strategy": FALLBACK}, "NO_ACTIVE_SPOT"),
    ({}, {"minimum_healthy_percent": 50}, "UNSAFE_TO_RESTORE"),
]


def test_what_stands_in_the_way_is_told_before_anything_is_put(world: World) -> None:
    ordinary = {name: world.central.policy[name] for name in ("enabled", "mode", "synthetic_events")}
    for policy, of_service, told in REFUSED:
        world.central.services.add(service(**of_service))
        world.central.set_policy(**ordinary | policy)
        result = world.central.run("drill", WEB_NAME, "--yes")
        assert (result.exit_code, told in result.stderr) == (3, True), result.output
    assert (world.waits(), strategies(world)) == (0, [])


def test_a_service_that_is_not_steady(world: World) -> None:
    refused = ["it runs 3 of 4 tasks", "a deployment of it is in progress"]
    rolling = (deployment(id="ecs-svc/2", rollout_state="IN_PROGRESS"), deployment(status="ACTIVE"))
    for live, told in zip([service(deployment(running=3)), service(*rolling)], refused, strict=True):
        world.central.services.add(live)
        result = world.central.run("drill", WEB_NAME, "--yes")
        assert (result.exit_code, told in result.stderr) == (3, True), result.output


def test_a_service_that_has_failed_over_already(world: World) -> None:
    world.central.services.lose_spot()
    world.central.deliver(failure(time=world.central.clock.now()))
    result = world.central.run("drill", WEB_NAME, "--yes")
    assert (result.exit_code, "failed_over (FAILED_OVER)" in result.stderr) == (3, True)


def test_a_service_that_somebody_changes(world: World) -> None:
    lease = Lease("request-of-a-function", world.central.clock.now() + timedelta(seconds=30))
    world.central.table.put(replace(world.central.record(), lease=lease))
    assert world.central.run("drill", WEB_NAME, "--yes").exit_code == 4


def test_an_open_pool_and_a_used_up_hour(world: World) -> None:
    now, key = world.central.clock.now(), PoolKey.of(WEB, "FARGATE_SPOT")
    shared = world.central.worker().shared
    opened = replace(shared.pool(key), open=True, opened_at=now, next_canary_at=now + timedelta(minutes=20))
    pool = shared.put_pool(opened)
    result = world.central.run("drill", WEB_NAME, "--yes")
    assert (result.exit_code, "would not come back at once: wait POOL_OPEN" in result.stderr) == (3, True)
    shared.put_pool(replace(pool, open=False))
    world.central.set_policy(max_failovers_per_hour=1)
    shared.put_budget(shared.budget(WEB.account, now).one_more("another"))
    result = world.central.run("drill", WEB_NAME, "--yes")
    assert (result.exit_code, "has had its 1 failovers of this hour" in result.stderr) == (3, True)
    assert strategies(world) == []


def test_what_the_function_decides_otherwise_is_told(world: World) -> None:
    world.during = {1: lambda: world.central.run("hold", WEB_NAME, "--until", "2h", "--yes")}
    result = world.central.run("drill", WEB_NAME, "--yes")
    assert result.exit_code == 3
    assert "not touched: the function decided ignore HELD" in result.stdout
    assert strategies(world) == []


def test_an_event_that_does_not_arrive(world: World) -> None:
    world.function_works = False
    result = world.central.run("drill", WEB_NAME, "--yes", "--patience", "1min")
    assert result.exit_code == 3
    assert f"{QUEUE} holds messages: placement_failure-handler does not read them" in result.stdout
    world.plumbing.bodies(QUEUE)
    world.during = {world.pauses + 1: lambda: world.plumbing.bodies(QUEUE)}
    assert "a rule did not match" in world.central.run("drill", WEB_NAME, "--yes", "--patience", "1min").stdout
    world.during = {world.pauses + 1: lambda: world.plumbing.bury("placement_failure", "{}")}
    assert "spotctl redrive shows why" in world.central.run("drill", WEB_NAME, "--yes", "--patience", "1min").stdout
    assert strategies(world) == []


def test_a_hold_during_the_drill_wins(world: World) -> None:
    world.during = {3: lambda: world.central.run("hold", WEB_NAME, "--until", "2h", "--yes")}
    result = world.central.run("drill", WEB_NAME, "--yes")
    assert (result.exit_code, strategies(world)) == (3, [FALLBACK])
    assert "its restore can't begin: wait HELD" in result.stdout
    assert "The restore tick brings it back" in result.stdout


@pytest.mark.parametrize("phase", ["failed_over", "proving"])
def test_the_kill_switch_ends_a_drill_and_nothing_is_changed_from_then_on(world: World, phase: str) -> None:
    seen: list[Any] = []

    def pull() -> None:
        if world.central.record().phase == phase and not seen:
            seen.append(strategies(world))
            world.central.set_policy(enabled=False)

    world.during = dict.fromkeys(range(1, 40), pull)
    result = world.central.run("drill", WEB_NAME, "--yes", "--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["result"]) == (3, "left_to_automation")
    assert "the kill switch is on" in told["note"]
    assert [strategies(world)] == seen
    assert world.central.record().phase == phase


def test_the_kill_switch_before_the_answer_puts_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.central.answers_late(monkeypatch, lambda: world.central.set_policy(enabled=False))
    result = world.central.run("drill", WEB_NAME, answer="y\n")
    assert (result.exit_code, world.waits(), strategies(world)) == (3, 0, [])
    assert "no drill: it would not fail over: ignore DISABLED" in result.stderr


def test_spot_that_goes_during_the_drill(world: World) -> None:
    def rolled_back() -> None:
        world.central.services.lose_spot()
        world.central.services.roll_back(WEB, deployment(FALLBACK, id="ecs-svc/new-1"))

    world.during = {4: rolled_back}
    told = json.loads(world.central.run("drill", WEB_NAME, "--yes", "--json").stdout)
    assert told["result"] == "left_to_automation"
    assert "Spot did not carry it: RESTORE_FAILED" in told["note"]


def test_a_restore_that_is_not_proven_in_time_goes_on_without_the_drill(world: World) -> None:
    world.during = {4: world.central.services.lose_spot}
    result = world.central.run("drill", WEB_NAME, "--yes", "--patience", "1min")
    assert (result.exit_code, strategies(world)) == (3, [FALLBACK, SPOT])
    assert "it still waits for: proven" in result.stdout


def test_on_demand_that_does_not_come_is_left_to_the_automation(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.central.services, "settle", lambda: None)
    result = world.central.run("drill", WEB_NAME, "--yes", "--patience", "2min")
    assert (result.exit_code, strategies(world)) == (3, [FALLBACK])
    assert "it still waits for: on-demand running" in result.stdout


def test_an_answer_to_the_put_that_got_lost(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = drill_event.put
    monkeypatch.setattr("spotctl.drill.put", lambda *given: plain(*given)[:0])
    result = world.central.run("drill", WEB_NAME, "--yes")
    assert result.exit_code == 0, result.output
    assert "event of unknown id" in result.stdout
    as_it_was(world)


def test_a_lost_answer_and_the_record_of_an_earlier_drill(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert world.central.run("drill", WEB_NAME, "--yes").exit_code == 0
    world.again()
    world.central.clock.advance(minutes=5)
    monkeypatch.setattr("spotctl.drill.put", lambda *_given: "")
    # Its record is written meanwhile, and is still that of the drill before.
    world.during = {
        1: lambda: world.central.run("hold", WEB_NAME, "--until", "2h", "--yes"),
        2: lambda: world.central.run("hold", WEB_NAME, "--release", "--yes"),
    }
    result = world.central.run("drill", WEB_NAME, "--yes", "--patience", "1min")
    assert (result.exit_code, "not touched: no decision was seen" in result.stdout) == (3, True), result.output


def test_a_profile_of_another_account(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.central.set_policy(synthetic_events=SYNTHETIC | {"act_from_central": False})
    monkeypatch.setattr(drill_event, "open_session", lambda *_args: world_session())
    result = world.central.run("drill", WEB_NAME, "--yes", "--account-profile", "orders")
    assert result.exit_code == 3
    assert "profile orders is of account 123456789012" in result.stderr


def world_session() -> Any:
    return boto3.Session(region_name="us-east-1")
