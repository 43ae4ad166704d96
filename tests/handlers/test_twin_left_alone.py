"""Primaries that are taken out of the product's hands while their twins carry, and modes that only tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from spot_failover.core.policy import Mode, Policy, Scope, SyntheticPolicy, TwinPolicy
from spot_failover.core.record import Phase, Record
from tests.doubles.builders import FALLBACK, MIXED_FALLBACK, ON_DEMAND, SPOT, WEB, deployment, failure
from tests.doubles.twin_story import TWIN_POLICY, Story, primary, twin, twin_of

TWIN = twin_of(WEB)


def carrying() -> Story:
    """Short, and the twin carries three tasks."""
    story = Story()
    story.world.lose(WEB)
    story.deliver()
    story.go_on(minutes=5)
    assert story.wanted() == 3
    return story


def tag(story: Story, **tags: str) -> None:
    changed = {**story.world.live[WEB].tags, **{f"spot-failover:{name}": value for name, value in tags.items()}}
    story.world.live[WEB] = replace(story.world.live[WEB], tags=changed)


def spot_returns(story: Story) -> None:
    story.world.no_spot.clear()
    story.go_on(minutes=60)


@pytest.mark.parametrize(
    "tags", [{"method": "strategy"}, {"enabled": "false"}, {"probe": "true"}, {"method": "nonsense"}]
)
def test_a_primary_that_leaves_the_method_gets_no_more_and_the_twin_is_brought_back(tags: dict[str, str]) -> None:
    story = carrying()
    tag(story, **tags)
    story.world.events.clear()
    story.world.scale(WEB, 7)
    story.world.events = [event for event in story.world.events if event.kind == "TaskStateChange"]
    story.go_on(minutes=1, tick=False)
    story.installation.tick()
    assert story.wanted() == 3
    story.world.scale(WEB, 5)
    spot_returns(story)
    assert story.wanted() == 0
    assert not story.installation.twins.stored(WEB).active


def test_a_primary_that_goes_over_to_the_strategy_method_fails_over_and_relieves_its_twin() -> None:
    story = carrying()
    tag(story, method="strategy")
    story.send([failure(time=story.installation.clock.now())])
    assert story.world.live[WEB].strategy == MIXED_FALLBACK
    assert story.installation.record().phase is Phase.FAILED_OVER
    story.go_on(minutes=60)
    assert story.wanted() == 0


@pytest.mark.parametrize("phase", [Phase.FAILED_OVER, Phase.FAILING_OVER])
def test_what_the_strategy_method_began_is_finished_first(phase: Phase) -> None:
    story = Story()
    now = story.installation.clock.now()
    live = replace(primary(), strategy=SPOT, deployments=(deployment(SPOT, desired=5, running=5),))
    story.world.place(live)
    record = Record(
        WEB, phase=phase, baseline=SPOT, fallback=FALLBACK, reason="FAILED_OVER", due_at=now, switched_at=None
    )
    if phase is Phase.FAILED_OVER:
        story.world.place(replace(live, strategy=FALLBACK, deployments=(deployment(FALLBACK, desired=5, running=5),)))
    story.installation.records.store(record)
    story.send([failure(time=now)])
    assert story.counts == []
    assert [update.strategy for update in story.world.updates] == ([] if phase is Phase.FAILED_OVER else [FALLBACK])


def test_a_hold_leaves_the_twin_as_it_is() -> None:
    story = carrying()
    until = story.installation.clock.now() + timedelta(hours=2)
    tag(story, **{"hold-until": until.isoformat()})
    spot_returns(story)
    assert story.wanted() == 3
    assert story.reasons[-1] == "HELD"
    story.go_on(minutes=120)
    assert story.wanted() == 0


def test_a_primary_that_goes_to_on_demand_itself() -> None:
    story = carrying()
    live = story.world.live[WEB]
    story.world.live[WEB] = replace(live, strategy=ON_DEMAND)
    story.go_on(minutes=60)
    assert story.wanted() == 0


def test_a_primary_that_is_deleted_leaves_no_twin_behind() -> None:
    story = carrying()
    del story.world.live[WEB]
    for _ in range(8):
        story.installation.clock.advance(minutes=5)
        story.installation.tick()
    assert story.counts == [3, 2, 1, 0]
    assert not story.installation.twins.stored(WEB).active
    assert ("close", "SERVICE_GONE") in story.installation.told.lines


def test_the_twin_of_a_deleted_primary_must_say_whose_it_is() -> None:
    story = carrying()
    del story.world.live[WEB]
    story.world.live[TWIN] = replace(story.world.live[TWIN], tags={})
    story.installation.tick()
    assert story.installation.told.last == ("alert", "TWIN_UNUSABLE")
    assert story.counts == [3]


def test_another_twin_by_name_takes_over_once_the_first_is_back() -> None:
    story = carrying()
    other = replace(TWIN, service="web-second")
    story.world.place(replace(twin(), key=other))
    tag(story, twin=other.service)
    story.go_on(minutes=10)
    assert (story.wanted(), story.world.live[other].desired) == (3, 0)
    story.world.scale(TWIN, 0)
    story.go_on(minutes=5)
    assert (story.wanted(), story.world.live[other].desired) == (0, 3)
    spot_returns(story)
    assert story.world.live[other].desired == 0


def test_switched_off_for_the_installation() -> None:
    story = carrying()
    story.installation.policy = Policy(twin=TwinPolicy(enabled=False))
    story.installation.autoscaling.denied = True
    spot_returns(story)
    assert story.wanted() == 0
    assert story.world.updates == []


def test_switched_off_for_the_account_alone() -> None:
    story = carrying()
    story.installation.autoscaling.denied = True
    spot_returns(story)
    assert story.wanted() == 0


def test_out_of_scope_by_name() -> None:
    story = carrying()
    story.installation.policy = replace(TWIN_POLICY, scope=Scope(exclude_services=("web",)))
    spot_returns(story)
    assert story.wanted() == 0


def test_the_kill_switch_calls_nobody() -> None:
    story = carrying()
    story.installation.policy = replace(TWIN_POLICY, enabled=False)
    story.world.calls.clear()
    story.world.no_spot.clear()
    story.installation.told.clear()
    story.go_on(minutes=30)
    assert story.world.calls == []
    assert set(story.reasons) == {"DISABLED"}
    assert story.installation.twins.stored(WEB).active


def test_observe_tells_what_would_be_done() -> None:
    story = Story(policy=replace(TWIN_POLICY, mode=Mode.OBSERVE))
    story.world.lose(WEB)
    story.deliver()
    assert story.counts == []
    assert ("would_scale_twin", "TWIN_RAISED") in story.installation.told.lines
    [told, *_] = [one for one in story.installation.told.outcomes if one.observed]
    fields = told.fields()
    assert (fields["twin"], fields["twin_before"], fields["twin_after"]) == (TWIN.service, 0, 3)
    assert story.installation.twins.items == {}


def test_a_twin_that_carries_is_only_watched_once_the_mode_is_observe() -> None:
    story = carrying()
    tag(story, mode="observe")
    spot_returns(story)
    assert story.wanted() == 3
    assert ("would_scale_twin", "TWIN_STEPPED_DOWN") in story.installation.told.lines


def test_an_event_that_may_only_report_changes_nothing() -> None:
    synthetic = replace(TWIN_POLICY, synthetic=SyntheticPolicy(enabled=True))
    story = Story(policy=synthetic)
    event = failure(synthetic=True, report_only=True, time=story.installation.clock.now())
    story.send([event])
    assert story.counts == []
    assert story.installation.told.last == ("would_scale_twin", "TWIN_RAISED")
    story.world.live.pop(TWIN)
    story.send([event])
    assert story.installation.told.last == ("would_alert", "TWIN_UNUSABLE")
    assert story.installation.twins.items == {}


def test_an_account_that_has_left_leaves_no_twin_at_work() -> None:
    story = carrying()
    story.installation.hear()
    story.world.denied = {WEB.account}
    for _ in range(27):
        story.installation.clock.advance(hours=1)
        story.installation.sweep()
    told = [one for one in story.installation.told.outcomes if str(one.decision.reason) == "ACCOUNT_LEFT"]
    assert [(one.action, one.key.service) for one in told] == [("close", "web"), ("alert", "")]
    assert told[0].decision.note == "its twin web-on-demand is left as it is, asked for 3 tasks"
    assert not story.installation.twins.stored(WEB).active
