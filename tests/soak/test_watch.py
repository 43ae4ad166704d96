"""A restore has to give back what was replaced, whatever the record says of it."""

from __future__ import annotations

from typing import Any

import pytest

from spot_failover.core.record import Phase, Record
from spot_failover.core.service_key import ServiceKey
from spot_failover.core.strategy import Strategy
from tests.soak.plan import ON_DEMAND, STRATEGIES, Place, Wire, items
from tests.soak.watch import RACE_SECONDS, Change, Watch

PLACE = Place("111111111111", "us-east-1", "shop", "web")
SPOT, OWN, OTHER = (Strategy.from_api(wire) for wire in STRATEGIES[:3])
FALLBACK = Strategy.from_api(items(("FARGATE_SPOT", 0, 0), ("FARGATE", 10, 0)))


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """A service whose owner chose Spot long ago; where nothing else is said, its record is open."""
    monkeypatch.setattr("tests.soak.watch.record_of", lambda _place: record(Phase.FAILED_OVER))
    unused: Any = None
    made = Watch(unused)
    made.set_by_owner(Change(PLACE, "first", Strategy(), SPOT, 0.0), created=True)
    return made


def record(phase: Phase, baseline: Strategy = SPOT) -> Record:
    return Record(ServiceKey(*vars(PLACE).values()), phase, baseline, FALLBACK)


def fail_over(watch: Watch, at: float = 1000.0, before: Strategy = SPOT, baseline: Strategy = SPOT) -> None:
    watch.switched(Change(PLACE, f"ours-{at}", before, FALLBACK, at), record(Phase.FAILING_OVER, baseline))


def restore(watch: Watch, to: Strategy, at: float = 2000.0, before: Strategy = FALLBACK) -> None:
    watch.switched(Change(PLACE, f"ours-{at}", before, to, at), record(Phase.RESTORING, to))


def test_there_and_back_is_as_promised(watch: Watch) -> None:
    fail_over(watch)
    restore(watch, SPOT)
    fail_over(watch, at=3000)

    assert watch.broken == []
    assert watch.switches == {"owner: created": 1, "failover": 2, "restore": 1}


def test_a_restore_of_something_else_is_told_although_the_record_says_so(watch: Watch) -> None:
    fail_over(watch)
    restore(watch, OTHER)

    (broken,) = watch.broken
    assert f"restored {OTHER}, but failovers replaced {SPOT}" in broken


def test_a_failover_that_announces_what_the_owner_did_not_set_is_told(watch: Watch) -> None:
    fail_over(watch, before=OTHER, baseline=OTHER)

    (broken,) = watch.broken
    assert f"failed over with the baseline {OTHER}, but the owner set {SPOT}" in broken


def test_what_ecs_brought_back_may_be_replaced_once_more_by_what_the_owner_s_strategy_leads_to(watch: Watch) -> None:
    fail_over(watch)
    watch.courses[PLACE].rollbacks, watch.courses[PLACE].rolled_back_to = 1, OTHER
    fail_over(watch, at=1500, before=OTHER)
    restore(watch, SPOT)
    assert watch.broken == []

    fail_over(watch, at=3000, before=OTHER)
    assert len(watch.broken) == 1


def test_of_an_owner_who_was_overruled_the_saved_baseline_comes_back(watch: Watch) -> None:
    watch.set_by_owner(Change(PLACE, "theirs", SPOT, OWN, 999.0))
    fail_over(watch, at=1000, before=OWN, baseline=SPOT)
    restore(watch, SPOT)
    assert watch.broken == []
    assert watch.raced == {PLACE}

    fail_over(watch, at=3000)
    restore(watch, OTHER, at=4000)
    assert len(watch.broken) == 1


