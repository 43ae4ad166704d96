"""An operator holds a service, and releases it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from spot_failover.core.reason import Reason
from spot_failover.core.record import Lease, Phase, Record
from spotctl.times import FOREVER
from tests.doubles.builders import FALLBACK, SPOT, WEB, deployment, failure, service
from tests.spotctl.central import WEB_NAME, Central

ARN = "arn:aws:ecs:us-east-1:111111111111:service/shop/web"


def test_a_held_service_neither_fails_over_nor_is_it_forgotten(central: Central) -> None:
    central.services.add(service(deployment(SPOT)))
    result = central.run("hold", WEB_NAME, "--until", "3h", "--yes")
    assert result.exit_code == 0, result.output
    record = central.record()
    assert (record.phase, record.held_until) == (Phase.CLOSED, central.clock.now() + timedelta(hours=3))
    assert record.held_by.startswith("arn:aws:")
    central.services.lose_spot()
    central.deliver(failure())
    assert central.told.last == ("ignore", "HELD")
    assert "until" in central.run("status", WEB_NAME).stdout
    central.clock.advance(hours=4)
    central.deliver(failure(event_id="failure-2", time=central.clock.now()))
    assert central.told.last == ("fail_over", "FAILED_OVER")


def test_a_failed_over_service_stays_there_until_it_is_released(central: Central) -> None:
    central.services.add(service(deployment(SPOT, running=1)))
    central.deliver(failure())
    central.services.settle()
    assert central.run("hold", ARN, "--until", "forever", "--yes").exit_code == 0
    central.clock.advance(hours=2)
    central.tick()
    assert central.services.live[central.record().key].strategy == FALLBACK
    assert central.run("hold", ARN, "--release", "--yes").exit_code == 0
    assert central.record().held_by == ""
    central.tick()
    assert central.services.live[central.record().key].strategy == SPOT


def left_to_a_person(central: Central, phase: Phase, reason: Reason) -> Record:
    """A service whose record the automation itself holds, for good; the live strategy is what calls would change."""
    central.services.add(service(deployment(SPOT, running=1)))
    central.deliver(failure())
    if reason is Reason.FAILOVER_ROLLED_BACK:
        central.services.live[WEB] = service(deployment(SPOT, running=1))
    central.services.settle()
    central.services.updates.clear()
    left = replace(central.record(), phase=phase, reason=reason, held_until=FOREVER, held_by="", rollbacks=4)
    return central.table.put(left)


@pytest.mark.parametrize(
    ("phase", "reason"),
    [(Phase.FAILING_OVER, Reason.FAILOVER_ROLLED_BACK), (Phase.FAILED_OVER, Reason.RESTORE_OVERRULED)],
)
def test_the_automation_s_own_hold_ends_with_a_release_alone(central: Central, phase: Phase, reason: Reason) -> None:
    left = left_to_a_person(central, phase, reason)
    result = central.run("hold", WEB_NAME, "--until", "2h", "--yes")
    assert result.exit_code == 0, result.output
    assert f"the automation holds it already, for good, and that stays: {reason}" in result.stdout
    assert "--release" in result.stdout
    assert central.json("hold", WEB_NAME, "--until", "forever")["changed"] is False
    assert central.record() == left
    central.clock.advance(hours=3)
    central.tick()
    assert central.services.updates == []
    assert central.run("hold", WEB_NAME, "--release", "--yes").exit_code == 0
    central.tick()
    assert [update.key for update in central.services.updates] == [WEB]


def test_who_held_and_who_released_is_told(central: Central) -> None:
    central.audited()
    assert central.run("hold", WEB_NAME, "--until", "2030-01-01", "--yes").exit_code == 0
    assert central.run("hold", WEB_NAME, "--release", "--yes").exit_code == 0
    assert central.run("hold", WEB_NAME, "--release", "--yes").exit_code == 0
    told = sorted(central.audited(), key=lambda detail: int(detail["record_version"]))
    assert [(each["action"], each["reason"]) for each in told] == [
        ("hold", "OPERATOR_REQUEST"),
        ("release", "OPERATOR_REQUEST"),
    ]
    assert told[0]["note"].startswith("held until 2030-01-01T23:59:59Z; asked for by arn:aws:")
    assert told[1]["note"].startswith("released; asked for by arn:aws:")


def test_without_an_answer_nothing_is_written(central: Central) -> None:
    result = central.run("hold", WEB_NAME, "--until", "3h")
    assert (result.exit_code, central.record().version) == (6, 0)
    assert "--yes" in result.stderr
    result = central.run("hold", WEB_NAME, "--until", "3h", answer="n\n")
    assert (result.exit_code, central.record().version) == (6, 0)
    assert central.run("hold", WEB_NAME, "--until", "3h", answer="y\n").exit_code == 0
    assert central.record().version == 1


def test_a_dry_run_writes_nothing(central: Central) -> None:
    result = central.run("hold", WEB_NAME, "--until", "2030-01-01", "--dry-run")
    assert (result.exit_code, central.record().version) == (0, 0)
    assert "would be held until 2030-01-01T23:59:59Z" in result.stdout


def test_while_a_function_changes_the_service_the_record_is_left_alone(central: Central) -> None:
    lease = Lease("request-of-a-function", central.clock.now() + timedelta(seconds=30))
    central.table.put(replace(central.record(), lease=lease))
    result = central.run("hold", WEB_NAME, "--until", "3h", "--yes")
    assert (result.exit_code, central.record().version) == (4, 1)
    assert "being changed right now" in result.stderr


def test_what_is_not_held_is_not_released(central: Central) -> None:
    told = central.json("hold", WEB_NAME, "--release")
    assert (told["changed"], central.record().version) == (False, 0)


@pytest.mark.parametrize(
    ("until", "held_until"),
    [
        ("2030-01-01T18:00:00+02:00", datetime(2030, 1, 1, 16, tzinfo=UTC)),
        ("2030-01-01T18:00", datetime(2030, 1, 1, 18, tzinfo=UTC)),
    ],
)
def test_how_a_time_is_given(central: Central, until: str, held_until: datetime) -> None:
    assert central.run("hold", WEB_NAME, "--until", until, "--yes").exit_code == 0
    assert central.record().held_until == held_until


@pytest.mark.parametrize(
    "arguments",
    [
        (WEB_NAME,),
        (WEB_NAME, "--until", "3h", "--release"),
        (WEB_NAME, "--until", "yesterday"),
        (WEB_NAME, "--until", "2020-01-01"),
        ("web", "--until", "3h"),
        ("1/us-east-1/shop/web", "--until", "3h"),
        ("arn:aws:ecs:us-east-1:111111111111:service/web", "--until", "3h"),
        ("arn:aws:ecs:us-east-1:111111111111:cluster/shop", "--until", "3h"),
    ],
)
def test_a_wrong_command_line(central: Central, arguments: tuple[str, ...]) -> None:
    result = central.run("hold", *arguments, "--yes")
    assert result.exit_code == 2, result.output
    assert "Error: " in result.stderr
