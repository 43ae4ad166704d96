"""A service's own tags."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from spot_failover.core.policy import (
    Enrollment,
    InterruptionPolicy,
    InterruptionResponse,
    Method,
    Mode,
    Policy,
    RestorePolicy,
)
from spot_failover.core.tags import service_wishes
from spot_failover.core.windows import Window

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_without_tags_the_policy_holds() -> None:
    policy = Policy(mode=Mode.OBSERVE, interruption=InterruptionPolicy(response=InterruptionResponse.REDEPLOY))
    wishes = service_wishes({}, policy)
    assert (wishes.enrolled, wishes.mode, wishes.response) == (True, Mode.OBSERVE, InterruptionResponse.REDEPLOY)
    assert not wishes.held(NOON)


@pytest.mark.parametrize(
    ("enrollment", "value", "enrolled"),
    [
        (Enrollment.OPT_OUT, "false", False),
        (Enrollment.OPT_OUT, "True", True),
        (Enrollment.OPT_IN, None, False),
        (Enrollment.OPT_IN, "true", True),
        (Enrollment.OPT_IN, " TRUE ", True),
        (Enrollment.OPT_OUT, "maybe", False),
    ],
)
def test_enabled(enrollment: Enrollment, value: str | None, *, enrolled: bool) -> None:
    tags = {} if value is None else {"spot-failover:enabled": value}
    wishes = service_wishes(tags, Policy(enrollment=enrollment))
    assert wishes.enrolled is enrolled
    assert wishes.unreadable == (("spot-failover:enabled",) if value == "maybe" else ())


def test_mode_and_response_of_the_service_win() -> None:
    wishes = service_wishes({"spot-failover:mode": "observe", "spot-failover:interruption-response": "none"}, Policy())
    assert (wishes.mode, wishes.response) == (Mode.OBSERVE, InterruptionResponse.NONE)


def test_what_cannot_be_read_leaves_the_service_alone_and_is_named() -> None:
    tags = {
        "spot-failover:enabled": "ja",
        "spot-failover:mode": "acting",
        "spot-failover:interruption-response": "panic",
        "spot-failover:hold-until": "tomorrow",
        "spot-failover:probe": "yes",
    }
    wishes = service_wishes(tags, Policy())
    assert not wishes.enrolled
    assert wishes.probe
    assert wishes.mode is Mode.OBSERVE
    assert wishes.response is InterruptionResponse.NONE
    assert wishes.held(NOON + timedelta(days=10_000))
    assert set(wishes.unreadable) == set(tags)


@pytest.mark.parametrize(
    ("value", "last", "over"),
    [
        ("2026-03-01", "2026-03-01T23:59:59+00:00", "2026-03-02T00:00:00+00:00"),
        ("20260301", "2026-03-01T23:59:59+00:00", "2026-03-02T00:00:00+00:00"),
        ("20260301T18", "2026-03-01T17:59:59+00:00", "2026-03-01T18:00:00+00:00"),
        ("2026-03-01T18:00", "2026-03-01T17:59:59+00:00", "2026-03-01T18:00:00+00:00"),
        ("2026-03-01T18:00:00Z", "2026-03-01T17:59:59+00:00", "2026-03-01T18:00:00+00:00"),
        ("2026-03-01T18:00:00+02:00", "2026-03-01T15:59:59+00:00", "2026-03-01T16:00:00+00:00"),
    ],
)
def test_hold_until(value: str, last: str, over: str) -> None:
    wishes = service_wishes({"spot-failover:hold-until": value}, Policy())
    assert wishes.held(datetime.fromisoformat(last))
    assert not wishes.held(datetime.fromisoformat(over))


def test_the_restore_window_of_the_service_wins_over_the_installation_s() -> None:
    night = Policy(restore=RestorePolicy(window=Window.parse("22:00-06:00")))
    assert not service_wishes({}, night).may_restore(NOON)
    assert service_wishes({"spot-failover:restore-window": "Sun 11:00-13:00"}, night).may_restore(NOON)
    assert not service_wishes({"spot-failover:restore-window": "Mon-Sat 11:00-13:00"}, Policy()).may_restore(NOON)
    assert service_wishes({}, Policy()).may_restore(NOON)


def test_a_restore_window_that_cannot_be_read_never_opens_and_is_named() -> None:
    wishes = service_wishes({"spot-failover:restore-window": "at night"}, Policy())
    assert wishes.unreadable == ("spot-failover:restore-window",)
    assert not any(wishes.may_restore(NOON + timedelta(hours=hours)) for hours in range(200))


@pytest.mark.parametrize(
    ("value", "method"),
    [
        (None, Method.STRATEGY),
        ("strategy", Method.STRATEGY),
        (" Failover_Service ", Method.FAILOVER_SERVICE),
        ("magic", None),
    ],
)
def test_a_method_that_cannot_be_read_is_none(value: str | None, method: Method | None) -> None:
    wishes = service_wishes({} if value is None else {"spot-failover:method": value}, Policy())
    assert wishes.method is method
    assert wishes.unreadable == (("spot-failover:method",) if method is None else ())


@pytest.mark.parametrize(
    ("value", "probe"),
    [(None, False), ("false", False), (" False ", False), ("true", True), ("maybe", True), ("", True)],
)
def test_whatever_may_be_a_probe_is_never_switched(value: str | None, *, probe: bool) -> None:
    wishes = service_wishes({} if value is None else {"spot-failover:probe": value}, Policy())
    assert wishes.probe is probe
    assert wishes.unreadable == (("spot-failover:probe",) if value in ("maybe", "") else ())


def test_a_twin_is_named_as_ecs_names_it() -> None:
    assert service_wishes({"spot-failover:twin": " Web-On-Demand "}, Policy()).twin == "Web-On-Demand"
    assert not service_wishes({}, Policy()).twin


@pytest.mark.parametrize("value", ["arn:aws:ecs:us-east-1:111111111111:service/shop/twin", "shop/twin", "a twin"])
def test_a_twin_that_is_no_name_is_none_and_told(value: str) -> None:
    wishes = service_wishes({"spot-failover:twin": value}, Policy())
    assert (wishes.twin, wishes.unreadable) == ("", ("spot-failover:twin",))