@pytest.mark.parametrize(("seconds", "broken"), [(1.4, 0), (RACE_SECONDS + 1, 1)])
def test_an_owner_who_set_the_baseline_first_is_no_broken_promise(watch: Watch, seconds: float, broken: int) -> None:
    fail_over(watch)
    watch.set_by_owner(Change(PLACE, "theirs", FALLBACK, SPOT, 2000.0 - seconds))

    restore(watch, SPOT, before=SPOT)

    assert len(watch.broken) == broken
    assert watch.switches["owner came first within seconds"] == 1 - broken


@pytest.mark.parametrize("phase", [Phase.FAILED_OVER, Phase.PROVING, Phase.FAILING_OVER])
def test_a_redeployment_of_what_no_record_announces_is_told(watch: Watch, phase: Phase) -> None:
    watch.set_by_owner(Change(PLACE, "theirs", FALLBACK, SPOT, 1999.0))

    watch.switched(Change(PLACE, "ours", SPOT, SPOT, 2000.0), record(phase))

    assert watch.broken == [f"{PLACE} at 2000: redeployed while {phase}"]


@pytest.mark.parametrize("wire", [STRATEGIES[0], ON_DEMAND])
def test_a_redeployment_of_a_service_at_rest_is_none_of_it(watch: Watch, wire: Wire) -> None:
    strategy = Strategy.from_api(wire)

    watch.switched(Change(PLACE, "ours", strategy, strategy, 2000.0), record(Phase.CLOSED))

    assert watch.broken == []
    assert watch.switches["redeploy"] == 1


def test_a_failover_that_ecs_rolled_back_is_tried_again_three_times(watch: Watch) -> None:
    for number in range(4):
        fail_over(watch, at=1000.0 + number)
        watch._ours_rolled_back(f"ours-{1000.0 + number}", SPOT)
    assert watch.broken == []

    fail_over(watch, at=2000)
    (broken,) = watch.broken
    assert "failover 5 since the baseline was set" in broken


def test_who_releases_what_ecs_brought_back_sets_it_anew(watch: Watch) -> None:
    fail_over(watch)
    watch._ours_rolled_back("ours-1000.0", OTHER)

    watch.set_by_owner(Change(PLACE, "scaled", OTHER, OTHER, 1100.0))
    assert watch.courses[PLACE].failovers == 1
    watch.set_by_owner(Change(PLACE, "release", OTHER, OTHER, 1200.0, forced=True))

    assert watch.raced == {PLACE}
    fail_over(watch, at=1500, before=OTHER, baseline=OTHER)
    restore(watch, OTHER)
    assert watch.broken == []


@pytest.mark.parametrize(("phase", "told"), [(Phase.FAILED_OVER, 0), (Phase.CLOSED, 1)])
def test_nobody_is_left_on_demand_for_its_owner_to_find(
    watch: Watch, monkeypatch: pytest.MonkeyPatch, phase: Phase, told: int
) -> None:
    monkeypatch.setattr("tests.soak.watch.record_of", lambda _place: record(phase))
    fail_over(watch)

    watch.set_by_owner(Change(PLACE, "re-apply", FALLBACK, SPOT, 9000.0))

    assert len(watch.broken) == told


def test_of_a_failover_that_its_owner_released_upon_the_release_is_rolled_back_with_it(watch: Watch) -> None:
    fail_over(watch)
    watch.set_by_owner(Change(PLACE, "release", FALLBACK, FALLBACK, 1100.0))
    watch._ours_rolled_back("release", SPOT)
    fail_over(watch, at=1500)
    assert watch.broken == []
    assert watch.switches["ECS: rolled back a failover"] == 1


def test_of_a_restore_that_ecs_rolled_back_beyond_the_fallback_the_baseline_comes_back(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.soak.watch.record_of", lambda place: record(Phase.PROVING))
    fail_over(watch)
    restore(watch, SPOT)
    watch._ours_rolled_back("ours-2000.0", OTHER)
    fail_over(watch, at=3000, before=OTHER)
    restore(watch, SPOT, at=4000)
    assert watch.broken == []
    watch._ours_rolled_back("ours-4000.0", FALLBACK)
    fail_over(watch, at=5000, before=FALLBACK)
    assert len(watch.broken) == 1
