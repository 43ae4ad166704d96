"""What a run is judged by, beside its messages."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from spot_failover.core.record import Phase, Record
from spot_failover.core.service_key import ServiceKey
from tests.soak import life
from tests.soak.life import Lives
from tests.soak.owners import Owner
from tests.soak.plan import Place
from tests.soak.run import too_few_restores, too_many_races

PLACE = Place("111111111111", "us-east-1", "shop", "web")
FOR_GOOD = datetime.max.replace(tzinfo=UTC)
DICE = random.Random(1)  # noqa: S311  (repeatable, not secret)


@dataclass
class Person(Owner):
    """An owner of whom it is known what they did."""

    acted: list[str] = field(default_factory=list)

    def choose(self) -> None:
        self.acted.append("choose")

    def reapply(self) -> None:
        self.acted.append("re-apply")


@pytest.fixture
def person() -> Person:
    nothing: Any = None
    return Person(nothing, PLACE, DICE, Counter(), exists=True)


@pytest.fixture
def lives(person: Person) -> Lives:
    ground: Any = SimpleNamespace(clock=SimpleNamespace(now=lambda: 100.0))
    nothing: Any = None
    return Lives(ground, nothing, nothing, DICE, [PLACE], owners=[person])


def record(phase: Phase, reason: str, **more: Any) -> Record:
    return Record(ServiceKey("111111111111", "us-east-1", "shop", "web"), phase, reason=reason, stuck=True, **more)


def found(monkeypatch: pytest.MonkeyPatch, record: Record) -> None:
    monkeypatch.setattr(life, "records", lambda _ground: {PLACE: record})


def test_a_failover_that_ecs_rolled_back_four_times_is_a_persons(
    monkeypatch: pytest.MonkeyPatch, lives: Lives, person: Person
) -> None:
    found(monkeypatch, record(Phase.FAILING_OVER, "FAILOVER_ROLLED_BACK", held_until=FOR_GOOD, rollbacks=4))

    lives.look_at_alarms()

    assert person.acted == ["choose"]
    assert lives.stuck == {}


@pytest.mark.parametrize(
    ("phase", "more"),
    [
        (Phase.RESTORING, {}),
        (Phase.FAILED_OVER, {}),
        (Phase.FAILED_OVER, {"held_until": FOR_GOOD, "held_by": "somebody"}),
        (Phase.FAILED_OVER, {"held_until": FOR_GOOD}),
        (Phase.FAILING_OVER, {"held_until": FOR_GOOD, "rollbacks": 3}),
    ],
)
def test_what_is_stuck_otherwise_has_to_go_on_by_itself(
    monkeypatch: pytest.MonkeyPatch, lives: Lives, person: Person, phase: Phase, more: dict[str, Any]
) -> None:
    found(monkeypatch, record(phase, "RESTORE_STARTED", **more))

    lives.look_at_alarms()

    assert person.acted == []
    assert list(lives.still_stuck()) == [f"{PLACE}: stuck {phase} (RESTORE_STARTED) at 100, and open to the end"]
    found(monkeypatch, record(Phase.CLOSED, "RESTORED"))
    assert list(lives.still_stuck()) == []


@pytest.mark.parametrize(
    ("failovers", "rolled_back", "restores", "wrong"),
    [(1370, 5, 1329, 0), (57, 0, 53, 0), (20, 0, 0, 1), (100, 0, 70, 1), (100, 20, 70, 0), (19, 0, 0, 0)],
)
def test_most_failovers_end_with_a_restore(failovers: int, rolled_back: int, restores: int, wrong: int) -> None:
    switches = {"failover": failovers, "ECS: rolled back a failover": rolled_back, "restore": restores}

    assert len(list(too_few_restores(switches))) == wrong


@pytest.mark.parametrize(("overruled", "first", "wrong"), [(0, 0, 0), (3, 2, 0), (6, 0, 1), (3, 3, 1)])
def test_few_owners_are_overruled_within_seconds(overruled: int, first: int, wrong: int) -> None:
    switches = {"owner overruled within seconds": overruled, "owner came first within seconds": first}

    assert len(list(too_many_races(switches))) == wrong
